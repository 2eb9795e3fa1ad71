"""`evaluate`: PSNR and SSIM of the FIR baselines and a network, on pictures and clips."""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from . import clips, pictures, protocol
from .export import load_weights

SETS = ("set5", "set14", "bsd100")
Named = tuple[str, np.ndarray]


def _pictures(folder: Path, full_range: bool) -> Iterator[Named]:
    for path in pictures.files(folder):
        luma = pictures.read_luma(path)
        yield path.name, pictures.stretched(luma) if full_range else luma


def _frames(path: Path, every: int) -> Iterator[Named]:
    frames = clips.luma_frames(path, every)
    return ((f"frame {every * n}", frame) for n, frame in enumerate(frames))


def evaluate_set(
    named: Iterable[Named], models: dict[str, protocol.Upscaler], scale: int, rounded: bool
) -> dict:
    """Scores of every model: means over the pictures, and each picture's own under `images`.

    A picture that some model restores exactly (a blank frame) has no finite PSNR; it is left out of
    the means of all models, and its infinite PSNR is None.
    """
    images: dict[str, dict] = {model: {} for model in models}
    exact = set()
    for name, picture in named:
        for model, upscale in models.items():
            scores = protocol.score(picture, upscale, scale, rounded)
            if math.isinf(scores["psnr_y"]):
                exact.add(name)
                scores["psnr_y"] = None
            images[model][name] = scores
    result = {}
    for model, scores in images.items():
        used = [score for name, score in scores.items() if name not in exact]
        result[model] = {
            key: float(np.mean([score[key] for score in used])) if used else None
            for key in ("psnr_y", "ssim_y")
        }
        result[model] |= {"left_out": sorted(exact), "images": scores}
    return result


def evaluate(
    data: Path,
    weights: Path,
    clip_folder: Path | None = None,
    every: int = 24,
    rounded: bool = True,
    full_range: bool = False,
) -> dict:
    """Every test set under `data`/test and every clip; see `protocol` for how.

    `full_range` stretches the luma of the test pictures to 0..255; clips stay as decoded.
    """
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
    sources = {name: _pictures(Path(data) / "test" / name, full_range) for name in present}
    if clip_folder is not None:
        sources |= {path.name: _frames(path, every) for path in clips.files(clip_folder)}
    return {
        "scale": scale,
        "protocol": "imresize",
        "downscale": "bicubic",
        "range": "full" if full_range else "limited",
        "small_pictures": "8 bits" if rounded else "float",
        "sets": {
            name: {"models": evaluate_set(source, models, scale, rounded)}
            for name, source in sources.items()
        },
    }


def _cell(score: dict) -> str:
    if score["psnr_y"] is None:
        return "exact"
    return f"{score['psnr_y']:.2f} / {score['ssim_y']:.4f}"


def table(result: dict) -> str:
    """A plain-text table: one row for each set, PSNR in dB / SSIM for each model."""
    models = list(next(iter(result["sets"].values()))["models"])
    width = max(len(name) for name in result["sets"])
    small, span = result["small_pictures"], result["range"]
    lines = [f"x{result['scale']}, small pictures in {small}, {span} range, PSNR-Y dB / SSIM-Y"]
    lines.append(" ".join([" " * width, *(f"{model:>16}" for model in models)]))
    for name, scores in result["sets"].items():
        cells = [_cell(score) for score in scores["models"].values()]
        lines.append(" ".join([f"{name:<{width}}", *(f"{cell:>16}" for cell in cells)]))
    return "\n".join(lines)


def as_json(result: dict) -> str:
    """The whole result, every picture included."""
    return json.dumps(result, indent=2)
