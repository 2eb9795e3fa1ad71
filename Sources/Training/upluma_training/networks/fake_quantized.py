"""SP-VDSR learning to be in 8 bits: values are rounded to codes on the way forward, not on the way back.

Scales and zero points are learned with the weights (Esser et al., "Learned Step Size Quantization",
2020; straight-through estimates of Bengio et al., 2013), beginning where calibration puts them.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .quantized import CODES, GREATEST_WEIGHT, QuantizedSPVDSR
from .sp_vdsr import LEAKY_SLOPE, SPVDSR, Shape

ZERO_UNIT = 64
"""Codes by which a zero point moves where the parameter moves by one: near to the pace of the others."""

CLIPS = torch.linspace(1.0, 0.4, 61)
"""Shares of the full range that calibration tries."""


def rounded(values: torch.Tensor) -> torch.Tensor:
    """Whole numbers, whose gradient is that of the values."""
    return values + (values.round() - values).detach()


class _Codes(torch.autograd.Function):
    """rounded((features / scale + zero).clamp(0, CODES)) - zero, in fewer passes over memory."""

    @staticmethod
    def forward(context, features: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor) -> torch.Tensor:
        """N x I x H x W, I x 1 x 1, I x 1 x 1 (whole numbers) to N x I x H x W."""
        steps = features * (1 / scale)
        context.save_for_backward(steps, scale, zero)
        return (steps + zero).round_().clamp_(0, CODES).sub_(zero)

    @staticmethod
    def backward(context, gradient: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Straight through where the codes are within their limits; to the zero points where not."""
        steps, scale, zero = context.saved_tensors
        # Limited codes do not depend on features, and codes less zero points depend on these only there.
        within = torch.where((steps >= -zero) & (steps <= CODES - zero), gradient, 0.0)
        to_features = within / scale
        sums = (0, 2, 3)
        to_scale = -(to_features * steps).sum(dim=sums, keepdim=True)[0]
        to_zero = (within.sum(dim=sums, keepdim=True) - gradient.sum(dim=sums, keepdim=True))[0]
        return to_features, to_scale, to_zero


def best_range(values: torch.Tensor) -> tuple[float, int]:
    """(scale, zero point) of the codes that keep `values` with the least squared error.

    Both ends of the range are drawn in by the same share; 0 stays within it, as it is a code of its own.
    """
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    best, least = (max(high - low, 1e-6) / CODES, 0), float("inf")
    for clip in CLIPS:
        scale = float(clip) * max(high - low, 1e-6) / CODES
        zero = round(min(max(-low * float(clip) / scale, 0), CODES))
        kept = ((values / scale + zero).round().clamp(0, CODES) - zero) * scale
        error = float((kept - values).square().mean())
        if error < least:
            best, least = (scale, zero), error
    return best


def best_scales(weight: torch.Tensor, importance: torch.Tensor) -> torch.Tensor:
    """Scale of each output channel that keeps O x I x 3 x 3 weights with the least squared error.

    `importance` (I) weighs the errors of each input channel.
    """
    full = weight.abs().amax(dim=(1, 2, 3)).clamp(min=1e-8) / GREATEST_WEIGHT
    best, least = full.clone(), torch.full_like(full, float("inf"))
    for clip in CLIPS:
        scale = (full * clip)[:, None, None, None]
        kept = (weight / scale).round().clamp(-GREATEST_WEIGHT, GREATEST_WEIGHT) * scale
        error = ((kept - weight).square() * importance[:, None, None]).sum(dim=(1, 2, 3))
        best = torch.where(error < least, full * clip, best)
        least = torch.minimum(error, least)
    return best


