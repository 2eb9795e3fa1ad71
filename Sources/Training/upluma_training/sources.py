"""Where training pictures come from: every source gives pairs to train on and pairs to compare by."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import data, oldvideo, pictures
from .lineart import sets
from .recipes import Recipe

Sized = tuple[np.ndarray, np.ndarray]
"""(small h x w, large sh x sw) uint8 luma."""

LINE_ART = 600
"""Drawings a run learns from."""
LINE_ART_SIZE = (384, 384)
FEW_DRAWINGS = 120


@dataclass(frozen=True)
class Source:
    """One kind of pictures; see `SOURCES`."""

    names: tuple[str, ...]
    """What a model card calls the pictures."""
    load: Callable[[Recipe, Path, Path], tuple[list[Sized], list[Sized]]]
    """(recipe, data folder, folder for what is made once) to (training, held out)."""


def _natural(recipe: Recipe, folder: Path, cache: Path) -> tuple[list[Sized], list[Sized]]:
    """The 291 pictures of the papers at every scaling, reduced by the protocol."""
    train, held = data.training_files(folder)
    sizes = (size for path in train for size in data.scaled(pictures.read_luma(path), recipe.scalings))
    return (
        [data.reduced(picture, recipe.scale) for picture in sizes],
        [data.reduced(pictures.read_luma(path), recipe.scale) for path in held],
    )


def _line_art(recipe: Recipe, folder: Path, cache: Path) -> tuple[list[Sized], list[Sized]]:
    """Drawings of the training stream, from two seeds; the test stream is for the final score."""
    parts = ((LINE_ART, recipe.seed), (data.HELD_OUT, recipe.seed + 1000))
    drawings = [sets.training_pictures(count, LINE_ART_SIZE, seed, cache) for count, seed in parts]
    train, held = ([data.reduced(picture, recipe.scale) for picture in part] for part in drawings)
    return train, held


def _old_video(recipe: Recipe, folder: Path, cache: Path) -> tuple[list[Sized], list[Sized]]:
    """The 291 pictures as shots of old video files; scale 2 alone."""
    if recipe.scale != oldvideo.SCALE:
        raise ValueError(f"old video is made for scale {oldvideo.SCALE}, not {recipe.scale}")
    return (
        oldvideo.training_pairs(folder, cache, recipe.seed),
        oldvideo.held_out_pairs(folder, cache, recipe.seed),
    )


def _with_drawings(source: Source) -> Source:
    """The source, and some drawings beside it, a fifth of the whole at scale 2; held out is only its own."""

    def load(recipe: Recipe, folder: Path, cache: Path) -> tuple[list[Sized], list[Sized]]:
        train, held = source.load(recipe, folder, cache)
        drawings = sets.training_pictures(FEW_DRAWINGS, LINE_ART_SIZE, recipe.seed, cache)
        return train + [data.reduced(picture, recipe.scale) for picture in drawings], held

    return Source((*source.names, f"{FEW_DRAWINGS} drawings of upluma_training.lineart"), load)


SOURCES = {
    "natural": Source(tuple(Path(folder).name for folder in data.FOLDERS), _natural),
    "oldvideo": Source(
        (*(Path(folder).name for folder in data.FOLDERS), "coded as old video"), _old_video
    ),
    "lineart": Source((f"{LINE_ART} drawings of upluma_training.lineart",), _line_art),
}
WITH_DRAWINGS = "-and-drawings"
SOURCES |= {f"{name}{WITH_DRAWINGS}": _with_drawings(SOURCES[name]) for name in ("natural", "oldvideo")}
