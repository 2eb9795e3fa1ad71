"""FCN_20: the DAIR paper's network without kernels, to compare with: layers that make the picture itself from the source
enlarged by nearest neighbour.

Source: Jia, De Brabandere, Tuytelaars and Van Gool, "Deep Adaptive Image Resampling", section 4.2.
"""

import torch
from torch.nn import functional as F

from ..lanczos import enlarge_tensor
from .chain import Chain

WIDTHS = (1, *[64] * 19, 1)


class FCN(Chain):
    """State: `conv1.weight`, `conv1.bias`, … `conv20.bias`."""

    ARCHITECTURE = "fcn"
    base = "nearest"

    def __init__(
        self,
        scale: int = 2,
        widths: tuple[int, ...] = WIDTHS,
        kernels: tuple[int, ...] | None = None,
        activation: str = "relu",
        base: str = "nearest",
    ) -> None:
        super().__init__(scale, widths, kernels or (3,) * (len(widths) - 1), activation)
        self.base = base

    def made(self, luma: torch.Tensor) -> torch.Tensor:
        """See `Chain.made`: the picture."""
        return self.run_layers(enlarge_tensor(luma, self.scale, self.base))

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `Chain.predict`."""
        return F.pixel_unshuffle(self.run_layers(F.pixel_shuffle(base, self.scale), precision), self.scale)
