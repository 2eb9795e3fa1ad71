"""Colours as cels are painted: few flat tones, each with a darker, cooler second tone."""

from dataclasses import dataclass

import numpy as np

Colour = tuple[int, int, int]

SKIN = ((255, 226, 204), (247, 206, 178), (224, 172, 138), (168, 116, 86), (120, 80, 62), (206, 220, 232))
HAIR = (
    (36, 32, 40), (74, 48, 36), (150, 96, 52), (228, 190, 106), (200, 70, 60), (90, 120, 190),
    (170, 150, 200), (226, 226, 232), (230, 130, 160), (70, 130, 110),
)  # fmt: skip
INK = ((16, 14, 18), (34, 24, 26), (52, 34, 34), (24, 28, 52), (74, 48, 48))


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with `share` (0..1) of `b`."""
    return tuple(int(round(x + (y - x) * share)) for x, y in zip(a, b))


def shade(colour: Colour, amount: float = 0.3) -> Colour:
    """The shadow tone: darker, and a little towards blue."""
    red, green, blue = (min(value * (1 - amount), 255) for value in colour)
    return int(red), int(green * 0.97), int(min(blue * (1 + 0.3 * amount) + 6, 255))


def tint(colour: Colour, amount: float = 0.4) -> Colour:
    """Towards white."""
    return mixed(colour, (255, 252, 246), amount)


@dataclass(frozen=True)
class Palette:
    """The colours and pens of one picture. Widths are in pixels."""

    ink: Colour
    paper: Colour
    sky: tuple[Colour, Colour]
    cloths: tuple[Colour, ...]
    plants: tuple[Colour, ...]
    pen: float
    hair_pen: float
    shadow: float
    """How dark second tones are, 0..1."""
    light: tuple[float, float]
    """Where light comes from: a unit vector on the screen."""


def hue(random: np.random.Generator, saturation: float, value: float) -> Colour:
    """A random hue of HSV with the given saturation and value, 0..1."""
    sector = random.uniform(0, 6)
    channels = (abs(sector - 3) - 1, 2 - abs(sector - 2), 2 - abs(sector - 4))
    return tuple(int(255 * value * (1 - saturation * (1 - min(max(c, 0), 1)))) for c in channels)


def palette(random: np.random.Generator) -> Palette:
    """Draws a palette; half of the pictures have pens near 1.5 pixels, the others 0.9 to 5."""
    base = random.integers(4)
    skies = (
        ((92, 160, 226), (214, 236, 248)),
        ((250, 170, 110), (250, 226, 190)),
        ((22, 28, 66), (70, 84, 140)),
        (hue(random, 0.35, 0.75), hue(random, 0.15, 0.98)),
    )
    pen = random.uniform(1.1, 2.2) if random.random() < 0.5 else float(np.exp(random.uniform(-0.1, 1.6)))
    angle = random.uniform(-2.6, -0.5)
    return Palette(
        ink=INK[random.integers(len(INK))],
        paper=mixed((255, 255, 255), hue(random, 0.2, 0.95), random.uniform(0, 0.7)),
        sky=skies[base],
        cloths=tuple(hue(random, random.uniform(0, 0.7), random.uniform(0.25, 0.98)) for _ in range(5)),
        plants=tuple(mixed((60, 130, 60), hue(random, 0.5, 0.7), random.uniform(0.1, 0.5)) for _ in range(3)),
        pen=pen,
        hair_pen=max(0.7, pen * random.uniform(0.45, 0.8)),
        shadow=random.uniform(0.15, 0.42),
        light=(float(np.cos(angle)), float(np.sin(angle))),
    )
