"""Whole pictures: which backdrop, which figures, how near."""

import math
from dataclasses import replace

import numpy as np

from . import backdrops, people, things
from .canvas import Canvas, Gradient
from .colours import Palette, palette, shade, tint
from .curves import Place, arc, blob, rectangle, smooth
from .marks import focus_lines, hatch, page, speed_lines, tone
from .person import Person, person


def _place(canvas: Canvas, random, size: tuple[float, float], low: float = 0.3, high: float = 0.7) -> Place:
    """Somewhere in the middle part of the sheet; `size` is the range of unit lengths as shares of it."""
    return Place(
        canvas.width * random.uniform(0.2, 0.8),
        canvas.height * random.uniform(low, high),
        canvas.size * random.uniform(*size),
        random.normal(0, 0.12),
        bool(random.integers(2)),
    )


def _backdrop(canvas: Canvas, random, colours: Palette) -> None:
    """Any backdrop; mostly out of focus or softly painted, as behind a figure."""
    draw = (backdrops.wash, backdrops.graded, backdrops.outdoors, backdrops.town, backdrops.room)[
        random.choice(5, p=(0.3, 0.15, 0.25, 0.15, 0.15))
    ]
    draw(canvas, random, colours)
    if random.random() < 0.5:
        canvas.blur(float(np.exp(random.uniform(-0.3, 2.0))))


def cast(canvas: Canvas, random, colours: Palette) -> None:
    """One to three characters before a backdrop."""
    _backdrop(canvas, random, colours)
    count = int(random.choice([1, 1, 2, 3]))
    size = random.uniform(0.14, 0.34) / math.sqrt(count)
    for i in range(count):
        x = canvas.width * ((i + 0.5) / count + random.normal(0, 0.06))
        place = Place(
            x,
            canvas.height * random.uniform(0.35, 0.55),
            canvas.size * size,
            random.normal(0, 0.1),
            bool(i % 2),
        )
        people.draw(canvas, random, person(random, palette(random)), place, colours)


def close_up(canvas: Canvas, random, colours: Palette) -> None:
    """A face larger than the sheet: wide flat areas, long contours, big eyes."""
    backdrops.wash(canvas, random, colours)
    place = _place(canvas, random, (0.5, 1.1), 0.3, 0.6)
    people.draw(canvas, random, person(random, colours), place, colours)


def view(canvas: Canvas, random, colours: Palette) -> None:
    """A backdrop in focus, for itself."""
    (backdrops.outdoors, backdrops.town, backdrops.room)[random.integers(3)](canvas, random, colours)
    if random.random() < 0.3:
        things.fence(canvas, random, colours)


def machines(canvas: Canvas, random, colours: Palette) -> None:
    """Machines or crystals before a backdrop, perhaps with a glow or lines of motion."""
    _backdrop(canvas, random, colours)
    for _ in range(int(random.integers(1, 3))):
        place = _place(canvas, random, (0.15, 0.4))
        (things.machine if random.random() < 0.7 else things.crystal)(canvas, random, place, colours)
    if random.random() < 0.4:
        speed_lines(
            canvas, random, canvas.frame, random.normal(0, 0.4), colours.pen, tint(colours.sky[1], 0.6)
        )
    if random.random() < 0.4:
        spark = arc(
            (random.uniform(0, canvas.width), random.uniform(0, canvas.height)),
            canvas.size * 0.06,
            canvas.size * 0.06,
        )
        canvas.glow(spark, (255, 250, 220), canvas.size * 0.05, 0.9)


def menagerie(canvas: Canvas, random, colours: Palette) -> None:
    """Creatures in the open or before soft paint."""
    _backdrop(canvas, random, colours)
    for _ in range(int(random.integers(1, 4))):
        things.creature(
            canvas,
            random,
            _place(canvas, random, (0.08, 0.26)),
            palette(random) if random.random() < 0.5 else colours,
        )


def burst(canvas: Canvas, random, colours: Palette) -> None:
    """A character before focus lines."""
    dark = random.random() < 0.4
    one, two = (
        (colours.ink, (248, 248, 250)) if dark else (tint(colours.sky[1], 0.5), shade(colours.sky[0], 0.2))
    )
    canvas.fill(canvas.frame, one)
    place = _place(canvas, random, (0.15, 0.35), 0.35, 0.55)
    focus_lines(canvas, random, np.array([place.x, place.y]), place.size * 1.3, colours.pen * 2, two)
    people.draw(canvas, random, person(random, colours), place, colours)


