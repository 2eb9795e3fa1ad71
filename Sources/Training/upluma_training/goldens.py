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

from . import downscaler_goldens, graph_goldens, quality_goldens
from .export import SHIPPED, load_weights
from .filters import FILTERS, resample
from .lanczos import enlarge_tensor
from .networks.dair import DAIR
from .networks.quantized import QuantizedSPVDSR
from .networks.sp_vdsr import SPVDSR
from .seeded import SEEDED, seeded_network

ROOT = Path(__file__).resolve().parents[3]
NETWORKS = Path("Tests/UplumaNetworksTests/Goldens")
DOWNSCALERS = NETWORKS / "Downscalers"
RESAMPLING = Path("Tests/UplumaResamplingTests/Goldens")
QUALITY = Path("Tests/UplumaQualityTests/Goldens")
TENSORS = Path("Tests/UplumaTensorsTests/Goldens")

# Values are of order one and stored in float32 (6e-8); float64 sums differ between libraries
# by far less. What is left is one rounding, so this leaves room and still catches any change.
TOLERANCE = 2e-6

NETWORK_SIZES = ((17, 23), (1, 1), (2, 50), (5, 3))
SMALL_SIZES = ((9, 11), (1, 1))
STAGED_SIZES = (*SMALL_SIZES, (6, 5))
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


def _network_golden(network: nn.Module, weights: str, height: int, width: int, seed: int) -> Golden:
    """`input` 1 x 1 x H x W; `layers` (what the layers make of it, unclipped) and `output`, `scale` times
    as large; `interpolated` (what they read or correct, unclipped) where there is a base filter. Of DAIR `layers` is
    the picture after all stages, and `kernels` 1 x f^2 x sH x sW those of the first stage."""
    luma = torch.from_numpy(picture(height, width, seed))[None, None].double()
    # The arithmetic in 8 bits is fixed, and single precision a part of it.
    exact = network if isinstance(network, QuantizedSPVDSR) else copy.deepcopy(network).double()
    is_residual = isinstance(exact, (SPVDSR, QuantizedSPVDSR))
    base = exact.shape.base if is_residual else getattr(exact, "base", None)
    with torch.inference_mode():
        tensors = {
            "input": luma,
            "layers": exact.residual(luma) if is_residual else exact.made(luma),
            "output": exact(luma),
        }
        if isinstance(exact, DAIR):
            tensors["kernels"] = exact.kernels(luma)
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
        others = STAGED_SIZES if isinstance(network, DAIR) else SMALL_SIZES
        sizes = NETWORK_SIZES if case == "sp-vdsr-seeded" else others
        for number, (height, width) in enumerate(sizes):
            name = f"{case}.{height}x{width}.safetensors"
            goldens[name] = _network_golden(network, weights, height, width, number)
    for path in sorted(SHIPPED.glob("*.safetensors")):
        shipped, facts = load_weights(path)
        if downscaler_goldens.is_downscaler(facts):
            continue
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
        (DOWNSCALERS, dict(downscaler_goldens.goldens(picture))),
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
    present = {p.relative_to(root) for d in (NETWORKS, DOWNSCALERS, RESAMPLING, QUALITY, TENSORS) for p in (root / d).glob("*.safetensors")}
    return problems + [f"{path}: made by no rule" for path in sorted(present - set(fresh))]
