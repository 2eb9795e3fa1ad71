"""Luma frames of video files, through the `ffmpeg` tool."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np

SUFFIXES = (".mp4", ".mkv", ".webm", ".mov", ".avi", ".mpg", ".y4m")


class ClipError(RuntimeError):
    """A clip could not be read; says which and what ffmpeg said."""


def files(folder: Path) -> list[Path]:
    """Video files directly in `folder`, by name; none is an error."""
    found = sorted(p for p in Path(folder).glob("*") if p.suffix.lower() in SUFFIXES)
    if not found:
        raise FileNotFoundError(f"no clip ({', '.join(SUFFIXES)}) in {folder}")
    return found


def _output(command: list[str], path: Path) -> bytes:
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except FileNotFoundError as error:
        raise ClipError(f"{path}: `{command[0]}` is not installed (package ffmpeg)") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise ClipError(f"{path}: {command[0]} failed: {said}") from error
    return done.stdout


def size(path: Path) -> tuple[int, int]:
    """(height, width) of the first video stream, in pixels."""
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "csv=p=0"]
    command += ["-show_entries", "stream=height,width", str(path)]
    fields = _output(command, path).decode().strip().split(",")
    if len(fields) < 2:
        raise ClipError(f"{path}: no video stream")
    return int(fields[1]), int(fields[0])


def luma_frames(path: Path, every: int) -> Iterator[np.ndarray]:
    """Every `every`-th frame's Y plane as decoded, H x W uint8 codes: no colour conversion."""
    height, width = size(path)
    # `extractplanes` copies the plane; converting to grey could stretch its range.
    filters = f"select=not(mod(n\\,{every})),format=yuv420p,extractplanes=y"
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-an", "-vf", filters]
    command += ["-vsync", "0", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = _output(command, path)
    if not raw or len(raw) % (height * width):
        raise ClipError(f"{path}: {len(raw)} bytes are no whole frames of {width}x{height}")
    yield from np.frombuffer(raw, np.uint8).reshape(-1, height, width)
