"""What the yardsticks time: layers out of a weights file, or a chain of 3x3 convolutions with seeded weights.

Chains are written as for `upluma benchmark --network`: `1-64x4-100` is 1→64→64→64→64→100 channels.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from .export import load_weights
from .networks.dair import DAIR
from .networks.sp_vdsr import LEAKY_SLOPE, SPVDSR

Layer = tuple[torch.Tensor, torch.Tensor]
"""Weight OIHW, bias O."""

MOST_LAYERS = 100
MOST_CHANNELS = 1024


def channels(chain: str) -> list[int]:
    """Channels of the input and after each layer; ValueError where `chain` is none that `upluma benchmark` takes."""
    result: list[int] = []
    for part in chain.split("-"):
        numbers = part.split("x")
        if not 1 <= len(numbers) <= 2 or not all(number.isdecimal() for number in numbers):
            raise ValueError(f"{chain} is no chain as 1-8x5-4: '{part}' is neither a number nor two parted by x")
        width, count = int(numbers[0]), int(numbers[1]) if len(numbers) == 2 else 1
        if not (1 <= width <= MOST_CHANNELS and 1 <= count <= MOST_LAYERS):
            raise ValueError(f"{chain}: '{part}' is beyond {MOST_CHANNELS} channels or {MOST_LAYERS} layers, or 0")
        result += [width] * count
    if not 2 <= len(result) <= MOST_LAYERS + 1 or result[0] != 1:
        raise ValueError(f"{chain} is no chain as 1-8x5-4: it begins with 1 and has at most {MOST_LAYERS} layers")
    if round(result[-1] ** 0.5) ** 2 != result[-1] or result[-1] > 32**2:
        raise ValueError(f"{chain}: the last number is a square, the sub-pixels")
    return result


@dataclass(frozen=True)
class Subject:
    """Layers to time, all but the last followed by a leaky ReLU."""

    name: str
    part: str
    """Which part of the network the layers are."""
    layers: list[Layer]
    slope: float
    """Of the leaky ReLU; 0 is a ReLU."""
    scale: int
    """The result's channels are shuffled to `scale` x `scale` sub-pixels; 1: they stay."""

    @property
    def operations_per_pixel(self) -> int:
        """Multiplications and additions of the convolutions per input pixel."""
        return 2 * sum(weight.numel() for weight, _ in self.layers)

    @torch.inference_mode()
    def exact(self, plane: np.ndarray) -> np.ndarray:
        """The result for 1 x 1 x H x W float32, in double precision."""
        features = torch.from_numpy(plane).double()
        for index, (weight, bias) in enumerate(self.layers):
            features = F.conv2d(features, weight.double(), bias.double(), padding=weight.shape[-1] // 2)
            if index < len(self.layers) - 1:
                features = F.leaky_relu(features, self.slope)
        return F.pixel_shuffle(features, self.scale).numpy()


def of_chain(chain: str) -> Subject:
    """Seeded weights that keep features about the size of the input, SP-VDSR's leaky ReLUs, and no sub-pixel step."""
    noise = np.random.default_rng(1)
    layers, widths = [], channels(chain)
    for inputs, outputs in zip(widths, widths[1:]):
        bound = (6 / (9 * inputs)) ** 0.5
        drawn = noise.uniform(-bound, bound, (outputs, inputs, 3, 3)), noise.uniform(-0.01, 0.01, outputs)
        weight, bias = (torch.from_numpy(values.astype(np.float32)) for values in drawn)
        layers.append((weight, bias))
    return Subject(chain, "layers alone", layers, LEAKY_SLOPE, 1)


def of_file(path: Path) -> Subject:
    """Of SP-VDSR the layers and the sub-pixel step, which make the residual; of DAIR the network alone that predicts
    kernels: what another runtime would be given, without the resampling."""
    network, facts = load_weights(path)
    name = Path(path).stem
    if isinstance(network, SPVDSR):
        return Subject(name, "layers and sub-pixel step", network.layers(), LEAKY_SLOPE, network.shape.scale)
    if isinstance(network, DAIR):
        count = len(network.shape.stages)
        of = "" if count == 1 else f" of stage 1 of {count}"
        return Subject(name, f"FCN alone{of}, without the resampling", network.layers()[0], 0.0, 1)
    kind = " ".join(facts[key] for key in ("architecture", "precision") if key in facts)
    raise ValueError(f"{path} is of {kind}; the yardsticks time sp-vdsr in f32 and dair")
