"""Seeded pictures and data folders; nothing outside the repository is needed."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def drawing(height: int, width: int, seed: int) -> np.ndarray:
    """H x W uint8 luma 16..235: soft shading, twenty hard-edged ellipses and strokes, antialiased."""
    random = np.random.default_rng(seed)
    fine = 4
    y, x = np.mgrid[0 : height * fine, 0 : width * fine] / fine
    plane = 120 + 40 * np.sin(x / width * 4 + seed) * np.cos(y / height * 3)
    for _ in range(20):
        angle, value = random.uniform(0, np.pi), random.uniform(20, 230)
        centre_y, centre_x = random.uniform(0, height), random.uniform(0, width)
        along = (x - centre_x) * np.cos(angle) + (y - centre_y) * np.sin(angle)
        across = (y - centre_y) * np.cos(angle) - (x - centre_x) * np.sin(angle)
        length, breadth = random.uniform(8, height / 3), random.uniform(1.5, height / 6)
        plane = np.where((along / length) ** 2 + (across / breadth) ** 2 < 1, value, plane)
    plane = plane.reshape(height, fine, width, fine).mean(axis=(1, 3))
    return np.clip(np.round(plane), 16, 235).astype(np.uint8)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory) -> Path:
    """Twelve drawings of 72 x 64 laid out as the 291 pictures are."""
    folder = tmp_path_factory.mktemp("data")
    for name, count, seed in (("train/yang91", 4, 0), ("train/bsd200", 12, 100)):
        (folder / name).mkdir(parents=True)
        for i in range(count):
            Image.fromarray(drawing(72, 64, seed + i)).save(folder / name / f"{i:03}.png")
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of UPLUMA_SHARED (data/, reference/, clips/); the test is skipped without it."""
    folder = os.environ.get("UPLUMA_SHARED")
    if not folder:
        pytest.skip("UPLUMA_SHARED is not set")
    return Path(folder)
