"""SP-VDSR in 8 bits, as it ships and runs: the arithmetic of the Swift kernels, to the last bit.

The first layer computes in float32, from the bias on, tap by tap, one rounding each. A result y becomes
the code rint(y * (1 / s) + z) of the next layer's input (one rounding before that to whole numbers, half
to even), limited to 0..255; s is the input channel's scale, z its zero point. Outside the picture the
code is z. Further layers add up weights (-127..127) times codes exactly; `law` turns a sum into the
activation's argument in steps of the next layer's codes, z is added after the activation, then as
before. The last layer's results are values. Slopes, scales and biases are float32.
"""

import torch
from torch import nn
from torch.nn import functional as F

from ..lanczos import enlarge_tensor
from .sp_vdsr import LEAKY_SLOPE, Shape

CODES = 255
GREATEST_WEIGHT = 127


def fused(a: torch.Tensor, b: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
    """a * b + c of float32 numbers, rounded to float32.

    By way of float64, where the product is exact: the sum is rounded there first, which once in some
    2^29 cases gives the other neighbour.
    """
    return (a.double() * b.double() + c.double()).float()


def leaky(values: torch.Tensor) -> torch.Tensor:
    """As the kernels have it, in float32."""
    return torch.where(values > 0, values, values * torch.tensor(LEAKY_SLOPE))


class QuantizedLayer(nn.Module):
    """One layer in 8 bits; its state is what the file holds after the layer's name."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(outputs, inputs, 3, 3, dtype=torch.int8))
        self.register_buffer("weight_scale", torch.ones(outputs))
        self.register_buffer("bias", torch.zeros(outputs))
        self.register_buffer("input_scale", torch.ones(inputs))
        self.register_buffer("input_zero", torch.zeros(inputs, dtype=torch.uint8))

    def sums(self, codes: torch.Tensor) -> torch.Tensor:
        """Sums over weights times codes, N x I x H x W to N x O x H x W, whole numbers in float64."""
        # Whole numbers below 2^24 are exact in float32, in whatever order they are added.
        largest = GREATEST_WEIGHT * CODES * self.weight[0].numel()
        kind = torch.float32 if largest < 2**24 else torch.float64
        zero = self.input_zero.to(kind)[:, None, None]
        # Zeros around the differences to the zero points are zero points around the codes.
        taken = F.conv2d(codes.to(kind) - zero, self.weight.to(kind), padding=1)
        return taken.double() + self.zero_sums()[:, None, None]

    def zero_sums(self) -> torch.Tensor:
        """O float64: what the zero points alone come to."""
        return (self.weight.double() * self.input_zero.double()[:, None, None]).sum(dim=(1, 2, 3))

    def law(self, following: "QuantizedLayer | None") -> tuple[torch.Tensor, torch.Tensor]:
        """(scale, offset), O float32 each: results in steps of the codes of `following`, or in values."""
        step = 1.0 if following is None else following.input_scale.double()
        scale = self.weight_scale.double()
        return (scale / step).float(), ((self.bias.double() - scale * self.zero_sums()) / step).float()

    def codes(self, steps: torch.Tensor) -> torch.Tensor:
        """Codes of inputs that are in steps of them, zero points added."""
        return steps.round().clamp(0, CODES)


class QuantizedSPVDSR(nn.Module):
    """SP-VDSR with all layers but the first in 8 bits; for use, not for training."""

    def __init__(self, shape: Shape = Shape()) -> None:
        super().__init__()
        if len(shape.names) < 2:
            raise ValueError("a network of one layer has none in 8 bits")
        self.shape = shape
        first, *others = shape.names
        setattr(self, first, nn.Conv2d(1, shape.widths[1], 3, padding=1).requires_grad_(False))
        for name, inputs, outputs in zip(others, shape.widths[1:], shape.widths[2:]):
            setattr(self, name, QuantizedLayer(inputs, outputs))

    def metadata(self) -> dict[str, str]:
        """What rebuilds the network from its file."""
        return self.shape.metadata() | {"precision": "int8"}

    def _first(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W to what the first layer makes, activated; float32."""
        layer = getattr(self, self.shape.names[0])
        height, width = luma.shape[-2:]
        padded = F.pad(luma.float(), (1, 1, 1, 1))
        sums = layer.bias[:, None, None].expand(len(luma), -1, height, width)
        for tap in range(9):
            dy, dx = divmod(tap, 3)
            window = padded[:, :, dy : dy + height, dx : dx + width]
            sums = fused(window, layer.weight[:, 0, dy, dx][:, None, None], sums)
        return leaky(sums)

    def subpixels(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to N x scale^2 x H x W residuals, float32."""
        layers = [getattr(self, name) for name in self.shape.names[1:]]
        zeros = [layer.input_zero.float()[:, None, None] for layer in layers]
        step = (1 / layers[0].input_scale)[:, None, None]
        codes = layers[0].codes(fused(self._first(luma), step, zeros[0]))
        for index, layer in enumerate(layers):
            following = layers[index + 1] if index + 1 < len(layers) else None
            scale, offset = (part[:, None, None] for part in layer.law(following))
            # As in the kernels, the sum is a float32 before it is scaled.
            values = fused(layer.sums(codes).float(), scale, offset)
            if following is None:
                return values
            codes = following.codes(leaky(values) + zeros[index + 1])
        raise AssertionError("a network has a last layer")

    def residual(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to the residual, `scale` times as large, float32."""
        return F.pixel_shuffle(self.subpixels(luma), self.shape.scale)

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `SPVDSR.predict`; the arithmetic is fixed, so `precision` has no say."""
        return base + self.subpixels(luma)

    def forward(self, luma: torch.Tensor, interpolated: torch.Tensor | None = None) -> torch.Tensor:
        """See `SPVDSR.forward`."""
        if interpolated is None:
            interpolated = enlarge_tensor(luma, self.shape.scale, self.shape.base)
        return (interpolated + self.residual(luma)).clamp(0, 1)
