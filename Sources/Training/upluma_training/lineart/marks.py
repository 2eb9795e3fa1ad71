"""What brushes, pens and screens leave: two-tone cels, hatching, screentone, speed lines, hair, fur."""

import math

import numpy as np

from .canvas import FINE, Canvas
from .colours import Colour, Palette, shade
from .curves import bow, normals, rectangle


def cel(canvas: Canvas, shape, colour: Colour, colours: Palette, depth: float) -> None:
    """A flat shape and its second tone, on the side away from the light."""
    canvas.fill(shape, colour)
    away = np.array(colours.light) * depth
    canvas.fill_outside(shape, shape + away, shade(colour, colours.shadow))


def hatch(canvas: Canvas, random, shape, angle: float, gap: float, width: float, colour: Colour) -> None:
    """Parallel pen strokes (`gap` apart, `angle` in radians), each as long as it is inside `shape`.

    Ends are uneven and tapered, as a hand leaves them.
    """
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    u, v = shape @ along, shape @ across
    place = v.min() + random.uniform(0.3, 1) * gap
    while place < v.max():
        below, above = v - place, np.roll(v, -1) - place
        cross = np.nonzero(below * above < 0)[0]
        share = below[cross] / (below[cross] - above[cross])
        ends = np.sort(u[cross] + share * (np.roll(u, -1)[cross] - u[cross]))
        for start, stop in zip(ends[::2], ends[1::2]):
            uneven = random.uniform(0, min(1.5 * gap, 0.2 * (stop - start)), 2)
            start, stop = start + uneven[0], stop - uneven[1]
            if stop - start > 2 * width:
                bend = random.normal(0, 0.008)
                line = bow(along * start + across * place, along * stop + across * place, bend, 7)
                canvas.stroke(line, width * random.uniform(0.8, 1.2), colour, (0.15, 0.4))
        place += gap * random.uniform(0.82, 1.18)


def tone(canvas: Canvas, shape, pitch: float, dark: float, colour: Colour, fade=None) -> None:
    """Screentone at 45 degrees inside `shape`: dots `pitch` apart that cover `dark` (0..1) of it.

    `fade`, a unit vector, makes the dots shrink to nothing along it.
    """
    low, high = np.maximum(shape.min(axis=0), 0), np.minimum(shape.max(axis=0), (canvas.width, canvas.height))
    if np.any(high - low < pitch):
        return
    step = pitch / math.sqrt(2)
    rows, columns = np.arange(low[1], high[1], step), np.arange(low[0], high[0], step)
    x, y = np.meshgrid(columns, rows)
    even = (np.add.outer(np.arange(len(rows)), np.arange(len(columns))) % 2) == 0
    dots = np.stack([x[even], y[even]], axis=1)
    dots = dots[_inside(dots, shape)]
    radius = np.full(len(dots), pitch * math.sqrt(dark / math.pi))
    if fade is not None and len(dots):
        depth = dots @ np.asarray(fade)
        radius *= np.sqrt(1 - (depth - depth.min()) / max(np.ptp(depth), 1e-6))
    for (x, y), r in zip(dots * FINE, radius * FINE):
        if r > 0.8:
            canvas.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def _inside(points: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Which points lie inside a closed shape (even-odd)."""
    inside = np.zeros(len(points), dtype=bool)
    x, y = points[:, 0], points[:, 1]
    for (x0, y0), (x1, y1) in zip(shape, np.roll(shape, -1, axis=0)):
        if y0 != y1:
            inside ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def focus_lines(canvas: Canvas, random, centre, clear: float, width: float, colour: Colour) -> None:
    """Speed lines that run in from outside the sheet and end sharp, `clear` pixels from `centre`."""
    reach = math.hypot(canvas.width, canvas.height)
    angle = random.uniform(0, 0.1)
    while angle < 2 * math.pi:
        way = np.array([math.cos(angle), math.sin(angle)])
        inner = clear * random.uniform(0.8, 1.5) * (1 + 0.25 * abs(way[0]))
        side = np.array([-way[1], way[0]]) * width * random.uniform(0.5, 3.0) * reach / (2 * canvas.size)
        canvas.fill(
            np.array([centre + way * inner, centre + way * reach + side, centre + way * reach - side]), colour
        )
        angle += random.exponential(0.06) + 0.01


def speed_lines(canvas: Canvas, random, shape, angle: float, width: float, colour: Colour) -> None:
    """Parallel lines of motion across `shape`'s bounding box, tapered at both ends."""
    low, high = shape.min(axis=0), shape.max(axis=0)
    along = np.array([math.cos(angle), math.sin(angle)])
    length = float(np.hypot(*(high - low)))
    for _ in range(int(random.integers(12, 50))):
        middle = random.uniform(low, high)
        half = along * length * random.uniform(0.05, 0.5)
        line = np.linspace(middle - half, middle + half, 8)
        canvas.stroke(line, width * random.uniform(0.6, 1.8), colour, (0.4, 0.4))


def strands(canvas: Canvas, random, root, tips, width: float, colour: Colour, bend: float = 0.1) -> None:
    """Fine strokes from near `root` (a curve) to near `tips` (a curve as long)."""
    for start, stop in zip(root, tips):
        line = bow(start, stop, bend * random.uniform(0.4, 1.4), 10)
        canvas.stroke(line, width * random.uniform(0.7, 1.3), colour, (0.35, 0.6))


def fur(canvas: Canvas, random, shape, length: float, width: float, colour: Colour, every: int = 1) -> None:
    """Short strokes that lean out over a closed contour."""
    out = -normals(shape, closed=True)
    for i in range(0, len(shape), every):
        turn = random.normal(0.5, 0.3)
        way = np.array(
            [out[i, 0] * math.cos(turn) - out[i, 1] * math.sin(turn),
             out[i, 0] * math.sin(turn) + out[i, 1] * math.cos(turn)]
        )  # fmt: skip
        line = bow(shape[i] - way * length * 0.3, shape[i] + way * length, random.normal(0, 0.12), 7)
        canvas.stroke(line, width, colour, (0.2, 0.7))


def page(canvas: Canvas, margin: float) -> np.ndarray:
    """The sheet without a margin, as a shape."""
    return rectangle(margin, margin, canvas.width - 2 * margin, canvas.height - 2 * margin)
