"""SP-VDSR in training form: each 3x3 convolution is the product of two linear maps.

A 3x3 convolution to `expansion` channels, a 1x1 convolution back, and, where widths agree, an
identity path; no activation in between, so all of it is one 3x3 convolution. The product is formed
before the picture is touched (Bhardwaj et al., "Collapsible Linear Blocks for Super-Efficient
Super Resolution", 2022), so a step costs what the small network costs, and folding is exact.
"""

import torch
from torch import nn

from .sp_vdsr import LAYER_NAMES, LEAKY_SLOPE, SPVDSR, WIDTHS, run_layers


class CollapsibleConvolution(nn.Module):
    """Parameters whose product is one 3x3 convolution, `inputs` to `outputs` channels."""

    def __init__(self, inputs: int, outputs: int, expansion: int) -> None:
        super().__init__()
        self.expand = nn.Parameter(torch.empty(expansion, inputs, 3, 3))
        self.project = nn.Parameter(torch.empty(outputs, expansion))
        self.bias = nn.Parameter(torch.zeros(outputs))
        gain = (2 / (1 + LEAKY_SLOPE**2)) ** 0.5
        nn.init.normal_(self.expand, std=(1 / (9 * inputs)) ** 0.5)
        nn.init.normal_(self.project, std=gain * (1 / expansion) ** 0.5)
        self.identity = inputs == outputs
        if self.identity:
            # The identity path already carries the signal; halve the rest so variance stays.
            with torch.no_grad():
                self.project.mul_(0.5)

    def folded(self) -> tuple[torch.Tensor, torch.Tensor]:
        """The equivalent (weight OIHW, bias O); differentiable."""
        outputs, expansion = self.project.shape
        weight = (self.project @ self.expand.reshape(expansion, -1)).reshape(
            outputs, *self.expand.shape[1:]
        )
        if self.identity:
            centre = torch.zeros(3, 3, dtype=weight.dtype, device=weight.device)
            centre[1, 1] = 1
            eye = torch.eye(outputs, dtype=weight.dtype, device=weight.device)
            weight = weight + eye[:, :, None, None] * centre
        return weight, self.bias

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """The unfolded computation, N x C x H x W; the tests compare `folded` with it."""
        hidden = nn.functional.conv2d(features, self.expand, padding=1)
        result = nn.functional.conv2d(hidden, self.project[:, :, None, None], self.bias)
        return result + features if self.identity else result


class CollapsibleSPVDSR(nn.Module):
    """The over-parameterised twin of `SPVDSR`; `fold` gives the network that ships."""

    def __init__(self, expansion: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            CollapsibleConvolution(inputs, outputs, expansion)
            for inputs, outputs in zip(WIDTHS, WIDTHS[1:])
        )
        with torch.no_grad():
            # Start close to plain Lanczos: the residual is small from the first step on.
            self.blocks[-1].project.mul_(0.1)

    def layers(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """The six folded (weight OIHW, bias), first to last; differentiable."""
        return [block.folded() for block in self.blocks]

    def forward(self, luma: torch.Tensor) -> torch.Tensor:
        """N x 1 x H x W luma 0..1 to N x 4 x H x W sub-pixel residuals, folded first."""
        return run_layers(self.layers(), luma)

    @torch.no_grad()
    def fold(self) -> SPVDSR:
        """The same function as a plain `SPVDSR`, on the same device."""
        network = SPVDSR().to(self.blocks[0].bias)
        for name, (weight, bias) in zip(LAYER_NAMES, self.layers()):
            getattr(network, name).weight.copy_(weight)
            getattr(network, name).bias.copy_(bias)
        return network
