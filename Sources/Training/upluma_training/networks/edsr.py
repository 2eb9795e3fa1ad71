"""EDSR, the upscaler that the CAR paper trains its downscaler with.

Source: Lim, Son, Kim, Nah and Lee, "Enhanced Deep Residual Networks for Single Image Super-Resolution", 2017, with the
names of weights that the CAR authors' code has.
"""

import torch
from torch import nn

from .car import MEAN


class Block(nn.Module):
    """x + share * conv(relu(conv(x)))."""

    SHARE = 0.1

    def __init__(self, features: int) -> None:
        super().__init__()
        convolution = lambda: nn.Conv2d(features, features, 3, padding=1)  # noqa: E731
        self.body = nn.Sequential(convolution(), nn.ReLU(), convolution())

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        return picture + self.SHARE * self.body(picture)


class EDSR(nn.Module):
    """The paper's: 32 blocks of 256 features for R, G, B; other sizes, and luma alone, by the parameters."""

    ARCHITECTURE = "edsr"

    def __init__(self, scale: int, blocks: int = 32, features: int = 256, channels: int = 1) -> None:
        super().__init__()
        if scale not in (2, 3, 4):
            raise ValueError(f"EDSR enlarges by 2, 3 or 4, not by {scale}")
        self.scale, self.channels = scale, channels
        mean = torch.tensor(MEAN) if channels == 3 else torch.tensor(MEAN).mean(dim=0, keepdim=True)
        self.register_buffer("mean", mean.reshape(1, -1, 1, 1), persistent=False)
        convolution = lambda inputs, outputs: nn.Conv2d(inputs, outputs, 3, padding=1)  # noqa: E731
        self.head = nn.Sequential(convolution(channels, features))
        self.body = nn.Sequential(*(Block(features) for _ in range(blocks)), convolution(features, features))
        steps = [2, 2] if scale == 4 else [scale]
        shuffles = [
            layer for step in steps for layer in (convolution(features, features * step**2), nn.PixelShuffle(step))
        ]
        self.tail = nn.Sequential(nn.Sequential(*shuffles), convolution(features, channels))

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """N x channels x h x w, 0..1, to N x channels x sh x sw, not limited."""
        head = self.head(picture - self.mean)
        return self.tail(self.body(head) + head) + self.mean
