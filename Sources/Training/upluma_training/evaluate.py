"""`evaluate`: PSNR and SSIM of the FIR baselines and a network, on pictures and clips."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from . import clips, pictures, protocol
from .export import load_weights

SETS = ("set5", "set14", "bsd100")
Named = tuple[str, np.ndarray]


def _pictures(folder: Path) -> Iterator[Named]:
    return ((path.name, pictures.read_luma(path)) for path in pictures.files(folder))


def _frames(path: Path, every: int) -> Iterator[Named]:
    frames = clips.luma_frames(path, every)
    return ((f"frame {every * n}", frame) for n, frame in enumerate(frames))


def evaluate_set(
    named: Iterable[Named], models: dict[str, protocol.Upscaler], scale: int, rounded: bool
) -> dict:
    """Scores of every model: means over the pictures, and each picture's own under `images`."""
    images: dict[str, dict] = {model: {} for model in models}
    for name, picture in named:
        for model, upscale in models.items():
            images[model][name] = protocol.score(picture, upscale, scale, rounded)
    return {
        model: {
            "psnr_y": float(np.mean([score["psnr_y"] for score in scores.values()])),
            "ssim_y": float(np.mean([score["ssim_y"] for score in scores.values()])),
            "images": scores,
        }
        for model, scores in images.items()
    }


def evaluate(
    data: Path, weights: Path, clip_folder: Path | None, every: int = 24, rounded: bool = True
) -> dict:
    """Every test set under `data`/test and every clip; see `protocol` for how."""
    network, facts = load_weights(weights)
    scale = int(facts["scale"])
    models = {
        "bicubic": protocol.bicubic(scale),
        "lanczos3": protocol.lanczos3(scale),
        facts["architecture"]: protocol.by_network(network),
    }
    present = [name for name in SETS if (Path(data) / "test" / name).exists()]
    if not present:
        raise FileNotFoundError(f"none of {', '.join(SETS)} in {Path(data) / 'test'}")
    sources = {name: _pictures(Path(data) / "test" / name) for name in present}
    if clip_folder is not None:
        sources |= {path.name: _frames(path, every) for path in clips.files(clip_folder)}
    return {
        "scale": scale,
        "protocol": "imresize",
        "downscale": "bicubic",
        "small_pictures": "8 bits" if rounded else "float",
        "sets": {
            name: {"models": evaluate_set(source, models, scale, rounded)}
            for name, source in sources.items()
        },
    }


def table(result: dict) -> str:
    """A plain-text table: one row for each set, PSNR in dB / SSIM for each model."""
    models = list(next(iter(result["sets"].values()))["models"])
    width = max(len(name) for name in result["sets"])
    lines = [f"x{result['scale']}, small pictures in {result['small_pictures']}, PSNR-Y dB / SSIM-Y"]
    lines.append(" ".join([" " * width, *(f"{model:>16}" for model in models)]))
    for name, scores in result["sets"].items():
        cells = [f"{s['psnr_y']:.2f} / {s['ssim_y']:.4f}" for s in scores["models"].values()]
        lines.append(" ".join([f"{name:<{width}}", *(f"{cell:>16}" for cell in cells)]))
    return "\n".join(lines)


def as_json(result: dict) -> str:
    """The whole result, every picture included."""
    return json.dumps(result, indent=2)
