"""What SRCNN, FSRCNN, ESPCN and VDSR have in common: convolutions one after the other, nothing else.

Weights files name layer n, from 1, `convN.weight` (OIHW), `convN.bias` and, with PReLU, `convN.slope`
(one for each output channel); the Swift reader (NetworkArchitecture) states the same.
"""

import torch
from torch import nn
from torch.nn import functional as F

def bilinear(positions: torch.Tensor) -> torch.Tensor:
    """Weights of samples at these distances, in samples of the small picture."""
    return (1 - positions.abs()).clamp(min=0)


ACTIVATIONS = ("relu", "prelu", "tanh")
PRELU_START = 0.25


class Chain(nn.Module):
    """Convolutions with zero padding that keeps the size, an activation after all but the last.

    Subclasses say what the layers read and make (`forward`, `predict`) and set `ARCHITECTURE`.
    """

    ARCHITECTURE = ""
    base: str | None = None
    """A name in `filters.FILTERS`, or `nearest`: what enlarges the picture that the layers read; None is nothing."""

    def __init__(
        self,
        scale: int,
        widths: tuple[int, ...],
        kernels: tuple[int, ...],
        activation: str,
        activate_last: bool = False,
    ) -> None:
        super().__init__()
        if len(kernels) != len(widths) - 1 or not all(kernel % 2 for kernel in kernels):
            raise ValueError(f"kernels {kernels} are not one odd number between each two of {widths}")
        if activation not in ACTIVATIONS:
            raise ValueError(f"the activation '{activation}' is none of {', '.join(ACTIVATIONS)}")
        self.scale, self.widths, self.kernels = scale, tuple(widths), tuple(kernels)
        self.activation, self.activate_last = activation, activate_last
        self.names = tuple(f"conv{index + 1}" for index in range(len(kernels)))
        for index, (name, kernel) in enumerate(zip(self.names, kernels)):
            layer = nn.Conv2d(widths[index], widths[index + 1], kernel, padding=kernel // 2)
            if activation == "tanh":
                nn.init.xavier_uniform_(layer.weight)
            else:
                nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
            if activation == "prelu" and self._is_activated(index):
                layer.slope = nn.Parameter(torch.full((widths[index + 1],), PRELU_START))
            setattr(self, name, layer)

    @torch.no_grad()
    def start_as_enlargement(self, last: torch.Tensor | None = None, gain: float = 1.0) -> None:
        """Lets the first channel carry the picture to the last layer, whose other weights start small.

        `last`, of the shape of the last layer's kernels for its first input, then makes an enlargement
        of it: a network that makes the whole picture need not learn first what any filter knows. `gain`
        keeps the channel where the activation is nearly linear. Without `last` every layer passes the
        channel on.
        """
        layers = [getattr(self, name) for name in self.names]
        for index, layer in enumerate(layers if last is None else layers[:-1]):
            layer.weight[0] = 0
            layer.weight[0, 0, layer.weight.shape[2] // 2, layer.weight.shape[3] // 2] = gain if index == 0 else 1
        if last is not None:
            layers[-1].weight.mul_(0.1)
            layers[-1].weight[:, 0] = last / gain

    def _is_activated(self, index: int) -> bool:
        return self.activate_last or index < len(self.kernels) - 1

    def run_layers(self, picture: torch.Tensor, precision: torch.dtype | None = None) -> torch.Tensor:
        """N x 1 x H x W to N x (last width) x H x W.

        `precision` (bfloat16) is that of the layers between the first and the last, which keep the
        picture's own.
        """
        features, last = picture, len(self.names) - 1
        for index, name in enumerate(self.names):
            layer = getattr(self, name)
            kind = precision if precision is not None and 0 < index < last else picture.dtype
            features = F.conv2d(
                features.to(kind), layer.weight.to(kind), layer.bias.to(kind), padding=layer.padding
            )
            if not self._is_activated(index):
                continue
            if self.activation == "prelu":
                features = F.prelu(features, layer.slope.to(kind))
            else:
                features = F.relu(features) if self.activation == "relu" else torch.tanh(features)
        return features

    def metadata(self) -> dict[str, str]:
        """What rebuilds the network from its file."""
        facts = {
            "architecture": self.ARCHITECTURE,
            "scale": str(self.scale),
            "widths": "-".join(map(str, self.widths)),
            "kernels": "-".join(map(str, self.kernels)),
            "activation": self.activation,
        }
        return facts if self.base is None else facts | {"base": self.base}

    @classmethod
    def of_metadata(cls, facts: dict[str, str]) -> "Chain":
        """The inverse of `metadata`, with new weights; what is missing is as in the paper."""
        sizes = {
            key: tuple(map(int, facts[key].split("-"))) for key in ("widths", "kernels") if key in facts
        }
        named = {key: facts[key] for key in ("activation", "base") if key in facts}
        return cls(scale=int(facts.get("scale", "2")), **sizes, **named)

    def folded_state(self) -> dict[str, torch.Tensor]:
        """Its state: nothing to fold."""
        return self.state_dict()

    def start_from(self, network: nn.Module) -> None:
        """Starts as `network`; layers of another size stay random."""
        own = self.state_dict()
        self.load_state_dict(
            own | {k: v for k, v in network.state_dict().items() if k in own and v.shape == own[k].shape}
        )

    def made(self, luma: torch.Tensor) -> torch.Tensor:
        """What the layers make of N x 1 x H x W luma 0..1: the picture or its residual, `scale` times as
        large, not clipped."""
        raise NotImplementedError

    def forward(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to luma `scale` times as large, clipped to 0..1."""
        return self.made(luma).clamp(0, 1)

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """For training: the picture as N x scale^2 x H x W sub-pixels, not clipped.

        `base` is the enlargement of luma (N x 1 x H x W) in the same layout, for networks that read one.
        """
        raise NotImplementedError
