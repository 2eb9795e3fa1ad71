"""What keeps the taps of CAR's kernels in order: equations 9 and 10 of the paper."""

import torch

from .networks.displaced import Taps

# Keeps the square root's slope finite where nothing is displaced.
EPSILON = 1e-6


def distances(taps: Taps) -> torch.Tensor:
    """1 x size^2 x 1 x 1: w of equation 9, how far each tap rests from the middle, as a share of size / sqrt 2."""
    rests = taps.rests()
    rows, columns = rests.repeat_interleave(taps.size), rests.repeat(taps.size)
    return ((rows**2 + columns**2).sqrt() / (taps.size * 2**-0.5))[None, :, None, None]


def offset(horizontal: torch.Tensor, vertical: torch.Tensor, taps: Taps, floor: float) -> torch.Tensor:
    """Equation 9, the mean over all kernels: the lengths of a kernel's displacements, those of outer taps counting more.

    Each counts `floor` + w times. (Printed, eta is added to the length times w, where it would change nothing; it is
    said to regulate the weight.)
    """
    lengths = (horizontal.square() + vertical.square() + EPSILON).sqrt()
    return (lengths * (floor + distances(taps).to(lengths))).sum(dim=1).mean()


def variation(weights: torch.Tensor, horizontal: torch.Tensor, vertical: torch.Tensor) -> torch.Tensor:
    """Equation 10, the mean over all kernels: how much vertical displacements change along a row and horizontal ones down
    a column, weighted by the kernel's (absolute) weights."""
    weights = weights.abs()
    along = (vertical.diff(dim=3).abs() * weights[..., :-1]).sum(dim=1).mean()
    down = (horizontal.diff(dim=2).abs() * weights[..., :-1, :]).sum(dim=1).mean()
    return along + down
