"""Figures other than people: machines, creatures, lettering."""

import math

import numpy as np

from .canvas import Canvas, Gradient
from .colours import Palette, mixed, shade, tint
from .curves import Place, arc, blob, bow, rectangle, smooth
from .marks import fur, hatch

SYLLABLES = (
    "ka shi ro mi ta ne yo ra ku ha no ri sen tor val mer lin dra el os ak ur ben dis ga wo zu pi".split()
)


def words(random: np.random.Generator, count: int) -> str:
    """Made-up words with a capital, figures or a mark here and there."""
    made = []
    for _ in range(count):
        word = "".join(random.choice(SYLLABLES, random.integers(1, 4)))
        made.append(str(random.integers(1, 2000)) if random.random() < 0.1 else word)
    return " ".join(made).capitalize() + str(random.choice([".", "!", "?", "...", ""]))


def lettering(canvas: Canvas, random, colours: Palette) -> None:
    """A title, a sign or a subtitle, with or without a border, straight or turned."""
    size = canvas.size * float(np.exp(random.uniform(math.log(0.022), math.log(0.16))))
    light = random.random() < 0.6
    paint = (250, 248, 240) if light else colours.cloths[0]
    edge = random.choice([0, 0.06, 0.12]) * size
    lines = int(random.integers(1, 4)) if size < 0.06 * canvas.size else 1
    x, y = canvas.width * random.uniform(0.3, 0.7), canvas.height * random.uniform(0.1, 0.92)
    angle = random.normal(0, 12) if random.random() < 0.3 else 0
    for line in range(lines):
        text = words(random, int(random.integers(1, 3 + 0.25 * canvas.width / size)))
        canvas.text(
            (x, y + 1.35 * line * size),
            text,
            size,
            paint,
            angle,
            edge,
            colours.ink if light else (255, 255, 255),
        )


def paragraph(canvas: Canvas, random, centre, wide: float, lines: int, size: float, colour) -> None:
    """Lines of text about as long as `wide`, centred."""
    for line in range(lines):
        text = words(random, 6)
        text = text[: max(int(wide / (0.55 * size)), 1)]
        canvas.text((centre[0], centre[1] + (line - (lines - 1) / 2) * 1.3 * size), text, size, colour)


def balloon(canvas: Canvas, random, centre, size: float, colours: Palette) -> None:
    """A speech balloon with its tail and text."""
    wide, high = size * random.uniform(1, 1.5), size * random.uniform(0.6, 0.9)
    shape = (
        arc(centre, wide, high)[:-1] if random.random() < 0.6 else blob(random, centre, wide, high, 16, 0.07)
    )
    way = random.uniform(0.2, 0.8) * math.pi
    root = np.asarray(centre) + (wide * 0.9 * math.cos(way), high * 0.9 * math.sin(way))
    tail = np.array([root + (-0.12 * size, 0), root + (0.3 * size, 0.5 * size), root + (0.12 * size, 0)])
    canvas.fill(tail, (255, 255, 255))
    canvas.outline(shape, colours.pen, colours.ink, 0.2)
    canvas.edges(tail, colours.pen, colours.ink, closed=False)
    canvas.fill(shape * 0.985 + np.asarray(centre) * 0.015, (255, 255, 255))
    lines = min(int(random.integers(2, 5)), max(int(high * 1.2 / 10), 1))
    paragraph(canvas, random, centre, wide * 1.5, lines, high * 1.2 / (1.3 * lines), colours.ink)


def machine(canvas: Canvas, random, place: Place, colours: Palette) -> None:
    """An armoured thing of plates, seams, bolts, vents and lamps; symmetrical about its axis."""
    metal = mixed(colours.cloths[0], (176, 182, 192), 0.6)
    trim = colours.cloths[1]
    for part in range(int(random.integers(4, 9))):
        wide, high = random.uniform(0.25, 0.9, 2)
        x, y = random.uniform(0, 0.9), random.uniform(-1, 1.2)
        cut = random.uniform(0.1, 0.4) * min(wide, high)
        corners = [(-wide, -high + cut), (-wide + cut, -high), (wide - 2 * cut, -high), (wide, -high * 0.2)]
        corners += [(wide * random.uniform(0.6, 1), high), (-wide * 0.6, high), (-wide, high - 2 * cut)]
        colour = metal if part % 3 else trim
        for side in (-1, 1):
            shape = place((np.array(corners) * 0.6 + (x, y)) * (side, 1))
            span = np.array(
                [shape.mean(axis=0) - (0, place.size * high), shape.mean(axis=0) + (0, place.size * high)]
            )
            graded = random.random() < 0.3
            canvas.fill(shape, Gradient(tint(colour, 0.3), shade(colour, 0.3), *span) if graded else colour)
            canvas.fill_outside(
                shape, shape + np.array(colours.light) * place.size * 0.08, shade(colour, colours.shadow)
            )
            canvas.edges(shape, colours.pen, colours.ink)
            middle = shape.mean(axis=0)
            inner = (shape - middle) * 0.78 + middle
            canvas.edges(inner[:5], colours.hair_pen, shade(colour, 0.6), closed=False)
            for t in np.linspace(0.3, 0.7, part % 4):
                seam = np.array([inner[0] * (1 - t) + inner[4] * t, inner[2] * (1 - t) + inner[4] * t])
                canvas.stroke(seam, colours.hair_pen, colours.ink, (0, 0))
            for spot in inner[:4]:
                bolt = arc(spot, place.size * 0.02, place.size * 0.02)
                canvas.fill(bolt, shade(colour, 0.5))
    for radius in (0.3, 0.24, 0.12):
        ring = place(arc((0, -0.2), radius, radius))
        canvas.fill(
            ring,
            Gradient((255, 255, 250), trim, ring.mean(axis=0), ring[0], round=True)
            if radius == 0.12
            else shade(metal, 1.2 - radius * 3),
        )
        canvas.outline(ring, colours.pen * 0.8, colours.ink, 0)


