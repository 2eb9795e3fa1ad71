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


def output(command: list[str], path: Path | str, sent: bytes | None = None) -> bytes:
    """What `command` writes to standard output when `sent` is its input; `path` names the clip in errors."""
    try:
        source = {"stdin": subprocess.DEVNULL} if sent is None else {"input": sent}
        done = subprocess.run(command, capture_output=True, check=True, **source)
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
    fields = output(command, path).decode().strip().split(",")
    if len(fields) < 2:
        raise ClipError(f"{path}: no video stream")
    return int(fields[1]), int(fields[0])


def luma(path: Path, height: int, width: int, filters: str = "") -> np.ndarray:
    """The Y planes of a clip as decoded, N x `height` x `width` uint8 codes: no colour conversion.

    `filters` is put before, in ffmpeg's words, and ends in a comma unless it is empty.
    """
    # `extractplanes` copies the plane; converting to grey could stretch its range.
    filters = f"{filters}format=yuv420p,extractplanes=y"
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(path), "-an", "-vf", filters]
    command += ["-vsync", "0", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = output(command, path)
    if not raw or len(raw) % (height * width):
        raise ClipError(f"{path}: {len(raw)} bytes are no whole frames of {width}x{height}")
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width)


def luma_frames(path: Path, every: int) -> Iterator[np.ndarray]:
    """Every `every`-th frame's Y plane as decoded, H x W uint8 codes."""
    yield from luma(path, *size(path), f"select=not(mod(n\\,{every})),")
