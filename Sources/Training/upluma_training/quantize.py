"""`quantize`: a network that ships in 8 bits: calibrated, then trained on with rounded weights and features."""

import dataclasses

import numpy as np
import torch

from . import data, export, losses, train
from .imresize import round_to_codes
from .recipes import Recipe

CALIBRATION = 24
"""Batches of patches that ranges are taken from; the first of the run."""

HARD = 16
"""One picture in so many is added a second time, as hard as lettering. Photographs alone would have the ranges of
codes end below what white letters on black reach; there the network would lose several tenths of a dB."""
HARD_CONTRAST = 6.0
LIMITED = (16, 235)

NEAR_FLOOR = 0.25
"""Squared code values added to the teacher's error, so that blank patches do not rule; 54 dB."""
TRUTH_SHARE = 0.5
"""What the error counts beside the distance. With more of it a network moves on from where it started, away from
textures and towards what is smooth."""


def hardened(picture: np.ndarray) -> np.ndarray:
    """H x W uint8 luma with its contrast raised until most of it is black or white, in limited range."""
    middle = np.median(picture)
    return round_to_codes(((picture - middle) * HARD_CONTRAST + np.mean(LIMITED)).clip(*LIMITED))


def with_hard_ones(pairs: list[data.Pair], base: str) -> list[data.Pair]:
    """The pairs, and hard ones of some of their large pictures, reduced by the protocol."""
    scale = len(pairs[0].large) // len(pairs[0].small)
    return pairs + [
        data.make_pair(*data.reduced(hardened(pair.large), scale), base) for pair in pairs[::HARD]
    ]


class Quantizer(train.Trainer):
    """A run that starts calibrated, and keeps near to the network it started from."""

    def __init__(self, recipe: Recipe, pairs: list[data.Pair], device: str = "cpu") -> None:
        super().__init__(
            dataclasses.replace(recipe, start=""), with_hard_ones(pairs, recipe.base), device
        )
        self.recipe = recipe
        self.teacher = export.load_weights(export.SHIPPED / recipe.start)[0].to(self.device)
        batches = [self.patches(step)[0] for step in range(CALIBRATION)]
        self.network.calibrate(self.teacher, torch.cat(batches).to(self.device))
        self.average.load_state_dict(self.network.state_dict())

    def loss(self, luma: torch.Tensor, base: torch.Tensor, large: torch.Tensor) -> torch.Tensor:
        """Distance to the teacher's result and error beside the teacher's, both in dB, means over patches.

        By the distance alone results would shrink at hard edges, where the teacher is far from the truth
        and distance counts little; but errors of the teacher's own sign cost the most there.
        """
        with torch.no_grad():
            taught = self.teacher.predict(luma, base)
            error = self._squares(taught - large)
        result = self.network.predict(luma, base)
        distance, found = self._squares(result - taught), self._squares(result - large)
        near = (1 + distance / (error + NEAR_FLOOR)).log10().mean()
        true = ((found + losses.DECIBEL_FLOOR) / (error + losses.DECIBEL_FLOOR)).log10().mean()
        return 10 * (near + TRUTH_SHARE * true)

    def _squares(self, difference: torch.Tensor) -> torch.Tensor:
        """Mean over each patch, in code values."""
        return (difference.square() * self.weights).mean(dim=(1, 2, 3)) * 255**2
