"""FSRCNN: feature extraction, shrinking, mapping, expanding, and a transposed convolution that enlarges.

Source: Dong, Loy and Tang, "Accelerating the Super-Resolution Convolutional Neural Network", 2016:
d = 56, s = 12, m = 4, PReLU after every layer but the last, transposed kernel of 9x9 with the scale as
its stride. Padding 4 and output padding scale - 1 make the picture exactly `scale` times as large.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .chain import Chain, bilinear


class FSRCNN(Chain):
    """State: `conv1.weight`, `conv1.bias`, `conv1.slope`, …, `deconv.weight` (input, 1, 9, 9), `deconv.bias`.

    `widths` and `kernels` end with the transposed layer, so the last width is 1.
    """

    ARCHITECTURE = "fsrcnn"

    def __init__(
        self,
        scale: int = 2,
        widths: tuple[int, ...] = (1, 56, 12, 12, 12, 12, 12, 56, 1),
        kernels: tuple[int, ...] = (5, 1, 3, 3, 3, 3, 1, 9),
        activation: str = "prelu",
    ) -> None:
        super().__init__(scale, widths[:-1], kernels[:-1], activation, activate_last=True)
        last = kernels[-1]
        self.widths, self.kernels = tuple(widths), tuple(kernels)
        self.deconv = nn.ConvTranspose2d(
            widths[-2], widths[-1], last, scale, padding=last // 2, output_padding=scale - 1
        )
        # A pixel of the result sums `last`² / scale² taps of each channel. The paper's 0.001 asks for its weeks.
        nn.init.normal_(self.deconv.weight, std=0.1 * scale / (last * widths[-2] ** 0.5))
        nn.init.zeros_(self.deconv.bias)
        taps = (torch.arange(last) - last // 2 + 0.5) / scale - 0.5
        with torch.no_grad():
            self.deconv.weight[0] = bilinear(taps) * bilinear(taps)[:, None]
        self.start_as_enlargement()

    def made(self, luma: torch.Tensor) -> torch.Tensor:
        """See `Chain.made`: the picture."""
        return self.deconv(self.run_layers(luma))

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `Chain.predict`."""
        return F.pixel_unshuffle(self.deconv(self.run_layers(luma, precision)), self.scale)
