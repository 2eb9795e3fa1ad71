"""A head and shoulders in the manner of cel animation. Local units: half a head's height is 1."""

import numpy as np

from . import hair
from .canvas import Canvas, Gradient
from .colours import Palette, mixed, shade, tint
from .curves import Place, arc, bow, smooth
from .marks import cel
from .person import Person


def draw(canvas: Canvas, random, who: Person, place: Place, colours: Palette) -> None:
    """Draws the character with the middle of its head at `place`; what is off the sheet is cut."""
    skull = place(_head(who))
    hair.back(canvas, random, who, place, colours)
    _body(canvas, random, who, place, colours)
    cel(canvas, skull, who.skin, colours, place.size * 0.12)
    canvas.outline(skull, colours.pen, colours.ink)
    fringe = smooth(
        [(-0.8, -0.3), (-0.3, -0.02), (0.1, -0.08), (0.5, 0.02), (0.8, -0.3), (0, -1)], closed=True
    )
    canvas.fill_within(place(fringe - (0, 0.12)), skull, shade(who.skin, colours.shadow))
    _features(canvas, random, who, place, colours)
    hair.front(canvas, random, who, place, colours)


def _head(who: Person) -> np.ndarray:
    jaw, shift = who.jaw, 0.12 * who.turn
    side = [(0.76, -0.25), (0.73, 0.2), (jaw, 0.62), (0.2, 0.97)]
    right = [(x + shift * (y > 0.5), y) for x, y in side]
    left = [(-x + shift * (y > 0.5), y) for x, y in side[::-1]]
    return smooth(
        [*right, (shift, 1.02), *left, (-0.55, -0.75), (0, -0.95), (0.55, -0.75)], closed=True, pieces=6
    )


def _body(canvas: Canvas, random, who: Person, place: Place, colours: Palette) -> None:
    neck = place([(-0.27, 0.6), (-0.29, 1.3), (-0.5, 1.6), (0.5, 1.6), (0.29, 1.3), (0.27, 0.6)])
    canvas.fill(neck, shade(who.skin, colours.shadow))
    canvas.stroke(neck[:3], colours.pen, colours.ink)
    canvas.stroke(neck[3:], colours.pen, colours.ink)
    wide = random.uniform(1.2, 1.7)
    left = [(-0.36, 1.28), (-0.9, 1.5), (-wide, 1.85), (-wide - 0.2, 2.7), (-wide - 0.15, 4.2)]
    right = [(-x, y) for x, y in left[::-1]]
    chest = place(
        np.concatenate([smooth(left), smooth(right), smooth([(0.36, 1.28), (0, 1.75), (-0.36, 1.28)])])
    )
    cel(canvas, chest, who.cloth, colours, place.size * 0.2)
    canvas.outline(chest, colours.pen * 1.1, colours.ink)
    collar = place(
        smooth([(-0.4, 1.25), (-0.2, 1.62), (0.02, 1.85), (-0.25, 2.0), (-0.62, 1.52)], closed=True, pieces=5)
    )
    other = place(
        smooth([(0.4, 1.25), (0.2, 1.62), (-0.02, 1.85), (0.25, 2.0), (0.62, 1.52)], closed=True, pieces=5)
    )
    for flap in (collar, other):
        canvas.fill(flap, who.trim)
        canvas.outline(flap, colours.pen * 0.8, colours.ink)
    if random.random() < 0.4:
        for y in np.arange(2.1, 4.2, random.uniform(0.15, 0.5)):
            stripe = smooth(
                [(-2, y), (0, y + 0.12), (2, y), (2, y + 0.08), (0, y + 0.2), (-2, y + 0.08)], closed=True
            )
            canvas.fill_within(place(stripe), chest, who.trim)
    for y in np.arange(2.0, 4.0, 0.35) if random.random() < 0.4 else ():
        button = place(arc((0, y), 0.05, 0.05, pieces=16))
        canvas.fill(button, tint(who.trim, 0.5))
        canvas.outline(button, colours.hair_pen, colours.ink, 0)
    for _ in range(random.integers(2, 7)):
        x, y = random.uniform(-wide, wide), random.uniform(1.9, 3.2)
        fold = bow(
            (x, y), (x * 0.8 + random.normal(0, 0.15), y + random.uniform(0.3, 0.8)), random.normal(0, 0.15)
        )
        canvas.stroke(place(fold), colours.pen * 0.8, colours.ink, (0.1, 0.7))


