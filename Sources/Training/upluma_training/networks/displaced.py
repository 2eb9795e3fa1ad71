"""Resampling with displaced taps: every pixel of a smaller picture has weights and places of its own in the larger one.

Source: Sun and Chen, "Learned Image Downscaling for Upscaling Using Content Adaptive Resampler" (CAR), equations 1 to 6,
with the conventions of the authors' code where the paper leaves them open.
"""

from dataclasses import dataclass

import torch
from torch.nn import functional as F


@dataclass(frozen=True)
class Taps:
    """Where `size` x `size` taps of a picture reduced `scale` times rest: around the middle of the pixels that become one.

    Tap t = size * ky + kx of small pixel (x, y) rests at scale * x + (scale - 1) / 2 + kx - (size - 1) / 2 in the source,
    rows alike. A displacement of 1 moves it by `scale` source pixels (one pixel of the small picture).
    """

    size: int
    scale: int
    reflected: bool = False
    """Beyond the picture it is mirrored for `size` // 2 pixels, its edge not repeated, then edges are repeated (the
    authors'); otherwise its edge pixels are repeated at once."""

    @property
    def count(self) -> int:
        """Taps of one kernel."""
        return self.size**2

    def rests(self) -> torch.Tensor:
        """[tap] along one axis: source pixels from the middle of the small pixel."""
        return torch.arange(self.size) - (self.size - 1) / 2

    def resample(
        self, picture: torch.Tensor, weights: torch.Tensor, horizontal: torch.Tensor, vertical: torch.Tensor
    ) -> torch.Tensor:
        """N x C x sh x sw by N x size^2 x h x w weights and displacements to N x C x h x w."""
        start, step = (self.scale - 1) / 2 - (self.size - 1) / 2, self.scale
        if self.reflected:
            margin = self.size // 2
            picture = F.pad(picture, (margin,) * 4, mode="reflect")
            start += margin
        return Displaced.apply(picture, weights, horizontal, vertical, self.size, step, start)


class Displaced(torch.autograd.Function):
    """The sum over taps of weight times bilinear sample, with the gradients of equations 4 to 6.

    Beyond the picture edge pixels are repeated; the fraction of a position is taken before it is moved inside. The
    picture itself gets no gradient.
    """

    @staticmethod
    def forward(ctx, picture, weights, horizontal, vertical, size, step, start):
        columns = _positions(picture.shape[3], horizontal, size, step, start, is_row=False)
        rows = _positions(picture.shape[2], vertical, size, step, start, is_row=True)
        (left, right, alpha), (top, bottom, beta) = columns, rows
        batch, channels, _, width = picture.shape
        flat = picture.reshape(batch, channels, -1)

        def pixels(row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
            places = (row * width + column).reshape(batch, 1, -1).expand(batch, channels, -1)
            return flat.gather(2, places).reshape(batch, channels, *weights.shape[1:])

        upper, lower = pixels(top, left), pixels(bottom, left)
        upper_step, lower_step = pixels(top, right) - upper, pixels(bottom, right) - lower
        alpha, beta = alpha[:, None], beta[:, None]
        # Along a row, first; equation 3.
        upper = torch.addcmul(upper, alpha, upper_step)
        lower = torch.addcmul(lower, alpha, lower_step)
        down = lower - upper
        samples = torch.addcmul(upper, beta, down)
        across = torch.addcmul(upper_step, beta, lower_step - upper_step)
        ctx.save_for_backward(samples, across, down, weights)
        ctx.step = step
        return (samples * weights[:, None]).sum(dim=2)

    @staticmethod
    def backward(ctx, gradient):
        samples, across, down, weights = ctx.saved_tensors
        gradient = gradient[:, :, None]
        by_weight = (samples * gradient).sum(dim=1)
        moved = ctx.step * weights
        by_column = (across * gradient).sum(dim=1) * moved
        by_row = (down * gradient).sum(dim=1) * moved
        return None, by_weight, by_column, by_row, None, None, None


def _positions(
    length: int, displacements: torch.Tensor, size: int, step: int, start: float, is_row: bool
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(index before, index after, fraction) of every sample along one axis of `length` pixels."""
    count = displacements.shape[2 if is_row else 3]
    tap = torch.arange(size).repeat_interleave(size) if is_row else torch.arange(size).repeat(size)
    places = step * torch.arange(count)
    shape = (1, -1, count, 1) if is_row else (1, -1, 1, count)
    rest = (tap[:, None] + places + start).reshape(shape).to(displacements)
    position = torch.add(rest, displacements, alpha=step)
    before = position.floor()
    fraction = position - before
    before = before.long().clamp_(0, length - 1)
    return before, (before + 1).clamp_(max=length - 1), fraction


class Rounded(torch.autograd.Function):
    """Rounding to whole numbers, halves to even, with the gradient of the soft rounding of equation 7.

    x - alpha * sin(2 pi x) / (2 pi) has the slope 1 - alpha * cos(2 pi x).
    """

    @staticmethod
    def forward(ctx, values, alpha):
        ctx.save_for_backward(values)
        ctx.alpha = alpha
        return values.round()

    @staticmethod
    def backward(ctx, gradient):
        (values,) = ctx.saved_tensors
        return gradient * (1 - ctx.alpha * torch.cos(2 * torch.pi * values)), None


def to_codes(picture: torch.Tensor, alpha: float) -> torch.Tensor:
    """0..1 limited and rounded to multiples of 1/255, as an 8-bit file keeps it; differentiable by equation 7."""
    return Rounded.apply(picture.clamp(0, 1) * 255, alpha) / 255
