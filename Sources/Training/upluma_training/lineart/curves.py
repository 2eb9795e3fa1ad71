"""Curves of the drawings: N x 2 arrays of (x, y) points in pixels of the final picture, y downwards."""

import math
from dataclasses import dataclass

import numpy as np


def smooth(points, closed: bool = False, pieces: int = 10) -> np.ndarray:
    """A (uniform) Catmull-Rom curve through `points`, `pieces` samples for each span."""
    points = np.asarray(points, dtype=np.float64)
    if closed:
        around = np.concatenate([points[-1:], points, points[:2]])
    else:
        # The end points continued straight on, so that the curve starts and ends at them.
        around = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    before, start, stop, after = around[:-3], around[1:-2], around[2:-1], around[3:]
    t = (np.arange(pieces) / pieces)[None, :, None]
    a, b = (stop - before)[:, None] / 2, (after - start)[:, None] / 2
    p, q = start[:, None], stop[:, None]
    curve = ((2 * p - 2 * q + a + b) * t + (3 * q - 3 * p - 2 * a - b)) * t * t + a * t + p
    curve = curve.reshape(-1, 2)
    return curve if closed else np.concatenate([curve, points[-1:]])


def bow(start, stop, bend: float = 0.0, pieces: int = 16) -> np.ndarray:
    """A shallow arc; `bend` is its height as a share of the chord, to the left of the way."""
    start, stop = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64)
    t = np.linspace(0, 1, pieces)[:, None]
    chord = stop - start
    side = np.array([chord[1], -chord[0]])
    return start + chord * t + side * (4 * bend * t * (1 - t))


def arc(centre, radius_x: float, radius_y: float, start: float = 0, stop: float = 360, pieces: int = 40):
    """An ellipse's arc between two angles in degrees, clockwise on the screen from +x."""
    angle = np.radians(np.linspace(start, stop, pieces))
    return np.stack([centre[0] + radius_x * np.cos(angle), centre[1] + radius_y * np.sin(angle)], axis=1)


def blob(random: np.random.Generator, centre, radius_x: float, radius_y: float, lobes: int, rough: float):
    """A closed smooth shape around `centre`: an ellipse with `lobes` knots moved by `rough` of it."""
    angle = np.sort(np.arange(lobes) + random.uniform(-0.3, 0.3, lobes)) * (2 * math.pi / lobes)
    reach = 1 + rough * random.uniform(-1, 1, lobes)
    knots = np.stack([radius_x * np.cos(angle) * reach, radius_y * np.sin(angle) * reach], axis=1)
    return smooth(knots + np.asarray(centre, dtype=np.float64), closed=True, pieces=8)


def rectangle(left: float, top: float, width: float, height: float) -> np.ndarray:
    """The four corners."""
    right, bottom = left + width, top + height
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64)


def normals(points: np.ndarray, closed: bool = False) -> np.ndarray:
    """Unit normals (to the left of the way, on the screen) at every point."""
    if closed:
        along = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    else:
        along = np.gradient(points, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    return np.stack([along[:, 1], -along[:, 0]], axis=1) / length[:, None]


def taper(count: int, head: float, tail: float) -> np.ndarray:
    """Width along an ink line, 0..1: rises over the first `head` of it, falls over the last `tail`."""
    t = np.linspace(0, 1, count)
    rise = np.minimum(t / head, 1) if head > 0 else 1.0
    fall = np.minimum((1 - t) / tail, 1) if tail > 0 else 1.0
    return np.sqrt(np.clip(rise * fall, 0, 1)) * np.ones(count)


@dataclass(frozen=True)
class Place:
    """Where a figure stands: local units to pixels. Turned by `angle` (radians), then moved."""

    x: float
    y: float
    size: float
    angle: float = 0.0
    mirrored: bool = False

    def __call__(self, points) -> np.ndarray:
        points = np.atleast_2d(np.asarray(points, dtype=np.float64))
        sine, cosine = math.sin(self.angle), math.cos(self.angle)
        x = -points[:, 0] if self.mirrored else points[:, 0]
        turned = np.stack([cosine * x - sine * points[:, 1], sine * x + cosine * points[:, 1]], axis=1)
        return turned * self.size + (self.x, self.y)