def _features(canvas: Canvas, random, who: Person, place: Place, colours: Palette) -> None:
    shift, ink, pen = 0.22 * who.turn, colours.ink, colours.pen
    for side in (-1, 1):
        narrow = 1 - 0.35 * max(side * who.turn, 0)
        centre = (shift + side * 0.36 * narrow, 0.2)
        eye(canvas, random, who, place, centre, side, narrow, colours)
        brow = bow((centre[0] - 0.2 * narrow, -0.1), (centre[0] + 0.2 * narrow, -0.1 + 0.04 * side), 0.14)
        canvas.stroke(place(brow), pen * 1.3, mixed(ink, who.hair, 0.4), (0.2, 0.4))
    if who.glasses:
        for side in (-1, 1):
            rim = place(arc((shift + side * 0.36, 0.22), 0.27, 0.24))
            canvas.veil(rim, (225, 240, 255), 0.25)
            canvas.outline(rim, pen * 1.2, mixed(ink, who.trim, 0.5), 0)
        canvas.stroke(place(bow((shift - 0.09, 0.2), (shift + 0.09, 0.2), -0.2)), pen * 1.2, ink, (0, 0))
    nose = bow((shift * 1.5 + 0.03, 0.38), (shift * 1.6 - 0.04, 0.52), 0.25)
    canvas.stroke(place(nose), pen * 0.8, ink, (0.5, 0.4))
    mouth = (shift * 1.2, 0.74)
    if who.mood == 2:
        hole = place(
            smooth(
                [(mouth[0] - 0.18, 0.68), (mouth[0], 0.66), (mouth[0] + 0.18, 0.68), (mouth[0], 0.88)], True
            )
        )
        canvas.fill(hole, (120, 44, 48))
        canvas.fill_within(place(arc((mouth[0], 0.92), 0.12, 0.09)), hole, (222, 120, 120))
        canvas.outline(hole, pen * 0.9, ink)
    else:
        canvas.stroke(
            place(bow((mouth[0] - 0.14, 0.74), (mouth[0] + 0.14, 0.74), random.uniform(-0.2, 0.1))), pen, ink
        )
    if random.random() < 0.35:
        for side in (-1, 1):
            cheek = place(arc((shift + side * 0.42, 0.5), 0.14, 0.07))
            canvas.veil(cheek, (240, 120, 110), 0.25)


def eye(
    canvas: Canvas, random, who: Person, place: Place, centre, side: int, narrow: float, colours: Palette
) -> None:
    """One eye around `centre`: white, iris with rings, pupil, lights, lashes, crease."""
    (x, y), (wide, high) = centre, who.eye
    wide *= narrow
    ink, pen = colours.ink, colours.pen
    if who.mood == 1:
        lid = smooth([(x - wide, y), (x, y + 0.08), (x + wide, y)])
        canvas.stroke(place(lid), pen * 2, ink, (0.2, 0.2))
        return
    high *= 0.6 if who.mood == 3 else 1
    upper = smooth([(x - wide, y + 0.25 * high), (x - 0.5 * wide, y - 0.8 * high), (x + 0.4 * wide, y - high),
                    (x + wide, y + 0.05 * high)] if side > 0 else
                   [(x - wide, y + 0.05 * high), (x - 0.4 * wide, y - high), (x + 0.5 * wide, y - 0.8 * high),
                    (x + wide, y + 0.25 * high)])  # fmt: skip
    lower = smooth(
        [upper[-1], (x + 0.5 * wide, y + 0.95 * high), (x - 0.5 * wide, y + 0.95 * high), upper[0]]
    )
    white = place(np.concatenate([upper, lower]))
    canvas.fill(white, (250, 250, 252))
    canvas.fill_within(white + np.array([0, -0.62 * high * place.size]), white, (206, 208, 226))
    look = x + 0.25 * wide * who.turn
    radius = (0.62 * wide, 0.95 * high)

    def disc(scale: float, dy: float = 0.0) -> np.ndarray:
        return place(arc((look, y + dy * high), radius[0] * scale, radius[1] * scale))

    top, foot = place([(look, y - high), (look, y + high)])
    canvas.fill_within(disc(1), white, shade(who.iris, 0.6))
    canvas.fill_within(disc(0.86), white, Gradient(shade(who.iris, 0.5), tint(who.iris, 0.35), top, foot))
    canvas.fill_within(disc(0.45), white, shade(who.iris, 0.8))
    canvas.fill_within(disc(0.5, 0.55), white, tint(who.iris, 0.5), 0.7)
    for dx, dy, size in ((-0.35, -0.4, 0.3), (0.35, 0.35, 0.14)):
        spot = arc((look + dx * radius[0], y + dy * radius[1]), size * radius[0], size * radius[1] * 1.1)
        canvas.fill(place(spot), (255, 255, 255))
    lash = max(pen * 1.6, 0.06 * place.size)
    canvas.stroke(place(upper), lash, ink, (0.15, 0.1) if side > 0 else (0.1, 0.15))
    canvas.stroke(place(lower[8:-8]), pen * 0.8, mixed(ink, who.skin, 0.2), (0.4, 0.4))
    canvas.stroke(place(upper[4:-4] - (0, 0.45 * high + 0.03)), pen * 0.7, ink, (0.4, 0.4))
    outer = upper[-1] if side > 0 else upper[0]
    for dy in (-0.06, 0.0):
        canvas.stroke(
            place(bow(outer, outer + np.array([side * 0.07, dy - 0.03]), 0.1, 6)), lash * 0.7, ink, (0, 0.9)
        )
