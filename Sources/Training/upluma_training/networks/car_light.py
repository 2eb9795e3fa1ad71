"""The light resampler network: CAR's kernels and displacements from a few convolutions at the size of the small picture.

The method is that of Sun and Chen's ResamplerNet (`car`): a network looks at the large picture and predicts, for every
pixel of the small one, kernel weights and displacements. Here it reads luma alone, its pixels sorted into scale^2 channels,
and kernels have 3 * scale taps a side, as the paper's text has them, at whole pixels of the source.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from ..filters import FILTERS
from .displaced import Taps
from .sp_vdsr import LEAKY_SLOPE, Layer

FIRST_DEVIATION = 1e-3
"""Standard deviation of the last layer's weights as training starts."""


@dataclass(frozen=True)
class Shape:
    """What decides the network apart from its weights."""

    widths: tuple[int, ...]
    """Channels before, between and after the layers: scale^2, …, 3 * size^2."""
    kernels: tuple[int, ...]
    """Rows and columns of each layer's kernel."""
    scale: int
    size: int
    """Rows and columns of the kernels that are predicted."""

    def __post_init__(self) -> None:
        if self.widths[0] != self.scale**2 or self.widths[-1] != 3 * self.size**2 or self.size < self.scale:
            raise ValueError(f"widths {self.widths} do not lead from {self.scale} squared to 3 times {self.size} squared")
        if len(self.kernels) != len(self.widths) - 1 or not all(kernel % 2 for kernel in self.kernels):
            raise ValueError(f"kernels {self.kernels} are not one odd number between each two of {self.widths}")

    @property
    def taps(self) -> Taps:
        """Where the kernels' taps rest."""
        return Taps(self.size, self.scale)

    @property
    def names(self) -> tuple[str, ...]:
        """State names of the layers."""
        return tuple(f"conv{index + 1}" for index in range(len(self.kernels)))

    def metadata(self) -> dict[str, str]:
        """What a reader of the weights needs to build the network."""
        return {
            "architecture": CARLight.ARCHITECTURE,
            "scale": str(self.scale),
            "kernel_size": str(self.size),
            "widths": "-".join(map(str, self.widths)),
            "kernels": "-".join(map(str, self.kernels)),
            "leaky_slope": str(LEAKY_SLOPE),
        }

    @staticmethod
    def from_metadata(facts: dict[str, str]) -> "Shape":
        """The inverse of `metadata`."""
        widths, kernels = (tuple(map(int, facts[key].split("-"))) for key in ("widths", "kernels"))
        return Shape(widths, kernels, int(facts["scale"]), int(facts["kernel_size"]))

    def plain_kernel(self) -> torch.Tensor:
        """size^2 weights of a bicubic reduction, as far as it reaches: where training starts."""
        law = FILTERS["catmullrom"].law
        row = torch.tensor([law(float(rest) / self.scale) for rest in self.taps.rests()])
        return torch.outer(row / row.sum(), row / row.sum()).flatten()


def run_layers(layers: list[Layer], features: torch.Tensor, precision: torch.dtype | None = None) -> torch.Tensor:
    """Convolutions with zero padding, leaky ReLU after all but the last; N x C x h x w.

    `precision` (bfloat16) is that of the layers after the first and before the last.
    """
    kind, last = features.dtype, len(layers) - 1
    for index, (weight, bias) in enumerate(layers):
        inner = precision if precision is not None and 0 < index < last else kind
        features = F.conv2d(features.to(inner), weight.to(inner), bias.to(inner), padding=weight.shape[-1] // 2)
        if index < last:
            features = F.leaky_relu_(features, LEAKY_SLOPE)
    return features


def fold(picture: torch.Tensor, scale: int) -> torch.Tensor:
    """N x 1 x H x W to N x scale^2 x h x w, channel scale * dy + dx, right and bottom edges repeated to multiples."""
    height, width = picture.shape[-2:]
    return F.pixel_unshuffle(F.pad(picture, (0, -width % scale, 0, -height % scale), mode="replicate"), scale)


def with_unit_sum(shape: Shape, weight: torch.Tensor, bias: torch.Tensor) -> Layer:
    """The last layer, changed least so that the weights of every kernel sum to one."""
    count = shape.taps.count
    weight = torch.cat([weight[:count] - weight[:count].mean(dim=0), weight[count:]])
    own = bias[:count]
    return weight, torch.cat([own - own.mean() + 1 / count, bias[count:]])


class CARLight(nn.Module):
    """State: `conv1.weight`, `conv1.bias`, …; starts as the bicubic reduction, nothing displaced."""

    ARCHITECTURE = "car-light"

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        for name, inputs, outputs, kernel in zip(shape.names, shape.widths, shape.widths[1:], shape.kernels):
            layer = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
            nn.init.kaiming_normal_(layer.weight, a=LEAKY_SLOPE)
            nn.init.zeros_(layer.bias)
            setattr(self, name, layer)
        # What kernels are made of has to be known far better than features are: a pixel is a sum of many.
        nn.init.normal_(layer.weight, std=FIRST_DEVIATION)
        with torch.no_grad():
            layer.bias[: shape.taps.count] = shape.plain_kernel()

    def metadata(self) -> dict[str, str]:
        """What rebuilds the network from its file."""
        return self.shape.metadata()

    @property
    def taps(self) -> Taps:
        """Where its kernels' taps rest."""
        return self.shape.taps

    def layers(self) -> list[Layer]:
        """The convolutions, first to last; the last gives weights that sum to one whatever it learned."""
        *inner, last = (getattr(self, name) for name in self.shape.names)
        return [*((layer.weight, layer.bias) for layer in inner), with_unit_sum(self.shape, last.weight, last.bias)]

    def predict(
        self, picture: torch.Tensor, precision: torch.dtype | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(weights, horizontal, vertical), N x size^2 x h x w each, for N x 1 x H x W luma 0..1."""
        # Convolutions this narrow run faster with channels last.
        kind = torch.channels_last
        layers = [(weight.contiguous(memory_format=kind), bias) for weight, bias in self.layers()]
        features = fold(picture, self.shape.scale).contiguous(memory_format=kind)
        last = run_layers(layers, features, precision)
        count = self.taps.count
        return last[:, :count], last[:, count : 2 * count].tanh(), last[:, 2 * count :].tanh()

    def predictions(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """As `predict`, exactly."""
        return self.predict(picture)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to N x 1 x ceil(H / scale) x ceil(W / scale), neither limited nor rounded."""
        return self.taps.resample(picture, *self.predict(picture))

    @torch.no_grad()
    def folded_state(self) -> dict[str, torch.Tensor]:
        """The state that ships: its last layer needs no change any more."""
        state = {}
        for name, (weight, bias) in zip(self.shape.names, self.layers()):
            state |= {f"{name}.weight": weight, f"{name}.bias": bias}
        return state
