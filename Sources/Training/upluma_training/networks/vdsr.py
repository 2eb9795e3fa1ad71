"""VDSR: twenty layers that correct the bicubic enlargement they read.

Source: Kim, Lee and Lee, "Accurate Image Super-Resolution Using Very Deep Convolutional Networks", 2016.
Its bicubic is MATLAB's: `catmullrom` has the same weights and edges; it is not rounded here.
"""

import torch
from torch.nn import functional as F

from ..lanczos import enlarge_tensor
from .chain import Chain

WIDTHS = (1, *[64] * 19, 1)


class VDSR(Chain):
    """State: `conv1.weight`, `conv1.bias`, … `conv20.bias`."""

    ARCHITECTURE = "vdsr"
    base = "catmullrom"

    def __init__(
        self,
        scale: int = 2,
        widths: tuple[int, ...] = WIDTHS,
        kernels: tuple[int, ...] | None = None,
        activation: str = "relu",
        base: str = "catmullrom",
    ) -> None:
        super().__init__(scale, widths, kernels or (3,) * (len(widths) - 1), activation)
        self.base = base
        with torch.no_grad():
            # Start close to the plain enlargement: the residual is small from the first step on.
            getattr(self, self.names[-1]).weight.mul_(0.1)

    def made(self, luma: torch.Tensor) -> torch.Tensor:
        """See `Chain.made`: the residual."""
        return self.run_layers(enlarge_tensor(luma, self.scale, self.base))

    def forward(self, luma: torch.Tensor) -> torch.Tensor:
        """See `Chain.forward`."""
        enlarged = enlarge_tensor(luma, self.scale, self.base)
        return (enlarged + self.run_layers(enlarged)).clamp(0, 1)

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `Chain.predict`."""
        residual = self.run_layers(F.pixel_shuffle(base, self.scale), precision)
        return base + F.pixel_unshuffle(residual, self.scale)
