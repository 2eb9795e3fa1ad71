"""Small networks of every architecture with weights drawn from numpy's PCG64: what the parity tests compare."""

import numpy as np
import torch
from torch import nn

from .families import OF_METADATA
from .networks.dair import DAIR, Shape, Stage
from .networks.quantized import QuantizedLayer

KERNEL_NOISE = 0.06
"""Standard deviation of a predicted kernel element about the enlargement it is drawn around, for a white picture: 25 of
them leave the result of order one, and on either side of 0 and 1."""


def _staged(*stages: Stage) -> dict[str, str]:
    return Shape(stages).metadata()


SEEDED: dict[str, dict[str, str]] = {
    "sp-vdsr-seeded": {"architecture": "sp-vdsr"},
    "sp-vdsr-x3-seeded": {"architecture": "sp-vdsr", "scale": "3", "widths": "1-12-6-9", "base": "bilinear"},
    "sp-vdsr-x4-seeded": {"architecture": "sp-vdsr", "scale": "4", "widths": "1-9-16"},
    "srcnn-seeded": {"architecture": "srcnn", "widths": "1-10-6-1"},
    "srcnn-x3-seeded": {"architecture": "srcnn", "scale": "3", "widths": "1-5-3-1", "kernels": "7-3-5"},
    "fsrcnn-seeded": {"architecture": "fsrcnn", "widths": "1-9-4-4-9-1", "kernels": "5-1-3-1-9"},
    "fsrcnn-x3-seeded": {"architecture": "fsrcnn", "scale": "3", "widths": "1-9-4-4-9-1", "kernels": "5-1-3-1-9"},
    "fsrcnn-x4-seeded": {"architecture": "fsrcnn", "scale": "4", "widths": "1-6-1", "kernels": "5-9"},
    "espcn-seeded": {"architecture": "espcn", "widths": "1-12-7-4"},
    "espcn-x3-seeded": {"architecture": "espcn", "scale": "3", "widths": "1-12-7-9"},
    "vdsr-seeded": {"architecture": "vdsr", "widths": "1-8-8-8-8-1"},
    "vdsr-x4-seeded": {"architecture": "vdsr", "scale": "4", "widths": "1-6-6-1"},
    "sp-vdsr-int8-seeded": {"architecture": "sp-vdsr", "precision": "int8"},
    "sp-vdsr-x3-int8-seeded": {"architecture": "sp-vdsr", "scale": "3", "widths": "1-12-6-9", "precision": "int8"},
    "sp-vdsr-x4-int8-seeded": {"architecture": "sp-vdsr", "scale": "4", "widths": "1-9-16", "precision": "int8"},
    "fcn-seeded": {"architecture": "fcn", "widths": "1-8-8-8-1"},
    "fcn-x3-seeded": {"architecture": "fcn", "scale": "3", "widths": "1-6-6-1"},
    "dair-seeded": _staged(Stage((1, 8, 8, 6, 100), 2)),
    "dair-x3-seeded": _staged(Stage((1, 6, 6, 225), 3)),
    "dair-x4-seeded": _staged(Stage((1, 4, 400), 4)),
    "dair-asp2-seeded": _staged(Stage((1, 6, 6, 100), 2, intervals=(1, 2))),
    "dair-asp3-x3-seeded": _staged(Stage((1, 6, 225), 3, intervals=(1, 2, 3))),
    "dair-asp3-x4-seeded": _staged(Stage((1, 4, 400), 4, intervals=(1, 2, 3))),
    "dair-prog-x4-seeded": _staged(Stage((1, 6, 6, 100), 2), Stage((2, 6, 6, 100), 2)),
    "dair-recur1-seeded": _staged(Stage((1, 6, 6, 100), 2), Stage((2, 6, 25), 1)),
    "dair-recur1-x3-seeded": _staged(Stage((1, 4, 225), 3), Stage((2, 6, 6, 25), 1)),
    "dair-recur2-seeded": _staged(Stage((1, 6, 6, 100), 2), Stage((2, 6, 6, 25), 1, repeats=2)),
    "dair-prog-recur2-x4-seeded": _staged(
        Stage((1, 6, 6, 100), 2), Stage((2, 6, 100), 2), Stage((2, 6, 6, 25), 1, repeats=2)
    ),
    "dair-light-seeded": _staged(Stage((1, 8, 8, 8, 100), 2, kernels=(3, 3, 3, 1))),
    "dair-size3-seeded": _staged(Stage((1, 6, 6, 36), 2)),
    "dair-size7-seeded": _staged(Stage((1, 8, 6, 6, 196), 2, kernels=(5, 1, 3, 3))),
}
"""Small networks of every architecture: the metadata that decides them."""


