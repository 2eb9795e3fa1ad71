"""ESPCN: three layers at the small size that make the sub-pixels of the picture.

Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
Convolutional Neural Network", 2016: 5-3-3 with 64 and 32 filters and the hyperbolic tangent.
"""

import torch
from torch.nn import functional as F

from .chain import Chain, bilinear


class ESPCN(Chain):
    """State: `conv1.weight`, `conv1.bias`, … `conv3.bias`."""

    ARCHITECTURE = "espcn"

    def __init__(
        self,
        scale: int = 2,
        widths: tuple[int, ...] | None = None,
        kernels: tuple[int, ...] = (5, 3, 3),
        activation: str = "tanh",
    ) -> None:
        super().__init__(scale, widths or (1, 64, 32, scale * scale), kernels, activation)
        reach = kernels[-1] // 2
        taps, places = torch.arange(-reach, reach + 1), (torch.arange(scale) + 0.5) / scale - 0.5
        # [place][tap] of one axis; channel scale * dy + dx is the product of two.
        axis = bilinear(taps - places[:, None])
        kernel = torch.einsum("yi,xj->yxij", axis, axis).reshape(-1, len(taps), len(taps))
        self.start_as_enlargement(kernel, gain=0.25)

    def made(self, luma: torch.Tensor) -> torch.Tensor:
        """See `Chain.made`: channel scale * dy + dx becomes pixel (scale * y + dy, scale * x + dx)."""
        return F.pixel_shuffle(self.run_layers(luma), self.scale)

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `Chain.predict`."""
        return self.run_layers(luma, precision)
