"""DAIR: luma enlarged by interpolation kernels that a network predicts for every pixel.

Source: Jia, De Brabandere, Tuytelaars and Van Gool, "Deep Adaptive Image Resampling". A network is a sequence of stages:
one stage is DAIR_5, _10, _20; with several intervals ASP; a second that enlarges again Prog; one that enlarges by 1 and
is run over its own results Recur.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from ..filters import FILTERS
from . import adaptive
from .collapsible import CollapsibleConvolution

KERNEL_SIZE = 5
FILTER_COUNT = 64

Layer = tuple[torch.Tensor, torch.Tensor]
"""Weight OIHW, bias O."""


@dataclass(frozen=True)
class Stage:
    """Layers that predict kernels from a picture, and the resampling of that picture by them."""

    widths: tuple[int, ...]
    """Channels before, between and after the layers. 1 in front: the picture itself; 2: the picture, and the source
    enlarged to its size by nearest neighbour. Last: `size`^2 x `factor`^2 kernel elements."""
    factor: int
    """How many times as large the result is."""
    intervals: tuple[int, ...] = (1,)
    """Distances between two taps, in pixels of the picture that is read."""
    repeats: int = 1
    """Times the stage is run, each time over its own result; more than once only where `factor` is 1."""
    kernels: tuple[int, ...] = ()
    """Rows and columns of each layer's kernel; when empty, it becomes 3 for all."""

    def __post_init__(self) -> None:
        if not self.kernels:
            object.__setattr__(self, "kernels", (3,) * (len(self.widths) - 1))
        if min(*self.widths, *self.kernels, *self.intervals, self.factor, self.repeats) < 1:
            raise ValueError(f"stage {self} has a number below 1")
        size = self.size
        if size * size * self.factor**2 != self.widths[-1] or size % 2 == 0:
            raise ValueError(f"{self.widths[-1]} is not an odd square times {self.factor} squared")
        if self.widths[0] not in (1, 2) or (self.repeats > 1 and self.factor > 1):
            raise ValueError(f"stage {self} reads one picture or two, and is repeated at its own size only")
        if len(self.kernels) != len(self.widths) - 1 or not all(kernel % 2 for kernel in self.kernels):
            raise ValueError(f"kernels {self.kernels} are not one odd number between each two of {self.widths}")

    @property
    def size(self) -> int:
        """Rows and columns of the predicted kernels."""
        return round((self.widths[-1] / self.factor**2) ** 0.5)

    def resample(self, picture: torch.Tensor, kernels: torch.Tensor) -> torch.Tensor:
        """N x 1 x h x w by N x (f^2 s^2) x h x w kernels to N x 1 x sh x sw."""
        intervals = tuple(self.factor * interval for interval in self.intervals)
        return F.pixel_shuffle(adaptive.resample(picture, kernels, self.factor, intervals), self.factor)

    def plain_kernels(self) -> torch.Tensor:
        """(f^2 s^2) kernel elements of a Catmull-Rom enlargement (of the picture itself at factor 1): where
        training starts."""
        law, half = FILTERS["catmullrom"].law, self.size // 2
        rows = torch.tensor(
            [
                [law(tap - half - ((phase + 0.5) / self.factor - 0.5)) for tap in range(self.size)]
                for phase in range(self.factor)
            ]
        )
        # [tap row][tap column][dy][dx]; several intervals add up, each has its share.
        return torch.einsum("yr,xc->rcyx", rows, rows).flatten() / len(self.intervals)


@dataclass(frozen=True)
class Shape:
    """The stages of a network, first to last."""

    stages: tuple[Stage, ...]

    @property
    def scale(self) -> int:
        """Enlargement of the whole."""
        result = 1
        for stage in self.stages:
            result *= stage.factor
        return result

    def names(self, index: int) -> list[str]:
        """State names of a stage's layers: `conv1`, … in the first, `stage2.conv1`, … in the second."""
        prefix = "" if index == 0 else f"stage{index + 1}."
        return [f"{prefix}conv{layer + 1}" for layer in range(len(self.stages[index].widths) - 1)]

    def metadata(self) -> dict[str, str]:
        """What a reader of the weights needs to build the network; one value for each stage, parted by spaces."""

        def listed(values: list) -> str:
            return " ".join("-".join(map(str, value)) if isinstance(value, tuple) else str(value) for value in values)

        return {
            "architecture": DAIR.ARCHITECTURE,
            "scale": str(self.scale),
            "widths": listed([stage.widths for stage in self.stages]),
            "kernels": listed([stage.kernels for stage in self.stages]),
            "factors": listed([stage.factor for stage in self.stages]),
            "intervals": listed([stage.intervals for stage in self.stages]),
            "repeats": listed([stage.repeats for stage in self.stages]),
        }

    @staticmethod
    def from_metadata(facts: dict[str, str]) -> "Shape":
        """The inverse of `metadata`; what is missing is a network of one stage with 3x3 layers.

        Raises ValueError where the facts are no network, or none that enlarges by their `scale`.
        """
        widths = facts.get("widths", "").split()
        count = len(widths)
        if count == 0:
            raise ValueError("metadata 'widths' is missing")

        def read(key: str, default: list[str]) -> list[tuple[int, ...]]:
            parts = facts[key].split() if key in facts else default
            if len(parts) != count:
                raise ValueError(f"metadata '{key}' has {len(parts)} entries for {count} stages")
            return [tuple(map(int, part.split("-"))) for part in parts]

        stages = zip(
            read("widths", widths),
            read("factors", [facts.get("scale", "2")] * count),
            read("intervals", ["1"] * count),
            read("repeats", ["1"] * count),
            read("kernels", ["-".join("3" * width.count("-")) for width in widths]),
        )
        shape = Shape(tuple(Stage(w, f[0], i, r[0], k) for w, f, i, r, k in stages))
        if str(shape.scale) != facts.get("scale", "2"):
            raise ValueError(f"metadata 'scale' is {facts.get('scale', '2')}, but the stages enlarge by {shape.scale}")
        return shape


