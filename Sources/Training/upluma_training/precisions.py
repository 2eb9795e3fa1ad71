"""`precisions`: what the networks in 8 bits cost against those in float32, on pictures and clips."""

import json
from pathlib import Path

import numpy as np
import torch

from . import clips, data, pictures, protocol
from .export import SHIPPED, load_weights
from .rates import BLANK

SETS = ("set5", "set14")
SUFFIX = "-int8"
EVERY = 24
"""Frames of a clip from one that is measured to the next."""

Planes = dict[str, list[np.ndarray]]
"""H x W uint8 luma by the name of a set or clip."""


def shipped() -> list[Path]:
    """The float32 files that ship with one in 8 bits beside them."""
    return sorted(
        path.with_name(path.name.replace(SUFFIX, "")) for path in SHIPPED.glob(f"*{SUFFIX}.safetensors")
    )


def in_8_bits(path: Path) -> Path:
    """The file beside a float32 one."""
    return path.with_name(f"{path.stem}{SUFFIX}.safetensors")


def planes(data_folder: Path, clip_folder: Path | None = None, every: int = EVERY) -> Planes:
    """What is measured on: test sets, and each `every`-th frame of clips; blank ones are left out."""
    found = {}
    for name in SETS:
        files = pictures.files(Path(data_folder) / "test" / name)
        found[name] = [pictures.read_luma(file) for file in files]
    for path in clips.files(clip_folder) if clip_folder is not None else []:
        found[path.name] = [frame for frame in clips.luma_frames(path, every) if frame.std() >= BLANK]
    return found


def compare(exact: torch.nn.Module, small: torch.nn.Module, large: Planes) -> dict[str, dict[str, float]]:
    """Mean PSNR-Y in dB of `f32` and `int8` on each set and clip, small pictures by the protocol, in 8 bits."""
    scale = int(exact.metadata()["scale"])
    upscalers = {"f32": protocol.by_network(exact), "int8": protocol.by_network(small)}
    result = {}
    for name, frames in large.items():
        sized = [data.reduced(frame, scale) for frame in frames]
        result[name] = {
            kind: float(np.mean(protocol.scores(sized, upscale))) for kind, upscale in upscalers.items()
        }
    return result


def cost(scores: dict[str, float]) -> float:
    """Of the 8 bits, in dB; below 0 where they are better."""
    return scores["f32"] - scores["int8"]


def measure(weights: list[tuple[Path, Path]], large: Planes) -> list[dict]:
    """One row for each file in float32 and in 8 bits: PSNR-Y in dB of both on every set and clip."""
    return [
        {
            "network": path.stem,
            "psnr_y": compare(load_weights(path)[0], load_weights(other)[0], large),
        }
        for path, other in weights
    ]


def table(rows: list[dict]) -> str:
    """Markdown: PSNR-Y in dB in float32 and, after it, the difference that 8 bits make."""
    names = list(rows[0]["psnr_y"])
    lines = [f"| network | {' | '.join(names)} |", "|---" * (1 + len(names)) + "|"]
    for row in rows:
        cells = [f"{row['psnr_y'][name]['f32']:.2f} {-cost(row['psnr_y'][name]):+.3f}" for name in names]
        lines.append(f"| `{row['network']}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def as_json(rows: list[dict]) -> str:
    """The whole result."""
    return json.dumps(rows, indent=2)
