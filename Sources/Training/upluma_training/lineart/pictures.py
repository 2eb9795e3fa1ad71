"""`picture`: one drawing, from a stream, a seed and a number."""

import numpy as np
from PIL import Image, ImageFilter

from .canvas import Canvas
from .colours import palette
from .scenes import SCENES
from .things import lettering

TRAIN, TEST = 1, 2
"""Streams. Pictures of one are never pictures of the other, whatever the seed."""

# Frames of animation are softer than what a rasteriser draws: lines pass through a compositor's filters,
# an enlargement from the size they were drawn at, and a codec. Of five
# settings that were measured this one brings Lanczos 3 nearest to the article's pictures (39 dB, there about
# 41); what networks gain on the set depends on it (Docs/Models.md).
SOFT = 0.9
SOFTNESS = (0.5, 1.2)
"""Deviation of the Gaussian in pixels."""
GRAINY = 0.3
GRAIN = (0.3, 1.2)
"""Deviation of the grain in 8-bit levels."""


def picture(seed: int, height: int, width: int, index: int = 0, stream: int = TRAIN) -> np.ndarray:
    """height x width x 3 uint8, full-range RGB; the same for the same arguments.

    numpy's PCG64 is seeded with (stream, seed, index) and decides everything. Sides from 16 pixels.
    Machines may differ in the last bit of a sine, hence now and then in an edge pixel.
    """
    if min(height, width) < 16:
        raise ValueError(f"a drawing needs sides of 16 pixels or more, not {width}x{height}")
    random = np.random.default_rng((stream, seed, index))
    canvas = Canvas(height, width)
    colours = palette(random)
    scenes = list(SCENES)
    shares = np.array(list(SCENES.values()))
    scenes[random.choice(len(scenes), p=shares / shares.sum())](canvas, random, colours)
    if random.random() < 0.12:
        lettering(canvas, random, colours)
    return _finished(random, canvas.picture())


def _finished(random: np.random.Generator, rgb: np.ndarray) -> np.ndarray:
    """Grading, the softness of a finished film, and in some pictures its grain."""
    rgb = _graded(random, rgb)
    softness = random.uniform(*SOFTNESS) if random.random() < SOFT else 0.0
    if softness:
        rgb = np.asarray(Image.fromarray(rgb).filter(ImageFilter.GaussianBlur(softness)))
    if random.random() < GRAINY:
        grain = random.normal(0, random.uniform(*GRAIN), (*rgb.shape[:2], 1))
        rgb = np.clip(np.round(rgb + grain), 0, 255).astype(np.uint8)
    return rgb


def _graded(random: np.random.Generator, rgb: np.ndarray) -> np.ndarray:
    """A third of the pictures at night, at dusk or in a haze: colours scaled and blended."""
    kind = random.random()
    if kind < 0.15:
        gain, lift = random.uniform(0.3, 0.75) * np.array([0.8, 0.9, 1.15]), random.uniform(0, 12)
    elif kind < 0.25:
        gain, lift = np.array([1.0, 0.86, 0.72]) * random.uniform(0.8, 1), 0.0
    elif kind < 0.33:
        share = random.uniform(0.1, 0.4)
        gain, lift = np.ones(3) * (1 - share), 255 * share
    else:
        return rgb
    return np.clip(rgb * gain + lift + 0.5, 0, 255).astype(np.uint8)