def seeded_network(seed: int, facts: dict[str, str] | None = None) -> nn.Module:
    """A network (SP-VDSR's article one by default) whose weights are drawn so that every layer matters
    and both clips are reached; slopes for negative results have both signs."""
    random = np.random.default_rng(seed)
    facts = facts or SEEDED["sp-vdsr-seeded"]
    network = OF_METADATA[facts["architecture"]](facts)
    with torch.no_grad():
        if isinstance(network, DAIR):
            _seed_stages(network, random)
            return network
        for layer in network.children():
            if isinstance(layer, QuantizedLayer):
                _seed_quantized(layer, random)
                continue
            _seed_convolution(layer, random)
            if hasattr(layer, "slope"):
                layer.slope.copy_(torch.from_numpy(random.uniform(-0.4, 0.9, len(layer.slope))))
    return network


def _seed_convolution(
    layer: nn.Conv2d | nn.ConvTranspose2d, random: np.random.Generator, variance: float = 2.0, bias: float = 0.1
) -> None:
    """Draws weights that make results of `variance` times the mean square of what is read, and a bias of that
    standard deviation."""
    weight = layer.weight
    is_transposed = isinstance(layer, nn.ConvTranspose2d)
    # Every output is a sum over this many inputs; a transposed layer spreads them.
    inputs = weight[:, 0].numel() / layer.stride[0] ** 2 if is_transposed else weight[0].numel()
    weight.copy_(torch.from_numpy(random.normal(0, (variance / inputs) ** 0.5, tuple(weight.shape))))
    layer.bias.copy_(torch.from_numpy(random.normal(0, bias, len(layer.bias))))


def _seed_stages(network: DAIR, random: np.random.Generator) -> None:
    """Draws kernels that scatter about those of a plain enlargement."""
    for index, stage in enumerate(network.shape.stages):
        *inner, last = (network.get_submodule(name) for name in network.shape.names(index))
        for layer in inner:
            _seed_convolution(layer, random)
        _seed_convolution(last, random, variance=KERNEL_NOISE**2, bias=KERNEL_NOISE / 2)
        last.bias.add_(stage.plain_kernels())


def _seed_quantized(layer: QuantizedLayer, random: np.random.Generator) -> None:
    """Draws a layer in 8 bits: weights of the whole range, zero points at either end too, and inputs
    that leave the range of their codes."""
    outputs, inputs = layer.weight.shape[:2]
    zeros = random.uniform(-128, 384, inputs).clip(0, 255)
    # Of products of weights and codes, whose mean squares are 73 and about 100 squared.
    deviation = 73 * 100 * (9 * inputs) ** 0.5
    drawn = {
        "weight": random.integers(-127, 128, tuple(layer.weight.shape)).astype(np.int8),
        "weight_scale": (random.uniform(0.3, 0.8, outputs) / deviation).astype(np.float32),
        "bias": random.normal(0, 0.1, outputs).astype(np.float32),
        "input_scale": random.uniform(0.002, 0.008, inputs).astype(np.float32),
        "input_zero": zeros.round().astype(np.uint8),
    }
    layer.load_state_dict({name: torch.from_numpy(value) for name, value in drawn.items()})
