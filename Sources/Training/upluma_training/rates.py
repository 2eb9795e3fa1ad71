"""`oldvideo`: clips reduced, coded as old video was, and enlarged: PSNR-Y by codec and rate.

Each clip is cut so that its small one has even sides, every plane reduced by `imresize` bicubic and rounded, and the
result coded with each codec at each rate. Every N-th decoded frame is enlarged and compared with
the same frame of the clip (`protocol`: 8 bits, `scale` border pixels left out). Rates are in bits per
pixel of the small picture, so that they carry over to other sizes and frame rates.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import clips, protocol
from .imresize import reduce_to_codes, round_to_codes
from .metrics import psnr

LANCZOS = "lanczos3"
BLANK = 1.0
"""Frames whose luma deviates less, in codes, are left out: their PSNR says nothing."""


@dataclass(frozen=True)
class Codec:
    """A codec as old files used it, and the rates it is measured at, highest first."""

    arguments: tuple[str, ...]
    """ffmpeg's, from the encoder's name on; `{rate}`, `{peak}` and `{buffer}` are bits a second and bits."""
    rates: dict[str, float]
    """Bits per pixel by a word for where such rates are found."""


CODECS = {
    # 5 Mbit/s of film at 720x480; 1.15 Mbit/s at 352x240 and 29.97; a recorder's long play, 2 Mbit/s.
    "mpeg2": Codec(
        ("mpeg2video", "-g", "15", "-bf", "2", "-b:v", "{rate}", "-maxrate", "{peak}", "-bufsize", "{buffer}"),
        {"DVD": 0.60, "VCD": 0.45, "long play": 0.20},
    ),
    # A film on two discs, on one, and small: 1.6, 1.0 and 0.6 Mbit/s at 640x400 and 25.
    "mpeg4": Codec(
        ("mpeg4", "-vtag", "XVID", "-g", "250", "-bf", "2", "-mbd", "rd", "-trellis", "1", "-b:v", "{rate}"),
        {"two discs": 0.25, "one disc": 0.16, "small": 0.10},
    ),
    # 860, 460 and 230 kbit/s at 640x360 and 25.
    "h264": Codec(
        ("libx264", "-preset", "medium", "-b:v", "{rate}", "-maxrate", "{peak}", "-bufsize", "{buffer}"),
        {"web high": 0.15, "web": 0.08, "web low": 0.04},
    ),
}


def model(path: Path, scale: int) -> protocol.Upscaler:
    """What a weights file does to a picture; run as often as it takes to enlarge by `scale`."""
    from .export import load_weights

    network, facts = load_weights(path)
    own, runs = int(facts["scale"]), 1
    while own**runs < scale:
        runs += 1
    if own**runs != scale:
        raise ValueError(f"{path} enlarges by {own}; the clips are reduced by {scale}")
    once = protocol.by_network(network)

    def upscale(small: np.ndarray) -> np.ndarray:
        for _ in range(runs):
            small = once(small)
        return small

    return upscale


def _frame_rate(path: Path) -> str:
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "csv=p=0"]
    return clips.output([*command, "-show_entries", "stream=avg_frame_rate", str(path)], path).decode().strip()


def _planes(path: Path, height: int, width: int) -> Iterator[tuple[np.ndarray, ...]]:
    """Y, U, V (uint8) of each frame, luma cut to `height` x `width`."""
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(path), "-an", "-vsync", "0"]
    command += ["-vf", f"crop={width}:{height}:0:0", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
    sizes = [(height, width), (height // 2, width // 2), (height // 2, width // 2)]
    count = sum(h * w for h, w in sizes)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        while len(raw := process.stdout.read(count)) == count:
            parts = np.split(np.frombuffer(raw, np.uint8), np.cumsum([h * w for h, w in sizes])[:-1])
            yield tuple(part.reshape(size) for part, size in zip(parts, sizes))
    if process.returncode or raw:
        raise clips.ClipError(f"{path}: ffmpeg stopped within the pictures (status {process.returncode})")


def _made(path: Path, make: Callable[[Path], None]) -> Path:
    """`path`, made by `make` under another name if it is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            partial = Path(folder) / path.name
            make(partial)
            os.replace(partial, path)
    return path


def small_size(clip: Path, scale: int = 2) -> tuple[int, int]:
    """(height, width) of the reduced clip: both even."""
    height, width = clips.size(clip)
    return height // (2 * scale) * 2, width // (2 * scale) * 2


def reduced(clip: Path, cache: Path, scale: int = 2) -> Path:
    """The clip, `scale` times smaller, as YUV4MPEG2."""
    height, width = small_size(clip, scale)
    mark = hashlib.sha256(f"{clip.name} {clip.stat().st_size}".encode()).hexdigest()[:8]

    def make(path: Path) -> None:
        rate = _frame_rate(clip).replace("/", ":")
        with open(path, "wb") as file:
            file.write(f"YUV4MPEG2 W{width} H{height} F{rate} Ip A1:1 C420mpeg2\n".encode())
            for planes in _planes(clip, scale * height, scale * width):
                file.write(b"FRAME\n" + b"".join(reduce_to_codes(p, scale).tobytes() for p in planes))

    size = "" if scale == 2 else f"-x{scale}"
    return _made(cache / f"{clip.stem}-{mark}{size}.y4m", make)


@dataclass(frozen=True)
class Coded:
    """A reduced clip in one codec at one rate."""

    path: Path
    bits_per_pixel: float
    kbits: float
    """A second."""


