"""SP-VDSR in training form: each 3x3 convolution is the product of two linear maps.

A 3x3 convolution to `expansion` channels, a 1x1 convolution back, and a fixed part: where widths
agree an identity path, or the weights a run starts from. No activation in between, so all of it is
one 3x3 convolution. The product is formed before the picture is touched (Bhardwaj et al.,
"Collapsible Linear Blocks for Super-Efficient Super Resolution", 2022), so a step costs what the
small network costs, and folding is exact.
"""

import torch
from torch import nn

from .sp_vdsr import LEAKY_SLOPE, SPVDSR, Layer, Shape, run_layers


class CollapsibleConvolution(nn.Module):
    """Parameters whose product is one convolution, `inputs` to `outputs` channels, of an odd kernel, 3x3 by default."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int = 3) -> None:
        super().__init__()
        self.expand = nn.Parameter(torch.empty(expansion, inputs, kernel, kernel))
        self.project = nn.Parameter(torch.empty(outputs, expansion))
        self.bias = nn.Parameter(torch.zeros(outputs))
        gain = (2 / (1 + LEAKY_SLOPE**2)) ** 0.5
        nn.init.normal_(self.expand, std=(1 / (kernel**2 * inputs)) ** 0.5)
        nn.init.normal_(self.project, std=gain * (1 / expansion) ** 0.5)
        fixed = torch.zeros(outputs, inputs, kernel, kernel)
        if inputs == outputs:
            fixed[:, :, kernel // 2, kernel // 2] = torch.eye(outputs)
            # The identity path already carries the signal; halve the rest so variance stays.
            with torch.no_grad():
                self.project.mul_(0.5)
        self.register_buffer("fixed", fixed)

    @torch.no_grad()
    def start_from(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        """Makes the block equal to a convolution (OIHW, O) at the first step."""
        self.fixed.copy_(weight)
        self.bias.copy_(bias)
        self.project.zero_()

    def folded(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The equivalent (weight OIHW, bias O); differentiable."""
        product = self.project @ self.expand.reshape(len(self.expand), -1)
        return self.fixed + product.reshape(self.fixed.shape), self.bias

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """The unfolded computation, N x C x H x W; the tests compare `folded` with it."""
        padding = self.fixed.shape[-1] // 2
        hidden = nn.functional.conv2d(features, self.expand, padding=padding)
        result = nn.functional.conv2d(hidden, self.project[:, :, None, None], self.bias)
        return result + nn.functional.conv2d(features, self.fixed, padding=padding)


class CollapsibleSPVDSR(nn.Module):
    """The over-parameterised twin of `SPVDSR`; `fold` gives the network that ships."""

    def __init__(self, expansion: int, shape: Shape = Shape()) -> None:
        super().__init__()
        self.shape = shape
        self.blocks = nn.ModuleList(
            CollapsibleConvolution(inputs, outputs, expansion)
            for inputs, outputs in zip(shape.widths, shape.widths[1:])
        )
        with torch.no_grad():
            # Start close to the plain enlargement: the residual is small from the first step on.
            self.blocks[-1].project.mul_(0.1)

    def start_from(self, network: SPVDSR) -> None:
        """Starts as `network`; layers of another size (the last, at another scale) stay random."""
        for block, (weight, bias) in zip(self.blocks, network.layers()):
            if weight.shape == block.fixed.shape:
                block.start_from(weight, bias)

    def layers(self) -> list[Layer]:
        """The folded layers, first to last; differentiable."""
        return [block.folded() for block in self.blocks]

    def forward(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to N x scale^2 x H x W sub-pixel residuals, folded first."""
        return run_layers(self.layers(), luma)

    def predict(
        self, luma: torch.Tensor, base: torch.Tensor, precision: torch.dtype | None = None
    ) -> torch.Tensor:
        """See `SPVDSR.predict`."""
        # Convolutions this narrow run more than twice as fast with channels last.
        layers = [
            (weight.contiguous(memory_format=torch.channels_last), bias)
            for weight, bias in self.layers()
        ]
        return base + run_layers(layers, luma, precision)

    @torch.no_grad()
    def folded_state(self) -> dict[str, torch.Tensor]:
        """The state of the plain `SPVDSR` that computes the same."""
        state = {}
        for name, (weight, bias) in zip(self.shape.names, self.layers()):
            state |= {f"{name}.weight": weight, f"{name}.bias": bias}
        return state

    def fold(self) -> SPVDSR:
        """The same function as a plain `SPVDSR`, on the same device."""
        network = SPVDSR(self.shape).to(self.blocks[0].bias)
        network.load_state_dict(self.folded_state())
        return network
