"""Hair of cel-drawn heads: what hangs or stands behind, and the locks in front. Units as in `people`."""

import numpy as np

from .canvas import Canvas
from .colours import Palette, shade, tint
from .curves import Place, arc, bow, smooth
from .marks import cel, strands
from .person import Person


def back(canvas: Canvas, random, who: Person, place: Place, colours: Palette) -> None:
    """What lies behind the head; drawn before it."""
    if who.style == 1:
        _spikes(canvas, random, who, place, colours)
    elif who.style == 2:
        _tails(canvas, random, who, place, colours)
    elif who.length > -0.3:
        _loose(canvas, random, who, place, colours)


def _loose(canvas: Canvas, random, who: Person, place: Place, colours: Palette) -> None:
    end = 1.0 + who.length
    side = [(0.86, -0.4), (0.98, 0.2), (0.95, 0.2 + 0.5 * end), (0.75 + 0.2 * random.random(), end)]
    tips = [(x, end + random.uniform(-0.2, 0.25)) for x in np.linspace(0.5, -0.5, 5)]
    left = [(-x, y) for x, y in side[::-1]]
    shape = place(
        smooth([*side, *tips, *left, (-0.5, -1.05), (0, -1.2), (0.5, -1.05)], closed=True, pieces=6)
    )
    canvas.fill(shape, shade(who.hair, colours.shadow + 0.1))
    canvas.outline(shape, colours.pen, colours.ink)
    for _ in range(random.integers(6, 16)):
        x = random.choice((-1, 1)) * random.uniform(0.6, 0.93)
        line = bow(
            (x, random.uniform(-0.3, 0.4)), (x * 0.9, end * random.uniform(0.7, 1)), random.normal(0, 0.06)
        )
        canvas.stroke(place(line), colours.hair_pen, colours.ink, (0.4, 0.5))


def _spikes(canvas: Canvas, random, who: Person, place: Place, colours: Palette) -> None:
    """Hair that stands off in sharp bent tips, two rows deep."""
    for reach, paint in ((1.0, shade(who.hair, colours.shadow)), (0.84, who.hair)):
        count = int(random.integers(6, 10))
        angle = np.linspace(0.15, -np.pi - 0.15, count + 1)
        sides = []
        for start, stop in zip(angle, angle[1:]):
            tip, long = (start + stop) / 2 + random.normal(0, 0.15), reach * random.uniform(1.35, 1.75)
            valley = [(1.1 * reach * np.cos(a), -0.2 + 1.12 * reach * np.sin(a)) for a in (start, stop)]
            peak = (long * np.cos(tip), -0.2 + long * np.sin(tip))
            sides += [bow(valley[0], peak, -0.12, 8), bow(peak, valley[1], 0.1, 8)]
        shape = place(np.concatenate(sides))
        cel(canvas, shape, paint, colours, place.size * 0.08)
        for side in sides:
            canvas.stroke(place(side), colours.pen, colours.ink, (0, 0))


def _tails(canvas: Canvas, random, who: Person, place: Place, colours: Palette) -> None:
    """Two bunches tied at the sides, swinging."""
    swing = random.normal(0, 0.25)
    for side in (-1, 1):
        end = 1.2 + 0.8 * who.length + random.normal(0, 0.1)
        outer = smooth(
            [
                (side * 0.85, -0.6),
                (side * 1.35 + swing, -0.3),
                (side * 1.45 + swing, 0.5 * end),
                (side * 1.1 + 2 * swing, end),
            ]
        )
        inner = smooth([(side * 1.1 + 2 * swing, end), (side * 0.98 + swing, 0.4 * end), (side * 0.85, -0.4)])
        cel(canvas, place(np.concatenate([outer, inner])), who.hair, colours, place.size * 0.1)
        for t in np.linspace(0.2, 0.8, 4):
            middle = outer[: len(inner)] * t + inner[::-1][: len(outer)] * (1 - t)
            canvas.stroke(
                place(middle[random.integers(0, 8) :]), colours.hair_pen, shade(who.hair, 0.5), (0.3, 0.6)
            )
        canvas.stroke(place(outer), colours.pen, colours.ink, (0, 0.1))
        canvas.stroke(place(inner), colours.pen, colours.ink, (0.1, 0))
        band = place(arc((side * 0.88, -0.5), 0.12, 0.14))
        canvas.fill(band, who.trim)
        canvas.outline(band, colours.pen, colours.ink)


def front(canvas: Canvas, random, who: Person, place: Place, colours: Palette) -> None:
    """The cap, the locks over the forehead, and the band of light; drawn last."""
    cap = [(0.84, 0.0), (0.9, -0.5), (0.6, -1.05), (0, -1.24), (-0.6, -1.05), (-0.9, -0.5), (-0.84, 0.0)]
    cap = smooth([*cap, (-0.6, -0.45), (0, -0.62), (0.6, -0.45)], closed=True, pieces=6)
    cap = place(cap)
    cel(canvas, cap, who.hair, colours, place.size * 0.1)
    canvas.outline(cap, colours.pen, colours.ink)
    part = random.uniform(-0.35, 0.35)
    edges = np.linspace(-0.86, 0.86, who.locks + 1) + random.normal(0, 0.04, who.locks + 1)
    for i in random.permutation(who.locks):
        middle = (edges[i] + edges[i + 1]) / 2
        outer = abs(middle) / 0.86
        tip = (middle * 1.05 + random.normal(0, 0.1), -0.05 + 0.55 * outer**2 + random.uniform(-0.1, 0.2))
        bend = 0.12 * np.sign(middle - part) + random.normal(0, 0.04)
        root = (part + 0.75 * (edges[i] - part), -0.85), (part + 0.75 * (edges[i + 1] - part), -0.85)
        one, two = bow(root[0], tip, bend), bow(tip, root[1], -bend + random.normal(0, 0.04))
        lock = place(np.concatenate([one, two]))
        cel(canvas, lock, who.hair, colours, place.size * 0.05)
        canvas.stroke(place(one), colours.pen, colours.ink, (0.5, 0.1))
        canvas.stroke(place(two), colours.pen, colours.ink, (0.1, 0.5))
        inner = np.linspace(0.3, 0.7, random.integers(1, 4))[:, None]
        roots = place(np.array(root[0]) * (1 - inner) + np.array(root[1]) * inner)
        strands(
            canvas, random, roots, place([tip] * len(roots)), colours.hair_pen, shade(who.hair, 0.45), bend
        )
    if random.random() < 0.7:
        x = np.linspace(-0.62, 0.62, int(random.integers(9, 30)))
        fade = np.sqrt(np.clip(1 - (x / 0.62) ** 2, 0, 1))
        level = -0.72 + 0.3 * x**2
        ragged = level + fade * random.uniform(0.01, 0.09, len(x)) * np.where(np.arange(len(x)) % 2, 1, 0.3)
        band = np.concatenate([np.stack([x, ragged], 1), np.stack([x, level - 0.07 * fade], 1)[::-1]])
        canvas.fill_within(place(band), cap, tint(who.hair, 0.5), random.uniform(0.5, 1))