def coded(small: Path, codec: str, bits_per_pixel: float, cache: Path) -> Coded:
    """`small` (YUV4MPEG2) coded at about that rate; what it came to is measured."""
    height, width = clips.size(small)
    first, _, second = _frame_rate(small).partition("/")
    fps = float(first) / float(second or 1)
    rate = round(bits_per_pixel * width * height * fps)
    values = {"rate": rate, "peak": 2 * rate, "buffer": 2 * rate}
    arguments = [word.format(**values) for word in CODECS[codec].arguments]
    mark = hashlib.sha256(json.dumps(arguments).encode()).hexdigest()[:8]

    def make(path: Path) -> None:
        command = ["ffmpeg", "-v", "error", "-y", "-i", str(small), "-threads", "1"]
        clips.output([*command, "-c:v", *arguments, "-vsync", "0", str(path)], path)

    path = _made(cache / f"{small.stem}-{codec}-{bits_per_pixel:g}-{mark}.nut", make)
    probe = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=size", "-of", "csv=p=0"]
    sizes = [int(line.strip(",")) for line in clips.output([*probe, str(path)], path).decode().split()]
    bits = 8 * sum(sizes) / len(sizes)
    return Coded(path, bits / (width * height), bits * fps / 1000)


def scores(
    large: list[np.ndarray], small: list[np.ndarray], models: dict[str, protocol.Upscaler], scale: int = 2
) -> dict[str, float]:
    """Mean PSNR-Y in dB of each model over frames (uint8): `large` the originals, `small` as decoded."""
    if len(large) != len(small):
        raise ValueError(f"{len(small)} decoded frames for {len(large)} of the clip")
    used = [(a, b) for a, b in zip(large, small) if a.std() >= BLANK]
    return {
        name: float(np.mean([psnr(a, round_to_codes(upscale(b)), scale) for a, b in used]))
        for name, upscale in models.items()
    }


def measure(
    clip_folder: Path,
    weights: dict[str, Path],
    cache: Path,
    every: int = 24,
    rates: tuple[float, ...] | None = None,
    scale: int = 2,
) -> dict:
    """Rows for each clip, codec and rate, and the summary of each model.

    `rates` (bits per pixel) replaces those of every codec. A summary holds the means by codec and
    over all rows in dB, and the smallest difference to Lanczos 3 of any row.
    """
    if shutil.which("ffmpeg") is None:
        raise clips.ClipError("`ffmpeg` is not installed (package ffmpeg)")
    models = {LANCZOS: protocol.lanczos3(scale)}
    models |= {name: model(path, scale) for name, path in weights.items()}
    rows = []
    for clip in clips.files(clip_folder):
        small = reduced(clip, cache, scale)
        height, width = (scale * side for side in small_size(clip, scale))
        large = [frame[:height, :width] for frame in clips.luma_frames(clip, every)]
        for codec, settings in CODECS.items():
            named = settings.rates if rates is None else {f"{rate:g}": rate for rate in rates}
            for word, rate in named.items():
                file = coded(small, codec, rate, cache)
                rows.append(
                    {
                        "clip": clip.name,
                        "codec": codec,
                        "rate": word,
                        "bits_per_pixel": round(file.bits_per_pixel, 4),
                        "kbits_per_second": round(file.kbits, 1),
                        "psnr_y": scores(large, list(clips.luma_frames(file.path, every)), models, scale),
                    }
                )
    return {"scale": scale, "protocol": "imresize, coded", "every": every, "rows": rows} | {
        "models": {name: _summary(rows, name) for name in models}
    }


def _summary(rows: list[dict], name: str) -> dict:
    differences = [row["psnr_y"][name] - row["psnr_y"][LANCZOS] for row in rows]
    codecs = dict.fromkeys(row["codec"] for row in rows)
    return {
        "psnr_y": float(np.mean([row["psnr_y"][name] for row in rows])),
        "codecs": {
            codec: float(np.mean([row["psnr_y"][name] for row in rows if row["codec"] == codec]))
            for codec in codecs
        },
        "worst_against_lanczos3": float(min(differences)),
    }


def table(result: dict) -> str:
    """Markdown: rows by clip, codec and rate, means by codec and over all, and the worst difference."""
    models = list(result["models"])
    lines = [f"| clip | codec | rate | bits per pixel | kbit/s | {' | '.join(models)} |"]
    lines.append("|" + "---|" * (5 + len(models)))
    for row in result["rows"]:
        cells = [row["clip"], row["codec"], row["rate"], f"{row['bits_per_pixel']:.3f}"]
        cells += [f"{row['kbits_per_second']:.0f}", *(f"{row['psnr_y'][name]:.2f}" for name in models)]
        lines.append(f"| {' | '.join(cells)} |")
    for codec in next(iter(result["models"].values()))["codecs"]:
        means = [f"{result['models'][name]['codecs'][codec]:.2f}" for name in models]
        lines.append(f"| mean | {codec} | | | | {' | '.join(means)} |")
    means = [f"{result['models'][name]['psnr_y']:.2f}" for name in models]
    lines.append(f"| mean | all | | | | {' | '.join(means)} |")
    worst = [f"{result['models'][name]['worst_against_lanczos3']:+.2f}" for name in models]
    lines.append(f"| worst against Lanczos 3 | | | | | {' | '.join(worst)} |")
    return "\n".join(lines)


def as_json(result: dict) -> str:
    """The whole result."""
    return json.dumps(result, indent=2)
