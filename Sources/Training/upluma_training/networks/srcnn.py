"""SRCNN: three layers on a bicubic enlargement.

Source: Dong, Loy, He and Tang, "Image Super-Resolution Using Deep Convolutional Networks", 2015, the
9-1-5 network with 64 and 32 filters. The paper's layers shrink the picture; here they pad it with zeros.
Its bicubic is MATLAB's: `catmullrom` has the same weights and edges; it is not rounded here.
"""

import torch
from torch.nn import functional as F

from ..lanczos import enlarge_tensor
from .chain import Chain


class SRCNN(Chain):
    """State: `conv1.weight`, `conv1.bias`, … `conv3.bias`."""

    ARCHITECTURE = "srcnn"
    base = "catmullrom"

    def __init__(
        self,
        scale: int = 2,
        widths: tuple[int, ...] = (1, 64, 32, 1),
        kernels: tuple[int, ...] = (9, 1, 5),
        activation: str = "relu",
        base: str = "catmullrom",
    ) -> None:
        super().__init__(scale, widths, kernels, activation)
        self.base = base
        centre = torch.zeros(1, kernels[-1], kernels[-1])
        centre[0, kernels[-1] // 2, kernels[-1] // 2] = 1
        self.start_as_enlargement(centre)

    def made(self, luma: torch.Tensor) -> torch.Tensor:
        """See `Chain.made`: the picture."""
        return self.run_layers(enlarge_tensor(luma, self.scale, self.base))

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `Chain.predict`."""
        enlarged = F.pixel_shuffle(base, self.scale)
        return F.pixel_unshuffle(self.run_layers(enlarged, precision), self.scale)
