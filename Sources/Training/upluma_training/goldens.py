"""`goldens`: small files of inputs and expected outputs for the Swift parity tests.

Everything is drawn from numpy's PCG64 with fixed seeds and computed in float64, then stored as
float32, so the files do not depend on the version of PyTorch beyond the last bit.
"""

import copy
import os
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import save
from torch import nn

from . import graph_goldens, quality_goldens
from .export import SHIPPED, load_weights
from .families import FAMILIES
from .filters import FILTERS, resample
from .lanczos import enlarge_tensor
from .networks.quantized import QuantizedLayer, QuantizedSPVDSR
from .networks.sp_vdsr import SPVDSR

ROOT = Path(__file__).resolve().parents[3]
NETWORKS = Path("Tests/UplumaNetworksTests/Goldens")
RESAMPLING = Path("Tests/UplumaResamplingTests/Goldens")
QUALITY = Path("Tests/UplumaQualityTests/Goldens")
TENSORS = Path("Tests/UplumaTensorsTests/Goldens")

# Values are of order one and stored in float32 (6e-8); float64 sums differ between libraries
# by far less. What is left is one rounding, so this leaves room and still catches any change.
TOLERANCE = 2e-6

NETWORK_SIZES = ((17, 23), (1, 1), (2, 50), (5, 3))
SMALL_SIZES = ((9, 11), (1, 1))
SHIPPED_SIZE = (13, 17)
RATIOS = {"2": 2, "3": 3, "4": 4, "1.5": 1.5, "0.5": 0.5, "0.75": 0.75}
# (ratio, shift_y, shift_x): chroma siting moves by a quarter sample; "1" moves without resizing.
SHIFTED = (
    ("2", 0.0, 0.25),
    ("2", -0.25, 0.25),
    ("1", 0.5, -0.25),
    ("0.5", 0.0, -0.5),
    ("0.75", 0.3, -1.7),
)
# (size, seed): the common one (multiples of 4), one with odd sides, and two below the support.
FILTER_INPUTS = (((8, 12), 11), ((13, 9), 12), ((2, 3), 13), ((1, 1), 14))

Golden = tuple[dict[str, np.ndarray], dict[str, str]]


