"""What stands behind the figures: painted skies, hills, towns, rooms, plain gradients."""

import math

import numpy as np

from .canvas import Canvas, Gradient
from .colours import Palette, mixed, shade, tint
from .curves import arc, blob, bow, rectangle, smooth
from .marks import fur


def wash(canvas: Canvas, random, colours: Palette, contrast: float = 40.0) -> None:
    """Soft paint: colours that drift over the sheet, with fainter and finer brushwork upon them."""
    base = np.array(mixed(colours.sky[0], colours.cloths[2], random.uniform(0, 1)), dtype=np.float64)
    height, width = canvas.height, canvas.width
    paint = np.zeros((height, width, 3))
    for cells, strength in ((2, 1.0), (5, 0.5), (14, random.uniform(0, 0.2)), (40, random.uniform(0, 0.1))):
        rows, columns = (
            max(height * cells // max(height, width), 2),
            max(width * cells // max(height, width), 2),
        )
        coarse = random.normal(0, 1, (rows, columns, 1)) + 0.4 * random.normal(0, 1, (rows, columns, 3))
        paint += strength * contrast * _enlarged(coarse, height, width)
    canvas.colours(np.clip(base + paint, 0, 255).astype(np.uint8))


def _enlarged(coarse: np.ndarray, height: int, width: int) -> np.ndarray:
    """A coarse grid as a smooth picture (cosine blending, both axes)."""
    for axis, size in ((0, height), (1, width)):
        place = np.linspace(0, coarse.shape[axis] - 1, size)
        low = np.minimum(place.astype(int), coarse.shape[axis] - 2)
        share = (1 - np.cos(np.pi * (place - low))) / 2
        share = share[:, None, None] if axis == 0 else share[None, :, None]
        coarse = np.take(coarse, low, axis) * (1 - share) + np.take(coarse, low + 1, axis) * share
    return coarse


def graded(canvas: Canvas, random, colours: Palette) -> None:
    """A sky or a studio gradient over the whole sheet."""
    angle = random.normal(math.pi / 2, 0.3)
    reach = np.array([math.cos(angle), math.sin(angle)]) * canvas.height
    middle = np.array([canvas.width, canvas.height]) / 2
    canvas.fill(canvas.frame, Gradient(*colours.sky, middle - reach / 2, middle + reach / 2))


def outdoors(canvas: Canvas, random, colours: Palette) -> None:
    """Sky, clouds in two tones, ranges of hills paling with distance, trees and grass."""
    graded(canvas, random, colours)
    size, horizon = canvas.size, canvas.height * random.uniform(0.4, 0.75)
    if random.random() < 0.5:
        sun = arc((random.uniform(0, canvas.width), horizon * random.uniform(0.1, 0.9)), size / 14, size / 14)
        canvas.glow(sun, (255, 246, 220), size / 16, 0.8)
        canvas.fill(sun, (255, 252, 236))
    for _ in range(random.integers(0, 5)):
        cloud(
            canvas,
            random,
            (random.uniform(0, canvas.width), horizon * random.uniform(0.1, 0.8)),
            size * random.uniform(0.06, 0.18),
            colours,
        )
    layers = int(random.integers(1, 4))
    for layer in range(layers):
        level = horizon + (canvas.height - horizon) * 0.35 * layer / layers
        x = np.linspace(-0.1, 1.1, int(random.integers(5, 14))) * canvas.width
        ridge = smooth(np.stack([x, level + random.normal(0, size * 0.05, len(x))], axis=1))
        colour = mixed(colours.plants[layer % 3], colours.sky[1], 0.75 - 0.6 * layer / layers)
        foot = [(canvas.width * 1.1, canvas.height), (-0.1 * canvas.width, canvas.height)]
        hill = np.concatenate([ridge, foot])
        canvas.fill(hill, colour)
        canvas.fill_outside(hill, hill + (size * 0.02, size * random.uniform(0.02, 0.08)), tint(colour, 0.2))
        if layer:
            canvas.stroke(ridge, colours.pen * 0.7, shade(colour, 0.5), (0, 0))
    for _ in range(random.integers(0, 7)):
        tree(
            canvas,
            random,
            (random.uniform(0, canvas.width), random.uniform(horizon, canvas.height)),
            size * random.uniform(0.06, 0.25),
            colours,
        )
    for _ in range(int(random.choice([0, 60, 200, 500]))):
        x, y = random.uniform(0, canvas.width), random.uniform((horizon + canvas.height) / 2, canvas.height)
        blade = bow(
            (x, y),
            (x + random.normal(0, 0.02) * size, y - random.uniform(0.02, 0.07) * size),
            random.normal(0, 0.08),
            7,
        )
        canvas.stroke(
            blade,
            colours.pen * random.uniform(0.7, 1.6),
            shade(colours.plants[0], random.uniform(0.1, 0.6)),
            (0, 0.9),
        )


def cloud(canvas: Canvas, random, centre, size: float, colours: Palette) -> None:
    """Piled discs: a lit and a shaded tone, without ink."""
    puffs = [
        (
            centre[0] + random.normal(0, 1.1) * size,
            centre[1] - abs(random.normal(0, 0.35)) * size,
            size * random.uniform(0.35, 0.8),
        )
        for _ in range(random.integers(4, 9))
    ]
    light, dark = tint(colours.sky[1], 0.8), mixed(colours.sky[1], shade(colours.sky[0], 0.1), 0.4)
    shapes = [blob(random, (x, y), radius, radius * 0.75, 9, 0.1) for x, y, radius in puffs]
    for shape in shapes:
        canvas.fill(shape, dark)
    for shape, (_, _, radius) in zip(shapes, puffs):
        canvas.fill_within(shape + np.array(colours.light) * radius * 0.35, shape, light)


def tree(canvas: Canvas, random, foot, size: float, colours: Palette) -> None:
    """A trunk and a crown in two or three tones, inked or edged with strokes."""
    x, y = foot
    trunk = np.concatenate(
        [
            bow((x - size * 0.08, y), (x - size * 0.05, y - size), 0.03),
            bow((x + size * 0.05, y - size), (x + size * 0.1, y), 0.05),
        ]
    )
    canvas.fill(trunk, (104, 78, 62))
    canvas.fill_outside(trunk, trunk + np.array(colours.light) * size * 0.05, (74, 56, 54))
    canvas.outline(trunk, colours.pen * 0.8, colours.ink)
    green = colours.plants[random.integers(3)]
    crown = blob(random, (x, y - 1.3 * size), size * 0.6, size * 0.65, int(random.integers(9, 18)), 0.16)
    canvas.fill(crown, shade(green, colours.shadow))
    for _ in range(5):
        spot = blob(
            random,
            (x + random.normal(0, 0.3) * size, y - (1.3 + random.normal(0, 0.25)) * size),
            size * 0.25,
            size * 0.2,
            9,
            0.25,
        )
        canvas.fill_within(spot + np.array(colours.light) * size * 0.1, crown, green)
    for _ in range(int(random.integers(0, 60))):
        leaf = np.array([x, y - 1.3 * size]) + random.normal(0, 0.25, 2) * size
        canvas.stroke(
            bow(leaf, leaf + random.normal(0, 0.03, 2) * size, 0.2, 5),
            size * 0.02,
            shade(green, random.uniform(-0.15, 0.45)),
            (0.4, 0.4),
        )
    if random.random() < 0.5:
        canvas.outline(crown, colours.pen, colours.ink)
    else:
        fur(canvas, random, crown, size * 0.06, colours.pen, shade(green, 0.5), 2)


def town(canvas: Canvas, random, colours: Palette) -> None:
    """A street in one-point perspective: walls, windows, kerbs, poles and wires."""
    graded(canvas, random, colours)
    width, height, ink = canvas.width, canvas.height, colours.ink
    vanish = np.array([width * random.uniform(0.25, 0.75), height * random.uniform(0.4, 0.65)])
    ground = smooth([(-10, vanish[1]), (width + 10, vanish[1])])
    canvas.fill(
        np.concatenate([ground, [(width + 10, height + 10), (-10, height + 10)]]),
        mixed((150, 146, 150), colours.sky[1], 0.2),
    )
    for side in (-1, 1):
        near = 2.4
        for step in range(int(random.integers(3, 6))):
            far = near * random.uniform(0.45, 0.75)
            _house(canvas, random, colours, vanish, side, near, far)
            near = far * random.uniform(0.8, 1)
    for offset in random.uniform(-0.5, 0.5, 3):
        canvas.stroke(
            np.linspace(vanish, (vanish[0] + offset * 6 * width, height * 1.6), 6),
            colours.pen,
            mixed(ink, (150, 150, 150), 0.3),
            (0.3, 0),
        )
    for near in sorted(random.uniform(0.2, 1.2, random.integers(0, 4))):
        _pole(canvas, random, colours, vanish, near)


def _house(canvas: Canvas, random, colours: Palette, vanish, side: int, near: float, far: float) -> None:
    """A wall along the street between two depths (1 is the sheet's edge), with rows of windows."""
    reach = canvas.width * 0.5
    tall, low = canvas.height * random.uniform(0.25, 0.75), canvas.height * 0.22

    def at(depth: float, up: float) -> np.ndarray:
        return vanish + depth * np.array([side * reach, -up])

    wall = np.array([at(near, tall), at(far, tall), at(far, -low), at(near, -low)])
    colour = mixed(colours.cloths[random.integers(5)], (214, 206, 196), 0.6)
    colour = shade(colour, colours.shadow) if side * colours.light[0] > 0 else colour
    canvas.fill(wall, colour)
    for _ in range(int(random.integers(0, 60))):
        depth, up = random.uniform(far, near), random.uniform(-low, tall)
        step = np.array([at(depth, up), at(depth * random.uniform(1.01, 1.04), up)])
        canvas.edges(step, colours.hair_pen, shade(colour, 0.3), closed=False)
    ledge = np.array([at(near, tall), at(far, tall), at(far, tall * 0.94), at(near, tall * 0.94)])
    canvas.fill(ledge, shade(colour, 0.15))
    canvas.edges(ledge, colours.hair_pen, colours.ink)
    canvas.edges(wall, colours.pen, colours.ink)
    rows, columns = int(random.integers(2, 6)), int(random.integers(2, 5))
    lit = mixed(colours.sky[1], (255, 240, 190), random.uniform(0, 1))
    for row in range(rows):
        for column in range(columns):
            # Even steps in space are even steps of 1 / depth.
            inverse = np.interp([column + 0.25, column + 0.75], [0, columns], [1 / near, 1 / far])
            one, two = 1 / inverse
            top, bottom = tall - (tall + low) * (row + np.array([0.2, 0.7])) / rows
            pane = np.array([at(one, top), at(two, top), at(two, bottom), at(one, bottom)])
            canvas.fill(pane, lit if random.random() < 0.3 else shade(colour, 0.5))
            canvas.edges(pane, colours.hair_pen, colours.ink)


def _pole(canvas: Canvas, random, colours: Palette, vanish, near: float) -> None:
    side = random.choice((-1, 1))
    x, top = vanish[0] + side * near * canvas.width * 0.35, vanish[1] - near * canvas.height * 0.9
    half = canvas.size * 0.01 * near
    canvas.fill(rectangle(x - half, top, 2 * half, canvas.height * 2), shade((130, 126, 128), 0.3))
    canvas.stroke(
        np.array([(x - half, top), (x - half, canvas.height * 1.0)]), colours.pen, colours.ink, (0, 0)
    )
    for level in (0.03, 0.09):
        y = top + near * canvas.height * level
        canvas.stroke(
            np.array([(x - 6 * half, y), (x + 6 * half, y)]), max(half, colours.pen), colours.ink, (0, 0)
        )
        for end in (x - 6 * half, x + 6 * half):
            far = vanish + (np.array([end, y]) - vanish) * 0.15
            canvas.stroke(bow((end, y), far, 0.02 * side, 20), colours.hair_pen, colours.ink, (0, 0))


def room(canvas: Canvas, random, colours: Palette) -> None:
    """A room seen straight on: back wall, tiled floor, window, shelves."""
    width, height, ink = canvas.width, canvas.height, colours.ink
    scale = random.uniform(0.35, 0.7)
    back = rectangle(
        width * random.uniform(0, 1 - scale),
        height * random.uniform(0, 0.6 - scale / 2),
        width * scale,
        height * scale,
    )
    corners = canvas.frame * 1.0
    tones = [mixed(colours.paper, colours.cloths[i], 0.4) for i in range(4)]
    for i in range(4):
        face = np.array([corners[i], corners[(i + 1) % 4], back[(i + 1) % 4], back[i]])
        canvas.fill(face, Gradient(tones[i], shade(tones[i], colours.shadow), face[0], face[2]))
    canvas.fill(back, tones[0])
    for t in np.linspace(0, 1, int(random.integers(5, 14))):
        canvas.stroke(
            np.linspace(corners[3] + (corners[2] - corners[3]) * t, back[3] + (back[2] - back[3]) * t, 5),
            colours.hair_pen,
            ink,
            (0, 0),
        )
        deep = 1 / (1 + 3 * t)
        left, right = (back[i] + (corners[i] - back[i]) * (deep - 0.25) / 0.75 for i in (3, 2))
        canvas.stroke(np.array([left, right]), colours.hair_pen, ink, (0, 0))
    for i in range(4):
        canvas.stroke(np.array([corners[i], back[i]]), colours.pen, ink, (0, 0))
        canvas.stroke(np.array([back[i], back[(i + 1) % 4]]), colours.pen, ink, (0, 0))
    x, y = back[0] + np.array([width, height]) * scale * 0.2
    pane = rectangle(x, y, width * scale * 0.4, height * scale * 0.4)
    canvas.fill(pane, Gradient(*colours.sky, pane[0], pane[3]))
    canvas.glow(pane, (255, 250, 230), canvas.size * 0.05, random.uniform(0, 0.5))
    canvas.edges(pane, colours.pen * 1.5, ink)
    canvas.stroke(np.array([(pane[0] + pane[1]) / 2, (pane[2] + pane[3]) / 2]), colours.pen, ink, (0, 0))
    shelf = rectangle(width * random.uniform(0, 0.7), height * 0.55, width * 0.25, height * 0.5)
    canvas.fill(shelf, (136, 100, 76))
    x = shelf[0, 0]
    while x < shelf[1, 0] - 3:
        thick = canvas.size * random.uniform(0.012, 0.035)
        tall = height * random.uniform(0.08, 0.14)
        book = rectangle(x, height * 0.72 - tall, thick, tall)
        canvas.fill(book, colours.cloths[random.integers(5)])
        canvas.edges(book, colours.hair_pen, ink)
        x += thick
    canvas.edges(shelf, colours.pen, ink)