def with_unit_sum(stage: Stage, weight: torch.Tensor, bias: torch.Tensor) -> Layer:
    """The last layer of a stage, changed least so that the kernels of every pixel sum to one."""
    taps, total = stage.size**2, 1 / len(stage.intervals)
    by_tap, own = weight.reshape(taps, -1), bias.reshape(taps, -1)
    weight = (by_tap - by_tap.mean(dim=0)).reshape(weight.shape)
    return weight, (own - own.mean(dim=0) + total / taps).flatten()


def _layers(count: int, inputs: int, factor: int, filters: int = FILTER_COUNT) -> tuple[int, ...]:
    return (inputs, *[filters] * (count - 1), KERNEL_SIZE**2 * factor**2)


def basic(layers: int, scale: int, levels: int = 1) -> Shape:
    """DAIR_5, DAIR_10, DAIR_20, and with `levels` intervals ASP2, ASP3."""
    return Shape((Stage(_layers(layers, 1, scale), scale, tuple(range(1, levels + 1))),))


def progressive(layers: int = 10) -> Shape:
    """Prog_10: twice 2x; the second stage reads the first result and the enlarged source."""
    return Shape((Stage(_layers(layers, 1, 2), 2), Stage(_layers(layers, 2, 2), 2)))


def recursive(shape: Shape, repeats: int, layers: int = 10) -> Shape:
    """Recur1_10, Recur2_10: `shape`, then one stage at the size of the result, run `repeats` times."""
    return Shape((*shape.stages, Stage(_layers(layers, 2, 1), 1, repeats=repeats)))


def run_layers(layers: list[Layer], features: torch.Tensor, precision: torch.dtype | None = None) -> torch.Tensor:
    """Convolutions with zero padding, ReLU after all but the last; N x C x h x w.

    `precision` (bfloat16) is that of the layers after the first and before the last, which keep the picture's own.
    """
    kind, last = features.dtype, len(layers) - 1
    for index, (weight, bias) in enumerate(layers):
        inner = precision if precision is not None and 0 < index < last else kind
        features = F.conv2d(
            features.to(inner), weight.to(inner), bias.to(inner), padding=weight.shape[-1] // 2
        )
        if index < last:
            features = F.relu_(features)
    return features


def run(
    shape: Shape,
    layers: list[list[Layer]],
    luma: torch.Tensor,
    precision: torch.dtype | None = None,
) -> torch.Tensor:
    """All stages: N x 1 x H x W luma 0..1 to luma `shape.scale` times as large, not clipped."""
    picture, reached = luma, 1
    for stage, own in zip(shape.stages, layers):
        for _ in range(stage.repeats):
            features = picture
            if stage.widths[0] == 2:
                nearest = luma.repeat_interleave(reached, dim=2).repeat_interleave(reached, dim=3)
                features = torch.cat([picture, nearest], dim=1)
            if precision is not None:
                features = features.contiguous(memory_format=torch.channels_last)
            picture = stage.resample(picture, run_layers(own, features, precision))
        reached *= stage.factor
    return picture


