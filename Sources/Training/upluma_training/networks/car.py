"""CAR's ResamplerNet: kernels and displacements for every pixel of a smaller picture, at the size of the paper.

Source: Sun and Chen, "Learned Image Downscaling for Upscaling Using Content Adaptive Resampler", section III-A and figure 1;
where the paper leaves the layers open, as in the authors' code, whose names of weights these are.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .displaced import Taps

MEAN = (0.4488, 0.4371, 0.4040)
"""Of the pictures that the paper trains on; R, G, B."""
SLOPE = 0.2
WIDTH = 128
SIDES = 8
"""The picture's sides are multiples of this, and at least twice as long: one pixel alone cannot be mirrored."""


class Unshuffle(nn.Module):
    """Space to depth by 2, and a 1x1 convolution."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.downsample = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4 * inputs, outputs, 1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.downsample(features)


class Shuffle(nn.Module):
    """A 1x1 convolution, and pixel shuffle."""

    def __init__(self, inputs: int, outputs: int, factor: int) -> None:
        super().__init__()
        self.upsample = nn.Sequential(nn.Conv2d(inputs, outputs * factor**2, 1), nn.PixelShuffle(factor))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.upsample(features)


class Residual(nn.Module):
    """x + conv(leaky(conv(x)))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.transform = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.LeakyReLU(SLOPE),
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3),
        )  # fmt: skip

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return features + self.transform(features)


def _padded(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.ReflectionPad2d(1), nn.Conv2d(inputs, outputs, 3)]


def _trunk(width: int, factor: int) -> nn.Sequential:
    layers = [layer for _ in range(3) for layer in (*_padded(width, width), nn.ReLU())]
    return nn.Sequential(*layers, Shuffle(width, width, factor), *_padded(width, width), nn.ReLU())


def _head(width: int, outputs: int, *after: nn.Module) -> nn.Sequential:
    return nn.Sequential(*_padded(width, width), nn.ReLU(), *_padded(width, outputs), *after)


class CAR(nn.Module):
    """ResamplerNet for pictures of 1 channel (luma) or 3 (R, G, B), whose sides are multiples of 8."""

    ARCHITECTURE = "car"

    def __init__(self, scale: int, channels: int = 1, width: int = WIDTH) -> None:
        super().__init__()
        if scale not in (2, 4):
            raise ValueError(f"the paper's network reduces by 2 or 4, not by {scale}")
        self.scale, self.channels, self.width = scale, channels, width
        self.taps = Taps(3 * scale + 1, scale, reflected=True)
        self.sub_mean = nn.Conv2d(channels, channels, 1)
        with torch.no_grad():
            self.sub_mean.weight.copy_(torch.eye(channels)[:, :, None, None])
            mean = torch.tensor(MEAN)
            self.sub_mean.bias.copy_(-mean if channels == 3 else -mean.mean(dim=0, keepdim=True))
        self.sub_mean.requires_grad_(False)
        half, double = width // 2, 2 * width
        self.ds_1 = nn.Sequential(nn.ReflectionPad2d(2), nn.Conv2d(channels, half, 5), nn.LeakyReLU(SLOPE))
        self.ds_2, self.ds_4 = Unshuffle(half, width), Unshuffle(width, width)
        self.res_4 = nn.Sequential(*(Residual(width) for _ in range(5)))
        self.ds_8 = Unshuffle(width, double)
        count, factor = self.taps.count, SIDES // scale
        self.kernels_trunk = _trunk(double, factor)
        self.kernels_weight = _head(double, count)
        self.offsets_trunk = _trunk(double, factor)
        self.offsets_h_generation = _head(double, count, nn.Tanh())
        self.offsets_v_generation = _head(double, count, nn.Tanh())

    def metadata(self) -> dict[str, str]:
        """What rebuilds the network from its file."""
        return {
            "architecture": self.ARCHITECTURE,
            "scale": str(self.scale),
            "channels": str(self.channels),
            "width": str(self.width),
        }

    @staticmethod
    def from_metadata(facts: dict[str, str]) -> "CAR":
        """The inverse of `metadata`."""
        return CAR(int(facts["scale"]), int(facts.get("channels", "1")), int(facts.get("width", WIDTH)))

    def features(self, picture: torch.Tensor) -> torch.Tensor:
        """N x channels x H x W, 0..1, to the features at an eighth of the size."""
        at_4 = self.ds_4(self.ds_2(self.ds_1(self.sub_mean(picture))))
        return self.ds_8(at_4 + self.res_4(at_4))

    def predict(
        self, picture: torch.Tensor, precision: torch.dtype | None = None
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(weights, horizontal, vertical), N x size^2 x h x w each; weights are positive and sum to one."""
        with torch.autocast(picture.device.type, torch.bfloat16, enabled=precision is not None):
            features = self.features(picture)
            weights = self.kernels_weight(self.kernels_trunk(features)).to(picture).clamp(1e-6, 1)
            trunk = self.offsets_trunk(features)
            horizontal, vertical = self.offsets_h_generation(trunk), self.offsets_v_generation(trunk)
        return weights / weights.sum(dim=1, keepdim=True), horizontal.to(weights), vertical.to(weights)

    def whole(self, picture: torch.Tensor) -> torch.Tensor:
        """The picture, its right and bottom edges repeated up to sides that the network can read."""
        missing = [max(side + -side % SIDES, 2 * SIDES) - side for side in picture.shape[-2:]]
        return F.pad(picture, (0, missing[1], 0, missing[0]), mode="replicate")

    def predictions(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """As `predict`, of a picture of any size; for the pixels of `whole`."""
        return self.predict(self.whole(picture))

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """N x channels x H x W, 0..1, to N x channels x ceil(H / scale) x ceil(W / scale), neither limited nor rounded."""
        height, width = picture.shape[-2:]
        small = self.taps.resample(self.whole(picture), *self.predictions(picture))
        return small[..., : -(-height // self.scale), : -(-width // self.scale)]

    def folded_state(self) -> dict[str, torch.Tensor]:
        """Its state: nothing to fold."""
        return self.state_dict()
