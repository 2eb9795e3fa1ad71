"""Training pictures, whole in memory, and the seeded stream of patches cut from them.

A pair is a picture and the small 8-bit picture a network is to enlarge; natural pictures are kept at
several reductions of themselves (`scalings`). The enlargement by the network's base filter is
computed once, so a network sees nothing but crops, and a batch costs a few copies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import pictures
from .imresize import imresize, reduce_to_codes, round_to_codes
from .lanczos import enlarge

FOLDERS = ("train/yang91", "train/bsd200")
HELD_OUT = 10


def training_files(data: Path) -> tuple[list[Path], list[Path]]:
    """The files of the 291 pictures under `data`: those to train on, and the ten held out.

    The held-out ones are every twentieth picture of bsd200; recipes may be compared on them, so
    that no test picture takes part in any choice.
    """
    yang, bsd = (pictures.files(Path(data) / folder) for folder in FOLDERS)
    held = bsd[:: max(len(bsd) // HELD_OUT, 1)][:HELD_OUT]
    return [*yang, *(path for path in bsd if path not in held)], held


@dataclass(frozen=True)
class Pair:
    """One picture and what a network is given of it.

    small: h x w uint8 codes; large: sh x sw uint8 codes; residual: sh x sw float16, 0..1 units
    (picture minus enlargement).
    """

    small: np.ndarray
    large: np.ndarray
    residual: np.ndarray


def make_pair(small: np.ndarray, large: np.ndarray, base: str = "lanczos3") -> Pair:
    """A pair of h x w and sh x sw uint8 luma; s is a whole number."""
    scale = large.shape[0] // small.shape[0]
    if large.shape != (scale * small.shape[0], scale * small.shape[1]):
        raise ValueError(f"a picture of {large.shape} is no multiple of {small.shape}")
    # float16 keeps residuals to 1/2000 of themselves, far below the rounding of `small`.
    return Pair(small, large, ((large - enlarge(small, scale, base)) / 255).astype(np.float16))


def reduced(picture: np.ndarray, scale: int) -> tuple[np.ndarray, np.ndarray]:
    """(small, large) of H x W uint8 luma by the protocol, cut to multiples of `scale` first."""
    picture = pictures.crop_to_multiple(picture, scale)
    return reduce_to_codes(picture, scale), picture


def scaled(picture: np.ndarray, scalings: Iterable[float]) -> list[np.ndarray]:
    """H x W uint8 luma at every size of `scalings` (1 is the picture itself), rounded."""
    return [picture if s == 1 else round_to_codes(imresize(picture, s)) for s in scalings]


def make_pairs(
    sizes: Iterable[tuple[np.ndarray, np.ndarray]], patch: int, base: str = "lanczos3"
) -> list[Pair]:
    """Pairs of every (small, large) whose small picture still holds a `patch` x `patch` crop."""
    pairs = [make_pair(*both, base) for both in sizes if min(both[0].shape) >= patch]
    if not pairs:
        raise ValueError(f"no small picture is as large as {patch} pixels each way")
    return pairs


class Patches:
    """Batches by number: batch `step` depends on the seed and the step alone, so runs resume."""

    def __init__(self, pairs: list[Pair], patch: int, batch: int, seed: int) -> None:
        self.pairs, self.patch, self.batch, self.seed = pairs, patch, batch, seed
        self.scale = len(pairs[0].large) // len(pairs[0].small)
        # By area, so that every patch position is equally likely.
        area = np.array([pair.small.size for pair in pairs], dtype=np.float64)
        self.cumulative = np.cumsum(area / area.sum())

    def __call__(self, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(luma, base, large) of one step in 0..1, channels last in memory.

        luma: batch x 1 x patch x patch; base (the enlargement) and large (the picture): batch x
        scale^2 x patch x patch, channel scale * dy + dx. Each patch takes one of the eight
        rotations and flips.
        """
        random = np.random.default_rng((self.seed, step))
        chosen = np.searchsorted(self.cumulative, random.random(self.batch), side="right")
        scale, patch = self.scale, self.patch
        luma = np.empty((self.batch, patch, patch, 1), np.float32)
        residual = np.empty((self.batch, patch, patch, scale * scale), np.float32)
        large = np.empty_like(residual)
        for n, index in enumerate(np.minimum(chosen, len(self.pairs) - 1)):
            pair = self.pairs[index]
            y = int(random.integers(pair.small.shape[0] - patch + 1))
            x = int(random.integers(pair.small.shape[1] - patch + 1))
            turns, flip = divmod(int(random.integers(8)), 2)

            def turned(plane: np.ndarray, factor: int) -> np.ndarray:
                crop = plane[factor * y : factor * (y + patch), factor * x : factor * (x + patch)]
                crop = np.rot90(crop, turns)
                return crop[:, ::-1] if flip else crop

            luma[n, ..., 0] = turned(pair.small, 1)
            for target, plane in ((residual, pair.residual), (large, pair.large)):
                blocks = turned(plane, scale).reshape(patch, scale, patch, scale)
                target[n] = blocks.transpose(0, 2, 1, 3).reshape(patch, patch, scale * scale)
        luma /= 255
        large /= 255
        tensors = (torch.from_numpy(array).permute(0, 3, 1, 2) for array in (luma, large - residual, large))
        luma, base, large = tensors
        return luma, base, large