class DAIR(nn.Module):
    """The network that ships. State: `conv1.weight`, `conv1.bias`, …; further stages `stage2.conv1.weight`, …"""

    ARCHITECTURE = "dair"

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, self.scale = shape, shape.scale
        for index, stage in enumerate(shape.stages):
            owner = self
            if index > 0:
                owner = nn.Module()
                setattr(self, f"stage{index + 1}", owner)
            for layer, kernel in enumerate(stage.kernels):
                inputs, outputs = stage.widths[layer : layer + 2]
                convolution = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
                nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
                nn.init.zeros_(convolution.bias)
                setattr(owner, f"conv{layer + 1}", convolution)
            with torch.no_grad():
                # The first step's kernels are near to those of a plain enlargement.
                convolution.weight.mul_(0.1)
                convolution.bias.copy_(stage.plain_kernels())

    def layers(self) -> list[list[Layer]]:
        """The convolutions of each stage, first to last."""
        return [
            [(self.get_submodule(name).weight, self.get_submodule(name).bias) for name in self.shape.names(index)]
            for index in range(len(self.shape.stages))
        ]

    def metadata(self) -> dict[str, str]:
        """What rebuilds the network from its file."""
        return self.shape.metadata()

    def folded_state(self) -> dict[str, torch.Tensor]:
        """Its state: nothing to fold."""
        return self.state_dict()

    def start_from(self, network: "DAIR") -> None:
        """Starts as `network`; layers of another size keep what they start with."""
        own = self.state_dict()
        self.load_state_dict(
            own | {k: v for k, v in network.state_dict().items() if k in own and v.shape == own[k].shape}
        )

    def kernels(self, luma: torch.Tensor) -> torch.Tensor:
        """N x f^2 x sH x sW: the kernel of each pixel of the first stage's result."""
        stage = self.shape.stages[0]
        return F.pixel_shuffle(run_layers(self.layers()[0], luma), stage.factor)

    def made(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to luma `scale` times as large, not clipped."""
        return run(self.shape, self.layers(), luma)

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """For training: the picture as N x scale^2 x H x W sub-pixels, not clipped; `base` is not used."""
        return F.pixel_unshuffle(run(self.shape, self.layers(), luma, precision), self.scale)

    def forward(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to luma `scale` times as large, clipped to 0..1."""
        return self.made(luma).clamp(0, 1)


class CollapsibleDAIR(nn.Module):
    """The over-parameterised twin of `DAIR` (see `collapsible`).

    With `unit_sum` each last layer is one whose kernels sum to one whatever it reads: a linear condition on its
    weights, which costs nothing in use and keeps flat areas flat.
    """

    def __init__(self, shape: Shape, expansion: int, unit_sum: bool = False) -> None:
        super().__init__()
        self.shape, self.unit_sum = shape, unit_sum
        self.stages = nn.ModuleList(
            nn.ModuleList(
                CollapsibleConvolution(inputs, outputs, expansion, kernel)
                for inputs, outputs, kernel in zip(stage.widths, stage.widths[1:], stage.kernels)
            )
            for stage in shape.stages
        )
        with torch.no_grad():
            for stage, blocks in zip(shape.stages, self.stages):
                blocks[-1].project.mul_(0.1)
                blocks[-1].bias.copy_(stage.plain_kernels())

    def start_from(self, network: DAIR) -> None:
        """Starts as `network`; layers of another size keep what they start with."""
        for blocks, layers in zip(self.stages, network.layers()):
            for block, (weight, bias) in zip(blocks, layers):
                if weight.shape == block.fixed.shape:
                    block.start_from(weight, bias)

    def layers(self) -> list[list[Layer]]:
        """The folded convolutions of each stage; differentiable."""
        layers = [[block.folded() for block in blocks] for blocks in self.stages]
        if self.unit_sum:
            for stage, own in zip(self.shape.stages, layers):
                own[-1] = with_unit_sum(stage, *own[-1])
        return layers

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `DAIR.predict`."""
        layers = [
            [(weight.contiguous(memory_format=torch.channels_last), bias) for weight, bias in stage]
            for stage in self.layers()
        ]
        return F.pixel_unshuffle(run(self.shape, layers, luma, precision), self.shape.scale)

    @torch.no_grad()
    def folded_state(self) -> dict[str, torch.Tensor]:
        """The state of the plain `DAIR` that computes the same."""
        state = {}
        for index, layers in enumerate(self.layers()):
            for name, (weight, bias) in zip(self.shape.names(index), layers):
                state |= {f"{name}.weight": weight, f"{name}.bias": bias}
        return state


LIGHT_FILTERS = 16
LIGHT_LAYERS = 7


def light(scale: int) -> Shape:
    """Our own: narrow layers, and a last one without neighbours, since the kernels' elements are most of its channels."""
    widths = _layers(LIGHT_LAYERS, 1, scale, LIGHT_FILTERS)
    return Shape((Stage(widths, scale, kernels=(*[3] * (LIGHT_LAYERS - 1), 1)),))


def _final(scale: int) -> Shape:
    """The paper's final networks: Recur2_10, at 4x over Prog_10."""
    return recursive(progressive() if scale == 4 else basic(10, scale), 2)


SHAPES = {
    "dair-5": lambda scale: basic(5, scale),
    "dair-10": lambda scale: basic(10, scale),
    "dair-20": lambda scale: basic(20, scale),
    "dair-asp2-20": lambda scale: basic(20, scale, levels=2),
    "dair-asp3-20": lambda scale: basic(20, scale, levels=3),
    "dair-prog-10": lambda scale: progressive(),
    "dair-recur1-10": lambda scale: recursive(basic(10, scale), 1),
    "dair-recur2-10": lambda scale: recursive(basic(10, scale), 2),
    "dair-final": _final,
    "dair-light": light,
}
"""The networks of the paper's tables, and ours, by scale."""
