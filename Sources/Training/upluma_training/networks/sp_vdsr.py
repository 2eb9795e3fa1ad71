"""SP-VDSR: a sub-pixel residual network over a Lanczos 3 enlargement.

Source: João Vitor Rafael Chrisóstomo, "Machine Learning Super-Resolution" (github.com/Artoriuz/sp-vdsr), the layer list of its script.
"""

import torch
from torch import nn
from torch.nn import functional as F

from ..lanczos import enlarge_tensor

SCALE = 2
WIDTHS = (1, 8, 8, 8, 8, 8, SCALE * SCALE)
LEAKY_SLOPE = 0.3
# Keras' automatic names, which the authors' files and ours share.
LAYER_NAMES = tuple("conv2d" if i == 0 else f"conv2d_{i}" for i in range(len(WIDTHS) - 1))


def run_layers(layers: list[tuple[torch.Tensor, torch.Tensor]], luma: torch.Tensor) -> torch.Tensor:
    """The convolutions alone: N x 1 x H x W luma 0..1 to N x 4 x H x W sub-pixel residuals.

    Each layer is (weight OIHW, bias O), 3x3, zero padding 1. Leaky ReLU after all but the last.
    """
    features = luma
    for weight, bias in layers[:-1]:
        features = F.leaky_relu_(F.conv2d(features, weight, bias, padding=1), LEAKY_SLOPE)
    weight, bias = layers[-1]
    return F.conv2d(features, weight, bias, padding=1)


class SPVDSR(nn.Module):
    """The shipped network. State: `conv2d.weight`, `conv2d.bias`, … `conv2d_5.bias`, float32."""

    def __init__(self) -> None:
        super().__init__()
        for name, inputs, outputs in zip(LAYER_NAMES, WIDTHS, WIDTHS[1:]):
            setattr(self, name, nn.Conv2d(inputs, outputs, 3, padding=1))

    def layers(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """(weight OIHW, bias) of the six convolutions, first to last."""
        convolutions = [getattr(self, name) for name in LAYER_NAMES]
        return [(convolution.weight, convolution.bias) for convolution in convolutions]

    def residual(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to the N x 1 x 2H x 2W residual.

        Channel 2 * dy + dx of the last convolution becomes pixel (2y + dy, 2x + dx).
        """
        return F.pixel_shuffle(run_layers(self.layers(), luma), SCALE)

    def forward(self, luma: torch.Tensor, interpolated: torch.Tensor | None = None) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to N x 1 x 2H x 2W luma, clipped to 0..1.

        `interpolated`, N x 1 x 2H x 2W, replaces the Lanczos 3 enlargement (zimg borders, not
        rounded) that is computed when it is absent.
        """
        if interpolated is None:
            interpolated = enlarge_tensor(luma, SCALE)
        return (interpolated + self.residual(luma)).clamp(0, 1)