def sketch(canvas: Canvas, random, colours: Palette) -> None:
    """Ink on paper, no colour: figures, shapes with hatching and cross-hatching, loose curves."""
    canvas.fill(canvas.frame, colours.paper)
    grey = _inked(colours)
    for _ in range(int(random.integers(2, 9))):
        _hatched(canvas, random, colours)
    figure = random.integers(3)
    if figure == 0:
        place = _place(canvas, random, (0.2, 0.42), 0.35, 0.5)
        people.draw(canvas, random, _white(person(random, grey), colours), place, grey)
    elif figure == 1:
        things.creature(canvas, random, _place(canvas, random, (0.15, 0.3), 0.3, 0.5), grey)
    else:
        things.machine(canvas, random, _place(canvas, random, (0.2, 0.4)), grey)
    for _ in range(int(random.integers(0, 4))):
        knots = (
            np.cumsum(random.normal(0, canvas.size * 0.06, (5, 2)), axis=0)
            + np.outer(np.arange(5), random.normal(0, canvas.size * 0.08, 2))
            + random.uniform(0, canvas.size, 2)
        )
        canvas.stroke(smooth(knots), colours.pen * random.uniform(0.5, 2), colours.ink, (0.3, 0.5))


def _hatched(canvas: Canvas, random, colours: Palette) -> None:
    place = random.uniform(0, 1, 2) * (canvas.width, canvas.height)
    size = canvas.size * random.uniform(0.05, 0.18, 2)
    shape = blob(random, place, *size, int(random.integers(5, 11)), 0.2)
    canvas.fill(shape, colours.paper)
    angle, gap = random.uniform(0, math.pi), random.uniform(2.5, 9) + colours.hair_pen
    for turn in np.array([0, math.pi / 2, math.pi / 4])[: random.integers(1, 4)]:
        part = shape + np.array(colours.light) * -random.uniform(0, 0.6) * size.min()
        hatch(canvas, random, (part + shape) / 2, angle + turn, gap, colours.hair_pen, colours.ink)
    canvas.outline(shape, colours.pen, colours.ink)


def _inked(colours: Palette) -> Palette:
    """The palette of an uncoloured drawing."""
    paper = colours.paper
    return replace(colours, cloths=(paper,) * 5, shadow=0.08, plants=(paper,) * 3, sky=(paper, paper))


def _white(who: Person, colours: Palette) -> Person:
    dark = tuple(int(0.25 * value) for value in colours.paper)
    hair = dark if sum(who.hair) < 250 else colours.paper
    return replace(who, skin=colours.paper, hair=hair, iris=dark, cloth=colours.paper, trim=colours.paper)


def comic(canvas: Canvas, random, colours: Palette) -> None:
    """A page in black and white (or one tint): panels with figures, screentone, lines, balloons."""
    canvas.fill(canvas.frame, colours.paper)
    grey = _inked(colours)
    gap = canvas.size * 0.03
    area = page(canvas, gap)
    for left, top, width, height in _panels(random, *area[0], *(area[2] - area[0]), gap, 0):
        panel = Canvas(max(int(height), 2), max(int(width), 2), colours.paper)
        _panel(panel, random, grey, colours)
        skew = random.normal(0, 0.02, (4, 2)) * canvas.size * 0.5
        shape = rectangle(left, top, width, height) + np.clip(skew, -gap / 3, gap / 3)
        shape = np.clip(shape, (left, top), (left + width, top + height))
        canvas.paste(panel, left, top, shape)
        canvas.edges(shape, max(colours.pen, 1.2), colours.ink)
        if random.random() < 0.7:
            at = (left + width * random.uniform(0.25, 0.75), top + height * random.uniform(0.15, 0.4))
            things.balloon(canvas, random, at, min(width, height) * random.uniform(0.2, 0.34), grey)


def _panels(random, left, top, width, height, gap, depth):
    """Rectangles (left, top, width, height) that share the area, by cutting it up to three times.

    No side of a panel is made shorter than about 100 pixels: finer print is no line art.
    """
    if depth == 3 or max(width, height) < 290 or (depth and random.random() < 0.3):
        return [(left, top, width, height)]
    share = random.uniform(0.35, 0.65)
    if width > height:
        cut = width * share
        return [
            *_panels(random, left, top, cut - gap / 2, height, gap, depth + 1),
            *_panels(random, left + cut + gap / 2, top, width - cut - gap / 2, height, gap, depth + 1),
        ]
    cut = height * share
    return [
        *_panels(random, left, top, width, cut - gap / 2, gap, depth + 1),
        *_panels(random, left, top + cut + gap / 2, width, height - cut - gap / 2, gap, depth + 1),
    ]


