"""FIR resampling as zimg states it: filter laws, and the matrix of one axis.

Source: zimg's `compute_filter` (libzimg 3), restated; the Swift resampler follows the same rule.
Everything here is float64.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True)
class Filter:
    """A filter law: its value at x (in source samples at scale 1) and its half width."""

    law: Callable[[float], float]
    support: float


def _sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x)


def _lanczos(lobes: int) -> Filter:
    return Filter(lambda x: _sinc(x) * _sinc(x / lobes) if abs(x) < lobes else 0.0, lobes)


def _cubic(b: float, c: float) -> Filter:
    """Mitchell and Netravali's family of cubics."""

    def law(x: float) -> float:
        x = abs(x)
        if x < 1:
            return ((12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + 6 - 2 * b) / 6
        if x < 2:
            return (
                (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 - (12 * b + 48 * c) * x + 8 * b + 24 * c
            ) / 6
        return 0.0

    return Filter(law, 2)


FILTERS = {
    "bilinear": Filter(lambda x: max(1 - abs(x), 0.0), 1),
    "catmullrom": _cubic(0, 0.5),
    "mitchell": _cubic(1 / 3, 1 / 3),
    "lanczos3": _lanczos(3),
}

NEAREST = "nearest"
"""The filter without a law: the sample nearest to each target, of two the later one."""


@lru_cache(maxsize=64)
def matrix(name: str, source: int, target: int, shift: float = 0.0) -> np.ndarray:
    """The resampling of one axis as a `target` x `source` matrix (read only).

    Output i reads source coordinate (i + 0.5) * source / target - 0.5 + shift. When reducing, the
    filter is widened by source / target. Taps are normalised to sum one, then those outside are
    mirrored about the edge (edge sample repeated), and clamped if they are still outside.
    """
    result = np.zeros((target, source))
    if name == NEAREST:
        for i in range(target):
            result[i, min(max(math.floor((i + 0.5) * source / target + shift), 0), source - 1)] = 1
        result.setflags(write=False)
        return result
    filter = FILTERS[name]
    scale = target / source
    step = min(scale, 1.0)
    count = max(2 * math.ceil(filter.support / step), 1)
    for i in range(target):
        # Here, as in zimg, the centre of sample k is at k + 0.5.
        position = (i + 0.5) / scale + shift
        first = math.floor(position - count / 2 + 0.5) + 0.5
        centres = [first + tap for tap in range(count)]
        weights = [filter.law((centre - position) * step) for centre in centres]
        total = math.fsum(weights)
        for centre, weight in zip(centres, weights):
            if centre < 0:
                centre = -centre
            elif centre >= source:
                centre = 2 * source - centre
            index = min(max(math.floor(centre), 0), source - 1)
            result[i, index] += weight / total
    result.setflags(write=False)
    return result


def resample(
    picture: np.ndarray,
    name: str,
    height: int,
    width: int,
    shift_y: float = 0.0,
    shift_x: float = 0.0,
) -> np.ndarray:
    """Resizes H x W (any range) to `height` x `width`, float64, neither rounded nor clipped."""
    picture = np.asarray(picture, dtype=np.float64)
    rows = matrix(name, picture.shape[0], height, shift_y)
    columns = matrix(name, picture.shape[1], width, shift_x)
    return rows @ picture @ columns.T
