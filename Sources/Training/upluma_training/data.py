"""The training pictures, whole in memory, and the seeded stream of patches cut from them.

Each picture is kept at several reductions of itself (`scalings`), each with its small 8-bit
picture and with what is left to learn: picture minus Lanczos 3 enlargement of the small one.
A network sees nothing but crops of these, so a batch costs a few copies.
"""

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
    """One picture at one scaling.

    small: h x w uint8 codes; residual: 2h x 2w float16, 0..1 units (picture minus enlargement).
    """

    small: np.ndarray
    residual: np.ndarray


def make_pair(picture: np.ndarray, scale: int) -> Pair:
    """A pair from H x W uint8 luma, cut to multiples of `scale` first."""
    picture = pictures.crop_to_multiple(picture, scale)
    small = reduce_to_codes(picture, scale)
    # float16 keeps residuals to 1/2000 of themselves, far below the rounding of `small`.
    return Pair(small, ((picture - enlarge(small, scale)) / 255).astype(np.float16))


def make_pairs(files: list[Path], scale: int, scalings: tuple[float, ...], patch: int) -> list[Pair]:
    """Every picture at every scaling whose small picture still holds a `patch` x `patch` crop."""
    pairs = []
    for path in files:
        picture = pictures.read_luma(path)
        for scaling in scalings:
            scaled = picture if scaling == 1 else round_to_codes(imresize(picture, scaling))
            if min(scaled.shape) >= scale * patch:
                pairs.append(make_pair(scaled, scale))
    if not pairs:
        raise ValueError(f"no picture is as large as {scale * patch} pixels each way")
    return pairs


class Patches:
    """Batches by number: batch `step` depends on the seed and the step alone, so runs resume."""

    def __init__(self, pairs: list[Pair], scale: int, patch: int, batch: int, seed: int) -> None:
        self.pairs, self.scale, self.patch, self.batch, self.seed = pairs, scale, patch, batch, seed
        # By area, so that every patch position is equally likely.
        area = np.array([pair.small.size for pair in pairs], dtype=np.float64)
        self.cumulative = np.cumsum(area / area.sum())

    def __call__(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """(luma, residual) of one step, both channels last in memory.

        luma: batch x 1 x patch x patch, 0..1; residual: batch x scale^2 x patch x patch, channel
        scale * dy + dx. Each patch takes one of the eight rotations and flips.
        """
        random = np.random.default_rng((self.seed, step))
        chosen = np.searchsorted(self.cumulative, random.random(self.batch), side="right")
        scale, patch = self.scale, self.patch
        luma = np.empty((self.batch, patch, patch, 1), np.float32)
        target = np.empty((self.batch, patch, patch, scale * scale), np.float32)
        for n, index in enumerate(np.minimum(chosen, len(self.pairs) - 1)):
            pair = self.pairs[index]
            y = int(random.integers(pair.small.shape[0] - patch + 1))
            x = int(random.integers(pair.small.shape[1] - patch + 1))
            small = pair.small[y : y + patch, x : x + patch]
            rows, columns = slice(scale * y, scale * (y + patch)), slice(scale * x, scale * (x + patch))
            residual = pair.residual[rows, columns]
            turns, flip = divmod(int(random.integers(8)), 2)
            small, residual = np.rot90(small, turns), np.rot90(residual, turns)
            if flip:
                small, residual = small[:, ::-1], residual[:, ::-1]
            luma[n, ..., 0] = small
            blocks = residual.reshape(patch, scale, patch, scale).transpose(0, 2, 1, 3)
            target[n] = blocks.reshape(patch, patch, scale * scale)
        luma /= 255
        return torch.from_numpy(luma).permute(0, 3, 1, 2), torch.from_numpy(target).permute(0, 3, 1, 2)