def _panel(panel: Canvas, random, grey: Palette, colours: Palette) -> None:
    kind = random.random()
    pitch = random.uniform(3.5, 9)
    if kind < 0.3:
        tone(
            panel,
            panel.frame,
            pitch,
            random.uniform(0.1, 0.5),
            colours.ink,
            (0, 1) if random.random() < 0.5 else None,
        )
    elif kind < 0.5:
        focus_lines(
            panel,
            random,
            np.array([panel.width, panel.height]) / 2,
            panel.size * 0.4,
            colours.pen,
            colours.ink,
        )
    elif kind < 0.65:
        backdrops.town(panel, random, grey)
    elif kind < 0.8:
        speed_lines(panel, random, panel.frame, random.normal(0, 0.5), colours.pen, colours.ink)
    who = _white(person(random, grey), colours)
    if random.random() < 0.75:
        place = _place(panel, random, (0.18, 0.6), 0.4, 0.7)
        people.draw(panel, random, who, place, grey)
        if random.random() < 0.6:
            chest = place(smooth([(-0.9, 1.9), (0.9, 1.9), (1.1, 3.5), (-1.1, 3.5)], closed=True))
            tone(panel, chest, pitch * 0.8, random.uniform(0.15, 0.5), colours.ink)
    else:
        _hatched(panel, random, colours)


def title(canvas: Canvas, random, colours: Palette) -> None:
    """Lettering of several sizes over a gradient, soft paint or a pattern."""
    (backdrops.wash if random.random() < 0.5 else backdrops.graded)(canvas, random, colours)
    for _ in range(int(random.integers(0, 4))):
        shape = blob(
            random,
            random.uniform(0, canvas.size, 2),
            *canvas.size * random.uniform(0.08, 0.4, 2),
            int(random.integers(4, 9)),
            0.25,
        )
        paint = colours.cloths[random.integers(5)]
        canvas.fill(shape, Gradient(paint, tint(paint, 0.5), shape[0], shape[len(shape) // 2]))
        if random.random() < 0.5:
            canvas.outline(shape, colours.pen * 1.5, colours.ink)
    for _ in range(int(random.integers(3, 9))):
        things.lettering(canvas, random, colours)


def folds(canvas: Canvas, random, colours: Palette) -> None:
    """Cloth or flowing hair filling the sheet: long bands, each with its second tone and ink lines."""
    canvas.fill(canvas.frame, colours.cloths[0])
    size, angle = canvas.size, random.uniform(0, math.pi)
    along, across = (
        np.array([math.cos(angle), math.sin(angle)]),
        np.array([-math.sin(angle), math.cos(angle)]),
    )
    middle = np.array([canvas.width, canvas.height]) / 2
    t = np.linspace(-0.9, 0.9, 7)
    sway = random.normal(0, 0.1, 7)
    place, wide = -0.9, random.uniform(0.04, 0.2)
    while place < 0.9:
        step = wide * random.uniform(0.4, 1.6)
        edges = []
        for offset in (place, place + step * 1.15):
            line = (
                middle
                + np.outer(t, along) * size
                + np.outer(sway + offset + random.normal(0, 0.25 * step, 7), across) * size
            )
            edges.append(smooth(line))
        band = np.concatenate([edges[0], edges[1][::-1]])
        paint = colours.cloths[0] if random.random() < 0.8 else colours.cloths[1]
        canvas.fill(
            band, paint if random.random() < 0.7 else Gradient(paint, shade(paint, 0.3), band[0], band[30])
        )
        canvas.fill_outside(
            band, band + across * step * size * random.uniform(-0.5, 0.5), shade(paint, colours.shadow)
        )
        canvas.stroke(
            edges[0],
            colours.pen * random.uniform(0.6, 1.5),
            colours.ink,
            (random.uniform(0, 0.6), random.uniform(0, 0.6)),
        )
        place += step


SCENES = {
    cast: 0.27,
    close_up: 0.12,
    view: 0.13,
    machines: 0.09,
    menagerie: 0.08,
    burst: 0.06,
    sketch: 0.08,
    comic: 0.06,
    title: 0.05,
    folds: 0.06,
}
"""Every kind of picture and its share."""
