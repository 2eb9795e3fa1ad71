"""Checkpoints: everything a run needs to go on as if it had never stopped."""

import os
import subprocess
from pathlib import Path

import torch


def write(path: Path, state: dict) -> None:
    """Writes `state` so that `path` is at all times absent or complete, power loss included."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with open(partial, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def read(path: Path, device: str | torch.device = "cpu") -> dict:
    """The state that `write` wrote; loads tensors and plain values only, never code."""
    return torch.load(Path(path), map_location=device, weights_only=True)


def commit() -> str:
    """The commit of this source tree, with `-modified` when the package differs from it."""
    here = Path(__file__).parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(here), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        modified = git("status", "--porcelain", "--untracked-files=no", "--", ".")
        return git("rev-parse", "HEAD") + ("-modified" if modified else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
