"""`export`: a checkpoint's averaged weights to the safetensors file that ships."""

import hashlib
import json
import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save

from . import checkpoint, pictures, protocol
from .families import FAMILIES, OF_METADATA
from .networks.fake_quantized import FakeQuantizedSPVDSR
from .recipes import Recipe
from .sources import SOURCES

METADATA_KEYS = (
    "architecture",
    "scale",
    "sample_range",
    "recipe",
    "settings",
    "datasets",
    "iterations",
    "minutes",
    "commit",
)
"""What every file says beside the sizes of its own network."""

SMALL = (torch.int8, torch.uint8)

SHIPPED = Path(__file__).resolve().parents[3] / "Sources/UplumaNetworks/Resources"


def metadata(network: torch.nn.Module, state: dict) -> dict[str, str]:
    """What a reader needs to run the network and to find out where it came from; all strings."""
    recipe = Recipe.from_dict(state["recipe"])
    return network.metadata() | {
        "sample_range": "0..1, code value / 255 at 8 bits",
        "recipe": recipe.name,
        "settings": json.dumps(state["recipe"], sort_keys=True),
        "datasets": ", ".join(SOURCES[recipe.source].names),
        "iterations": str(state["step"]),
        "minutes": f"{state['seconds'] / 60:.0f}",
        "commit": state["commit"],
    }


def measured(network: torch.nn.Module, data_folder: Path) -> dict[str, str]:
    """`psnr_y_set5` and `ssim_y_set5` by the protocol; empty when the pictures are absent."""
    folder = Path(data_folder) / "test/set5"
    if not folder.exists():
        return {}
    upscale, scale = protocol.by_network(network), int(network.metadata()["scale"])
    scores = [protocol.score(pictures.read_luma(f), upscale, scale) for f in pictures.files(folder)]
    mean = {key: sum(score[key] for score in scores) / len(scores) for key in scores[0]}
    return {"psnr_y_set5": f"{mean['psnr_y']:.3f}", "ssim_y_set5": f"{mean['ssim_y']:.4f}"}


def save_weights(network: torch.nn.Module, path: Path, facts: dict[str, str]) -> None:
    """Writes the network's tensors with `facts` as metadata; whole or not at all.

    Numbers of 8 bits stay what they are, all others become float32.
    """
    tensors = {
        name: (tensor if tensor.dtype in SMALL else tensor.detach().float()).cpu().contiguous()
        for name, tensor in network.state_dict().items()
    }
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(save(tensors, metadata=facts))
    os.replace(partial, path)


def load_weights(path: Path) -> tuple[torch.nn.Module, dict[str, str]]:
    """The network of a safetensors file and its metadata; missing or extra tensors are errors."""
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        facts = file.metadata() or {}
    architecture = facts.get("architecture", "")
    if architecture not in OF_METADATA:
        raise ValueError(f"{path} names the network '{architecture}', not {', '.join(OF_METADATA)}")
    network = OF_METADATA[architecture](facts)
    network.load_state_dict(tensors)
    return network.eval(), facts


def costs(network: torch.nn.Module, origin: Path, data_folder: Path, clip_folder: Path | None) -> dict[str, str]:
    """`psnr_y_cost`: by how many dB a network in 8 bits is below `origin`, as JSON by set and clip."""
    from . import precisions

    large = precisions.planes(data_folder, clip_folder)
    scores = precisions.compare(load_weights(origin)[0], network, large)
    rounded = {name: round(precisions.cost(score), 3) for name, score in scores.items()}
    return {"psnr_y_cost": json.dumps(rounded)}


def export(
    checkpoint_path: Path, out: Path, data_folder: Path | None = None, clip_folder: Path | None = None
) -> dict[str, str]:
    """Writes the weights of a checkpoint to `out`; returns their metadata.

    Those in 8 bits name the file they were made of by its SHA-256, `quantized_from`.
    """
    state = checkpoint.read(checkpoint_path)
    recipe = Recipe.from_dict(state["recipe"])
    network = FAMILIES[recipe.network].of_recipe(recipe)
    network.load_state_dict(state["average"])
    if not all(torch.isfinite(tensor).all() for tensor in network.state_dict().values()):
        raise ValueError(f"{checkpoint_path} holds weights that are not finite")
    facts = metadata(network, state)
    if isinstance(network, FakeQuantizedSPVDSR):
        network, origin = network.quantized(), SHIPPED / recipe.start
        facts["quantized_from"] = hashlib.sha256(origin.read_bytes()).hexdigest()
        if data_folder is not None:
            facts |= costs(network, origin, data_folder, clip_folder)
    if data_folder is not None:
        facts |= measured(network, data_folder)
    save_weights(network, out, facts)
    return facts
