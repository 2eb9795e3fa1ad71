"""Sets of drawings as luma, and the folder they are kept in."""

from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from ..imresize import round_to_codes
from ..pictures import luma
from .pictures import TEST, TRAIN, picture

VERSION = 1
"""Raised whenever the drawing changes, so that pictures kept by an older one are drawn again."""
HELD_OUT = 24
HELD_OUT_SIZE = (512, 512)
WORKERS = 2


def luma_picture(stream: int, seed: int, index: int, height: int, width: int) -> np.ndarray:
    """One drawing as H x W uint8 luma (BT.601, 16..235), as `pictures.read_luma` reads its PNG."""
    return round_to_codes(luma(picture(seed, height, width, index, stream)))


def training_pictures(
    count: int, size: tuple[int, int], seed: int, folder: Path | None = None, workers: int = WORKERS
) -> list[np.ndarray]:
    """`count` drawings of the training stream, each height x width uint8 luma.

    `size` is (height, width). Fewer pictures of the same seed are the first of more. With `folder`
    they are kept in (and next time read from) a file there that is named after the arguments.
    """
    return _kept(TRAIN, seed, count, size, folder, workers)


def held_out(
    count: int = HELD_OUT,
    size: tuple[int, int] = HELD_OUT_SIZE,
    folder: Path | None = None,
    workers: int = WORKERS,
) -> list[np.ndarray]:
    """The test set: drawings of the test stream, which training never sees."""
    return _kept(TEST, 0, count, size, folder, workers)


def drawn(arguments: list[tuple], work: Callable, workers: int) -> list:
    """`work` on each tuple of arguments, in order, by so many processes."""
    if workers < 2 or len(arguments) < 2:
        return [work(*each) for each in arguments]
    # Forking after PyTorch has started its threads can hang.
    with get_context("spawn").Pool(workers) as pool:
        return pool.starmap(work, arguments, chunksize=4)


def _kept(stream, seed, count, size, folder, workers) -> list[np.ndarray]:
    height, width = size
    arguments = [(stream, seed, index, height, width) for index in range(count)]
    if folder is None:
        return drawn(arguments, luma_picture, workers)
    name = {TRAIN: "train", TEST: "test"}[stream]
    path = Path(folder) / f"lineart-v{VERSION}-{name}-{seed}-{count}x{width}x{height}.npy"
    if path.exists():
        return list(np.load(path, mmap_mode="r"))
    pictures = drawn(arguments, luma_picture, workers)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with open(partial, "wb") as file:
        np.save(file, np.stack(pictures))
    partial.replace(path)
    return pictures