def creature(canvas: Canvas, random, place: Place, colours: Palette) -> None:
    """A round animal with ears, paws, a tail, eyes of rings, and maybe fur."""
    coat = mixed(colours.cloths[2], (220, 190, 150), 0.5)
    depth = np.array(colours.light) * place.size * 0.12
    tail = smooth([(0.6, 1.2), (1.4, 1.1), (1.6, 0.3), (1.9, 0.4), (1.6, 1.4), (0.7, 1.6)], closed=True)
    body = blob(random, (0, 1.1), 0.85, 0.95, 9, 0.06)
    shapes = [tail, body]
    for side in (-1, 1):
        ear = smooth(
            [
                (side * 0.75, -0.2),
                (side * random.uniform(0.5, 1), random.uniform(-1.6, -1)),
                (side * 0.15, -0.65),
            ],
            closed=True,
        )
        paw = blob(random, (side * 0.4, 1.9), 0.3, 0.18, 7, 0.05)
        shapes += [ear, paw]
    shapes.append(blob(random, (0, 0), 0.95, 0.8, 9, 0.05))
    for shape in shapes:
        shape = place(shape)
        canvas.fill(shape, coat)
        canvas.fill_outside(shape, shape + depth, shade(coat, colours.shadow))
        if random.random() < 0.4:
            fur(canvas, random, shape, place.size * 0.09, colours.hair_pen, shade(coat, 0.6))
        canvas.outline(shape, colours.pen, colours.ink)
    for side in (-1, 1):
        for radius, paint in ((0.2, (255, 255, 255)), (0.16, colours.cloths[3]), (0.1, colours.ink)):
            canvas.fill(place(arc((side * 0.4, -0.05), radius, radius * 1.1)), paint)
        canvas.fill(place(arc((side * 0.4 - 0.06, -0.12), 0.05, 0.05)), (255, 255, 255))
        canvas.outline(place(arc((side * 0.4, -0.05), 0.2, 0.22)), colours.pen, colours.ink)
        for dy in (-0.05, 0.03, 0.11):
            canvas.stroke(
                place(bow((side * 0.35, 0.3 + dy), (side * 1.15, 0.22 + 2 * dy), 0.08 * side)),
                colours.hair_pen,
                colours.ink,
                (0.1, 0.7),
            )
    canvas.fill(place(smooth([(-0.1, 0.2), (0.1, 0.2), (0, 0.3)], closed=True)), shade(coat, 0.7))
    for side in (-1, 1):
        canvas.stroke(
            place(bow((0, 0.3), (side * 0.22, 0.36), 0.3 * side)), colours.pen, colours.ink, (0, 0.5)
        )


def crystal(canvas: Canvas, random, place: Place, colours: Palette) -> None:
    """A faceted solid: straight edges, each face its own tone or hatching."""
    count = int(random.integers(5, 9))
    angle = np.sort(random.uniform(0, 2 * math.pi, count))
    outer = np.stack([np.cos(angle), 1.3 * np.sin(angle)], axis=1)
    inner = outer * 0.5 + random.normal(0, 0.06, outer.shape)
    for i in range(count):
        j = (i + 1) % count
        face = place(np.array([outer[i], outer[j], inner[j], inner[i]]))
        tone = mixed(colours.cloths[1], (255, 255, 255), random.uniform(0, 0.7))
        canvas.fill(face, tone)
        if random.random() < 0.4:
            hatch(
                canvas,
                random,
                face,
                random.uniform(0, 3),
                max(4 * colours.hair_pen, place.size * 0.06),
                colours.hair_pen,
                colours.ink,
            )
        canvas.edges(face, colours.pen, colours.ink)
    canvas.fill(place(inner), tint(colours.cloths[1], 0.6))
    canvas.edges(place(inner), colours.pen, colours.ink)


def fence(canvas: Canvas, random, colours: Palette) -> None:
    """A row of boards or bars in front, thin and straight."""
    top, gap = canvas.height * random.uniform(0.6, 0.85), canvas.size * random.uniform(0.03, 0.1)
    lean = random.normal(0, 0.08)
    for x in np.arange(-gap, canvas.width + gap, gap):
        board = rectangle(x, top, gap * 0.35, canvas.height) + (0, lean * x)
        canvas.fill(board, tint(colours.cloths[4], 0.3))
        canvas.edges(board, colours.hair_pen, colours.ink)
