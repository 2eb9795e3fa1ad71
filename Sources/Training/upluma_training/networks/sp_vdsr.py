"""SP-VDSR: a sub-pixel residual network over a filtered enlargement, of any depth and width.

Source: João Vitor Rafael Chrisóstomo, "Machine Learning Super-Resolution" (github.com/Artoriuz/sp-vdsr), the layer list of its script.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from ..lanczos import enlarge_tensor

SCALE = 2
WIDTHS = (1, 8, 8, 8, 8, 8, SCALE * SCALE)
LEAKY_SLOPE = 0.3


@dataclass(frozen=True)
class Shape:
    """What decides the network apart from its weights; the article's by default."""

    widths: tuple[int, ...] = WIDTHS
    """Channels before, between and after the layers: 1, …, scale squared."""
    scale: int = SCALE
    base: str = "lanczos3"
    """The filter of the enlargement that the residual is added to."""

    def __post_init__(self) -> None:
        if len(self.widths) < 2 or self.widths[0] != 1 or self.widths[-1] != self.scale**2:
            raise ValueError(f"widths {self.widths} do not lead from 1 to {self.scale} squared")

    @property
    def names(self) -> tuple[str, ...]:
        """Keras' automatic layer names, which the authors' files and ours share."""
        return tuple("conv2d" if i == 0 else f"conv2d_{i}" for i in range(len(self.widths) - 1))

    def metadata(self) -> dict[str, str]:
        """What a reader of the weights needs to build the network."""
        return {
            "architecture": "sp-vdsr",
            "scale": str(self.scale),
            "widths": "-".join(map(str, self.widths)),
            "leaky_slope": str(LEAKY_SLOPE),
            "base": self.base,
        }

    @staticmethod
    def from_metadata(facts: dict[str, str]) -> "Shape":
        """The inverse of `metadata`; what is missing is as in the article."""
        scale = int(facts.get("scale", SCALE))
        widths = facts.get("widths", "-".join(map(str, WIDTHS)))
        return Shape(
            widths=tuple(map(int, widths.split("-"))),
            scale=scale,
            base=facts.get("base", "lanczos3"),
        )


LAYER_NAMES = Shape().names

Layer = tuple[torch.Tensor, torch.Tensor]
"""Weight OIHW (3x3), bias O."""


def run_layers(
    layers: list[Layer], luma: torch.Tensor, precision: torch.dtype | None = None
) -> torch.Tensor:
    """The convolutions alone: N x 1 x H x W luma 0..1 to N x scale^2 x H x W sub-pixel residuals.

    Zero padding 1; leaky ReLU after all but the last. `precision` (bfloat16) is that of the
    layers between the first and the last, which keep the picture's own.
    """
    features, last = luma, len(layers) - 1
    for index, (weight, bias) in enumerate(layers):
        if precision is not None and 0 < index:
            kind = precision if index < last else luma.dtype
            features, weight, bias = features.to(kind), weight.to(kind), bias.to(kind)
        features = F.conv2d(features, weight, bias, padding=1)
        if index < last:
            features = F.leaky_relu_(features, LEAKY_SLOPE)
    return features


class SPVDSR(nn.Module):
    """The network that ships. State: `conv2d.weight`, `conv2d.bias`, `conv2d_1.weight`, …"""

    def __init__(self, shape: Shape = Shape()) -> None:
        super().__init__()
        self.shape = shape
        for name, inputs, outputs in zip(shape.names, shape.widths, shape.widths[1:]):
            setattr(self, name, nn.Conv2d(inputs, outputs, 3, padding=1))

    def metadata(self) -> dict[str, str]:
        """What rebuilds the network from its file."""
        return self.shape.metadata()

    def folded_state(self) -> dict[str, torch.Tensor]:
        """Its state: nothing to fold."""
        return self.state_dict()

    def start_from(self, network: "SPVDSR") -> None:
        """Starts as `network`; layers of another size stay random."""
        own = self.state_dict()
        self.load_state_dict(
            own | {k: v for k, v in network.state_dict().items() if k in own and v.shape == own[k].shape}
        )

    def layers(self) -> list[Layer]:
        """The convolutions, first to last."""
        convolutions = [getattr(self, name) for name in self.shape.names]
        return [(convolution.weight, convolution.bias) for convolution in convolutions]

    def residual(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to the residual, `scale` times as large.

        Channel scale * dy + dx of the last convolution becomes pixel (scale * y + dy, scale * x + dx).
        """
        return F.pixel_shuffle(run_layers(self.layers(), luma), self.shape.scale)

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """For training: the picture as N x scale^2 x H x W sub-pixels, not clipped.

        `base` is the enlargement in the same layout.
        """
        return base + run_layers(self.layers(), luma, precision)

    def forward(self, luma: torch.Tensor, interpolated: torch.Tensor | None = None) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to luma `scale` times as large, clipped to 0..1.

        `interpolated`, of that size, replaces the enlargement by the base filter (zimg borders, not
        rounded) that is computed when it is absent.
        """
        if interpolated is None:
            interpolated = enlarge_tensor(luma, self.shape.scale, self.shape.base)
        return (interpolated + self.residual(luma)).clamp(0, 1)