def picture(height: int, width: int, seed: int) -> np.ndarray:
    """H x W float32 in 0..1: a ramp, a hard-edged block reaching 0 and 1, and noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] + 0.5
    plane = 0.2 + 0.6 * (0.7 * x / width + 0.3 * y / height)
    block = (np.abs(y / height - 0.5) < 0.3) & (np.abs(x / width - 0.6) < 0.2)
    plane = np.where(block, 1.2 * np.round(x / width * 7) % 2, plane)
    plane += random.normal(0, 0.06, plane.shape)
    return np.clip(plane, 0, 1).astype(np.float32)


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
}
"""Small networks of every architecture: the metadata that decides them."""


def seeded_network(seed: int, facts: dict[str, str] | None = None) -> nn.Module:
    """A network (SP-VDSR's article one by default) whose weights are drawn so that every layer matters
    and both clips are reached; slopes for negative results have both signs."""
    random = np.random.default_rng(seed)
    facts = facts or SEEDED["sp-vdsr-seeded"]
    network = FAMILIES[facts["architecture"]].of_metadata(facts)
    with torch.no_grad():
        for layer in network.children():
            if isinstance(layer, QuantizedLayer):
                _seed_quantized(layer, random)
                continue
            weight = layer.weight
            is_transposed = isinstance(layer, nn.ConvTranspose2d)
            # Every output is a sum over this many inputs; a transposed layer spreads them.
            inputs = weight[:, 0].numel() / layer.stride[0] ** 2 if is_transposed else weight[0].numel()
            drawn = random.normal(0, (2.0 / inputs) ** 0.5, tuple(weight.shape))
            weight.copy_(torch.from_numpy(drawn))
            layer.bias.copy_(torch.from_numpy(random.normal(0, 0.1, len(layer.bias))))
            if hasattr(layer, "slope"):
                layer.slope.copy_(torch.from_numpy(random.uniform(-0.4, 0.9, len(layer.slope))))
    return network


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


def _network_golden(network: nn.Module, weights: str, height: int, width: int, seed: int) -> Golden:
    """`input` 1 x 1 x H x W; `layers` (what the layers make of it, unclipped) and `output`, `scale` times
    as large; `interpolated` (what they read or correct, unclipped) where there is a base filter."""
    luma = torch.from_numpy(picture(height, width, seed))[None, None].double()
    # The arithmetic in 8 bits is fixed, and single precision a part of it.
    exact = network if isinstance(network, QuantizedSPVDSR) else copy.deepcopy(network).double()
    is_residual = isinstance(exact, (SPVDSR, QuantizedSPVDSR))
    base = exact.shape.base if is_residual else exact.base
    with torch.inference_mode():
        tensors = {
            "input": luma,
            "layers": exact.residual(luma) if is_residual else exact.made(luma),
            "output": exact(luma),
        }
        if base is not None:
            tensors["interpolated"] = enlarge_tensor(luma, int(exact.metadata()["scale"]), base)
    facts = {"weights": weights, "sample_range": "0..1"}
    return {key: value.float().numpy() for key, value in tensors.items()}, facts


def network_goldens() -> dict[str, Golden]:
    """Every architecture at odd sizes with seeded weights, and one case for every file that ships."""
    goldens: dict[str, Golden] = {}
    for seed, (case, facts) in enumerate(SEEDED.items(), 2):
        network = seeded_network(seed, facts)
        tensors = {key: value.numpy() for key, value in network.state_dict().items()}
        weights = f"{case}.weights.safetensors"
        goldens[weights] = tensors, network.metadata() | {"seed": str(seed)}
        sizes = NETWORK_SIZES if case == "sp-vdsr-seeded" else SMALL_SIZES
        for number, (height, width) in enumerate(sizes):
            name = f"{case}.{height}x{width}.safetensors"
            goldens[name] = _network_golden(network, weights, height, width, number)
    for path in sorted(SHIPPED.glob("*.safetensors")):
        shipped, _ = load_weights(path)
        height, width = SHIPPED_SIZE
        name = f"{path.stem}.{height}x{width}.safetensors"
        goldens[name] = _network_golden(shipped, path.name, height, width, 9)
    return goldens


def _filter_golden(
    name: str, plane: np.ndarray, size: tuple[int, int], ratio: str, shifts: tuple[float, float]
) -> Golden:
    """`input` H x W and `output` of `size`; shifts (y, x) in source samples."""
    output = resample(plane, name, *size, *shifts).astype(np.float32)
    facts = {"filter": name, "ratio": ratio, "shift_y": str(shifts[0]), "shift_x": str(shifts[1])}
    return {"input": plane, "output": output}, facts


def filter_goldens() -> dict[str, Golden]:
    """Every filter at several ratios and phases, one side odd, and pictures below the support."""
    goldens: dict[str, Golden] = {}
    plane, odd, tiny, dot = (picture(*size, seed) for size, seed in FILTER_INPUTS)
    for name in FILTERS:
        for ratio, factor in RATIOS.items():
            size = tuple(round(factor * side) for side in plane.shape)
            golden = _filter_golden(name, plane, size, ratio, (0.0, 0.0))
            goldens[f"{name}.{ratio}.safetensors"] = golden
        for ratio, shift_y, shift_x in SHIFTED:
            size = tuple(round(float(ratio) * side) for side in plane.shape)
            golden = _filter_golden(name, plane, size, ratio, (shift_y, shift_x))
            goldens[f"{name}.{ratio}.shift{shift_y}_{shift_x}.safetensors"] = golden
        goldens[f"{name}.odd.safetensors"] = _filter_golden(name, odd, (20, 7), "mixed", (0.0, 0.0))
        goldens[f"{name}.tiny.safetensors"] = _filter_golden(name, tiny, (4, 6), "2", (0.0, 0.25))
        goldens[f"{name}.dot.safetensors"] = _filter_golden(name, dot, (3, 3), "3", (0.0, 0.0))
    return goldens


def write(root: Path) -> list[Path]:
    """Writes all golden files below `root`; returns their paths relative to it.

    A file that holds the same already is left as it is: the order of its header is not fixed.
    """
    written = []
    groups = (
        (NETWORKS, network_goldens()),
        (RESAMPLING, filter_goldens()),
        (QUALITY, quality_goldens.goldens()),
        (TENSORS, graph_goldens.goldens()),
    )
    for folder, goldens in groups:
        (root / folder).mkdir(parents=True, exist_ok=True)
        for name, (tensors, facts) in goldens.items():
            tensors = {key: np.ascontiguousarray(value) for key, value in tensors.items()}
            partial = root / folder / f"{name}.partial"
            partial.write_bytes(save(tensors, metadata=facts))
            target = root / folder / name
            if target.exists() and not differences(target, partial):
                partial.unlink()
            else:
                os.replace(partial, target)
            written.append(folder / name)
    return written


def _read(path: Path) -> Golden:
    with safe_open(path, framework="np") as file:
        return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}


def differences(expected: Path, found: Path) -> list[str]:
    """What differs between two golden files, in words; empty when they agree."""
    (a, a_facts), (b, b_facts) = _read(expected), _read(found)
    problems = [] if a_facts == b_facts else [f"metadata {a_facts} against {b_facts}"]
    if a.keys() != b.keys():
        return [*problems, f"tensors {sorted(a)} against {sorted(b)}"]
    for key, value in a.items():
        if value.shape != b[key].shape or value.dtype != b[key].dtype:
            problems.append(f"{key}: {value.dtype}{value.shape}, {b[key].dtype}{b[key].shape}")
        elif value.size and not np.max(np.abs(value - b[key])) <= TOLERANCE:
            problems.append(f"{key}: differs by {np.max(np.abs(value - b[key]))}")
    return problems


def check(root: Path = ROOT) -> list[str]:
    """Makes the files again and compares them with those below `root`; returns what differs."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = write(Path(folder))
        problems = []
        for path in fresh:
            if not (root / path).exists():
                problems.append(f"{path}: missing")
                continue
            problems += [f"{path}: {text}" for text in differences(root / path, Path(folder) / path)]
    present = {p.relative_to(root) for d in (NETWORKS, RESAMPLING, QUALITY, TENSORS) for p in (root / d).glob("*.safetensors")}
    return problems + [f"{path}: made by no rule" for path in sorted(present - set(fresh))]
