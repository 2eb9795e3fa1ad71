"""`Person`: what one drawn character looks like."""

from dataclasses import dataclass

import numpy as np

from .colours import HAIR, SKIN, Colour, Palette, mixed


@dataclass(frozen=True)
class Person:
    """What one character looks like; drawn again, it is the same character."""

    skin: Colour
    hair: Colour
    iris: Colour
    cloth: Colour
    trim: Colour
    turn: float
    """Of the head, -1 (left) to 1; 0 faces us."""
    eye: tuple[float, float]
    """Half width and half height of an eye."""
    mood: int
    """0 open eyes and calm, 1 closed eyes, 2 open mouth, 3 narrowed eyes."""
    jaw: float
    length: float
    """How far back hair hangs below the chin; negative is short."""
    locks: int
    style: int
    """Of the hair: 0 smooth, 1 spiked, 2 tied in two tails."""
    glasses: bool


def person(random: np.random.Generator, colours: Palette) -> Person:
    """Draws a character."""
    return Person(
        skin=SKIN[random.integers(len(SKIN))],
        hair=mixed(HAIR[random.integers(len(HAIR))], (128, 128, 128), random.uniform(0, 0.25)),
        iris=mixed(HAIR[random.integers(len(HAIR))], (40, 160, 140), random.uniform(0, 0.6)),
        cloth=colours.cloths[0],
        trim=colours.cloths[1],
        turn=random.uniform(-0.8, 0.8),
        eye=(random.uniform(0.15, 0.22), random.uniform(0.1, 0.24)),
        mood=int(random.integers(4)),
        jaw=random.uniform(0.5, 0.66),
        length=random.uniform(-0.5, 1.6),
        locks=int(random.integers(4, 8)),
        style=int(random.choice([0, 0, 1, 2])),
        glasses=bool(random.random() < 0.15),
    )