class FakeQuantizedLayer(nn.Module):
    """One layer: weights in floating point, and what they and the inputs are rounded to."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.log_weight_scale = nn.Parameter(torch.zeros(outputs))
        self.log_input_scale = nn.Parameter(torch.zeros(inputs))
        self.input_zero = nn.Parameter(torch.zeros(inputs))
        """In units of `ZERO_UNIT` codes."""

    def input_law(self) -> tuple[torch.Tensor, torch.Tensor]:
        """(scale, zero point), I each; differentiable."""
        return self.log_input_scale.exp(), rounded((self.input_zero * ZERO_UNIT).clamp(0, CODES))

    def weight_codes(self) -> torch.Tensor:
        """O x I x 3 x 3 whole numbers; the input's scale is part of what they stand for."""
        folded = self.weight * self.log_input_scale.exp()[:, None, None]
        codes = folded / self.log_weight_scale.exp()[:, None, None, None]
        return rounded(codes.clamp(-GREATEST_WEIGHT, GREATEST_WEIGHT))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """N x I x H x W values to sums before the activation, in single precision."""
        scale, zero = (part[:, None, None] for part in self.input_law())
        codes = _Codes.apply(features, scale, zero)
        kernel = self.weight_codes() * self.log_weight_scale.exp()[:, None, None, None]
        return F.conv2d(codes, kernel.contiguous(memory_format=torch.channels_last), self.bias, padding=1)

    @torch.no_grad()
    def calibrate(self, exact: nn.Conv2d, features: torch.Tensor, given: torch.Tensor) -> torch.Tensor:
        """Starts as `exact`, whose inputs are `features`; returns the sums that come of `given`, the
        inputs as rounded layers before this one make them. Biases take up what the means are off by.
        """
        # Neighbours hold much the same; every fourth row is enough.
        ranges = [best_range(features[:, channel, ::4]) for channel in range(features.shape[1])]
        scales, zeros = torch.tensor([r[0] for r in ranges]), torch.tensor([float(r[1]) for r in ranges])
        self.weight.copy_(exact.weight)
        self.bias.copy_(exact.bias)
        self.log_input_scale.copy_(scales.log())
        self.input_zero.copy_(zeros / ZERO_UNIT)
        importance = (features / scales[:, None, None]).square().mean(dim=(0, 2, 3))
        self.log_weight_scale.copy_(best_scales(self.weight * scales[:, None, None], importance).log())
        wanted, found = exact(features), self(given)
        correction = (wanted - found).mean(dim=(0, 2, 3))
        self.bias.add_(correction)
        return found + correction[:, None, None]


class FakeQuantizedSPVDSR(nn.Module):
    """The twin of `QuantizedSPVDSR` that is trained."""

    def __init__(self, shape: Shape = Shape()) -> None:
        super().__init__()
        self.shape = shape
        first, *others = shape.names
        setattr(self, first, nn.Conv2d(1, shape.widths[1], 3, padding=1))
        for name, inputs, outputs in zip(others, shape.widths[1:], shape.widths[2:]):
            setattr(self, name, FakeQuantizedLayer(inputs, outputs))

    def layers(self) -> list[nn.Module]:
        """First to last."""
        return [getattr(self, name) for name in self.shape.names]

    def metadata(self) -> dict[str, str]:
        """As of the network that ships."""
        return self.shape.metadata() | {"precision": "int8"}

    def folded_state(self) -> dict[str, torch.Tensor]:
        """Its own: averages are of what is learned, and rounded afterwards (`quantized`)."""
        return self.state_dict()

    @torch.no_grad()
    def calibrate(self, network: SPVDSR, luma: torch.Tensor) -> None:
        """Starts as `network`, with the ranges that it shows on N x 1 x H x W luma 0..1."""
        exact = [getattr(network, name) for name in self.shape.names]
        first, *others = self.layers()
        first.load_state_dict(exact[0].state_dict())
        features = given = F.leaky_relu(exact[0](luma), LEAKY_SLOPE)
        for layer, convolution in zip(others, exact[1:]):
            given = F.leaky_relu(layer.calibrate(convolution, features, given), LEAKY_SLOPE)
            features = F.leaky_relu(convolution(features), LEAKY_SLOPE)

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `SPVDSR.predict`; `precision` has no say."""
        layers = self.layers()
        features = luma
        for layer in layers[:-1]:
            features = F.leaky_relu(layer(features), LEAKY_SLOPE)
        return base + layers[-1](features)

    @torch.no_grad()
    def quantized(self) -> QuantizedSPVDSR:
        """The network that ships."""
        first, *others = self.shape.names
        state = {f"{first}.{name}": value for name, value in getattr(self, first).state_dict().items()}
        for name in others:
            layer = getattr(self, name)
            scale, zero = layer.input_law()
            state |= {
                f"{name}.weight": layer.weight_codes().to(torch.int8),
                f"{name}.weight_scale": layer.log_weight_scale.exp(),
                f"{name}.bias": layer.bias,
                f"{name}.input_scale": scale,
                f"{name}.input_zero": zero.to(torch.uint8),
            }
        network = QuantizedSPVDSR(self.shape).to(layer.bias.device)
        network.load_state_dict(state)
        return network.eval()

    def forward(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to luma `scale` times as large, as the network that ships has it."""
        return self.quantized()(luma)
