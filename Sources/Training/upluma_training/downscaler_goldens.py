"""Golden files of downscalers: seeded networks of both kinds, and every one that ships."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import nn

from .export import SHIPPED, load_weights
from .families import OF_METADATA
from .networks.car import CAR
from .networks.car_light import CARLight, Shape

Golden = tuple[dict[str, np.ndarray], dict[str, str]]

SEEDED: dict[str, dict[str, str]] = {
    "car-light-2x-seeded": Shape((4, 6, 5, 108), (3, 5, 1), 2, 6).metadata(),
    "car-light-4x-seeded": Shape((16, 6, 432), (3, 1), 4, 12).metadata(),
    "car-light-3x-seeded": Shape((9, 5, 75), (1, 3), 3, 5).metadata(),
    "car-2x-seeded": {"architecture": "car", "scale": "2", "width": "4"},
    "car-4x-seeded": {"architecture": "car", "scale": "4", "width": "2"},
}
SIZES = ((17, 23), (32, 24), (1, 2))
SHIPPED_SIZE = (26, 35)
DEVIATION = 0.3
"""Of what the last layers give, for a picture of order one: weights on either side of 0, taps moved as far as they go."""


def is_downscaler(facts: dict[str, str]) -> bool:
    """Whether a file's metadata is that of one."""
    return facts.get("architecture") in (CAR.ARCHITECTURE, CARLight.ARCHITECTURE)


def seeded_network(seed: int, facts: dict[str, str]) -> nn.Module:
    """The network of `facts` with weights drawn so that every layer matters."""
    random = np.random.default_rng(seed)
    network = OF_METADATA[facts["architecture"]](facts)
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d) and layer.weight.requires_grad]
    with torch.no_grad():
        for layer in layers:
            weight = layer.weight
            deviation = (2 / weight[0].numel()) ** 0.5
            if layer.out_channels % network.taps.count == 0:
                deviation *= DEVIATION
            weight.copy_(torch.from_numpy(random.normal(0, deviation, tuple(weight.shape))))
            layer.bias.copy_(torch.from_numpy(random.normal(0, 0.1, len(layer.bias))))
        network.load_state_dict(network.folded_state())
    return network


def _golden(network: nn.Module, weights: str, picture: np.ndarray) -> Golden:
    """`input` 1 x 1 x H x W; `weights`, `horizontal`, `vertical` 1 x size^2 x h x w; `output` 1 x 1 x h x w."""
    luma = torch.from_numpy(picture)[None, None].double()
    exact = OF_METADATA[network.metadata()["architecture"]](network.metadata()).double()
    exact.load_state_dict(network.state_dict())
    with torch.inference_mode():
        output = exact(luma)
        predicted = [part[..., : output.shape[2], : output.shape[3]] for part in exact.predictions(luma)]
    tensors = dict(zip(("weights", "horizontal", "vertical"), predicted)) | {"input": luma, "output": output}
    return {key: value.float().numpy() for key, value in tensors.items()}, {"weights": weights, "sample_range": "0..1"}


def goldens(picture: Callable[[int, int, int], np.ndarray]) -> Iterator[tuple[str, Golden]]:
    """(file name, golden) of all; `picture` draws H x W float32 0..1 for a seed."""
    for seed, (case, facts) in enumerate(SEEDED.items(), 40):
        network, weights = seeded_network(seed, facts), f"{case}.weights.safetensors"
        tensors = {key: value.numpy() for key, value in network.state_dict().items()}
        yield weights, (tensors, network.metadata() | {"seed": str(seed)})
        for number, (height, width) in enumerate(SIZES):
            yield f"{case}.{height}x{width}.safetensors", _golden(network, weights, picture(height, width, number))
    for path in sorted(SHIPPED.glob("*.safetensors")):
        network, facts = load_weights(path)
        if is_downscaler(facts):
            height, width = SHIPPED_SIZE
            yield f"{path.stem}.{height}x{width}.safetensors", _golden(network, path.name, picture(height, width, 9))
