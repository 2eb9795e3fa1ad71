#!/usr/bin/env python3
"""Measures the round trip: clips are reduced, coded at several rates, decoded, enlarged, and compared with the source.

Usage: round-trip.py TOOL CLIP… [--downscalers car-2x,lanczos3-2x] [--pairs car-2x=sp-vdsr-car,…] [--crf 18,23,28,33]
                     [--start 0] [--duration 4] [--reference lanczos3-2x] [--pictures DIR] [--plot OUT.svg] [--json OUT]

TOOL is the built `upluma`. Of each CLIP, DURATION seconds from START are cut out as 8-bit 4:2:0, without loss and cropped
to a multiple of twice the factor; that is the source. For each downscaler, `upluma downscale --encoder libx264 --crf N`
makes the small file, and `upluma upscale` enlarges it by the downscaler's upscaler (--pairs; lanczos3 where none is
named). "no downscale" is libx264 on the source itself, its rate factors chosen so that the rates come out like those of the
reference. Rates are of the video's packets. PSNR is that of the squared error's mean over all frames, plane by plane, with a
peak of 255: in a mean of the frames' PSNR, a few blank frames restored exactly would outweigh all others.

BD-rate is the mean difference of the rate at equal luma PSNR (Bjøntegaard, VCEG-M33): the logarithm of the rate over
PSNR, interpolated by a monotone piecewise cubic (PCHIP, after Fritsch and Butland), over the PSNR both curves have.

The second table is of lossless sizes: FFV1, in bits a pixel of the reduced clip (all planes) and, with --pictures, of the
luma of reduced pictures. The plot needs matplotlib (Sources/Training/.venv has it and numpy).
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

PRESET = "medium"
# The excerpt is progressive; fine texture, reduced, may look combed, and deinterlacing would cost decibels.
QUIET = ["--deinterlace", "off", "--overwrite", "--progress", "none"]
# PSNR of a plane that is restored exactly in every frame, in dB.
EXACT = 100.0
# Upscaler of downscalers that --pairs leaves out.
PLAIN_UPSCALER = "lanczos3"
WHOLE = "no downscale"
# Rate factors that "no downscale" is tried with first, to find those of the reference's rates; libx264 has 0 to 51.
PROBES = (20, 28, 36, 44, 51)
PICTURES = (".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp")


# Arithmetic


def psnr(error: float) -> float:
    """dB of a mean squared error, peak 255."""
    return EXACT if error == 0 else min(EXACT, 10 * math.log10(255**2 / error))


def mean_square(source: np.ndarray, result: np.ndarray) -> float:
    """Of the error of one plane of a frame: H x W, codes 0 to 255."""
    error = source.astype(np.float64) - result.astype(np.float64)
    return float(np.mean(error * error))


def slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """dy/dx at the points of a monotone piecewise cubic, at least two (Fritsch and Butland, 1984; one-sided at the ends)."""
    h, secant = np.diff(x), np.diff(y) / np.diff(x)
    if len(secant) == 1:
        return np.repeat(secant, 2)
    inner = np.zeros(len(x) - 2)
    same = secant[:-1] * secant[1:] > 0
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    inner[same] = ((w1 + w2)[same]) / (w1[same] / secant[:-1][same] + w2[same] / secant[1:][same])

    def end(h0: float, h1: float, s0: float, s1: float) -> float:
        slope = ((2 * h0 + h1) * s0 - h0 * s1) / (h0 + h1)
        if slope * s0 <= 0:
            return 0.0
        return 3 * s0 if s0 * s1 < 0 and abs(slope) > 3 * abs(s0) else slope

    first = end(h[0], h[1], secant[0], secant[1])
    last = end(h[-1], h[-2], secant[-1], secant[-2])
    return np.concatenate([[first], inner, [last]])


def integral(x: np.ndarray, y: np.ndarray, low: float, high: float) -> float:
    """Of the piecewise cubic through the points, exactly; x rises, low and high lie within it."""
    slope = slopes(x, y)

    def until(limit: float) -> float:
        total = 0.0
        for i in range(len(x) - 1):
            h = x[i + 1] - x[i]
            t = min(max((limit - x[i]) / h, 0.0), 1.0)
            # Hermite's base functions, integrated from 0 to t.
            total += h * (
                y[i] * (t**4 / 2 - t**3 + t)
                + h * slope[i] * (t**4 / 4 - 2 * t**3 / 3 + t**2 / 2)
                + y[i + 1] * (t**3 - t**4 / 2)
                + h * slope[i + 1] * (t**4 / 4 - t**3 / 3)
            )
        return total

    return until(high) - until(low)


def bd_rate(reference: list[tuple[float, float]], other: list[tuple[float, float]]) -> float | None:
    """Percent by which the other's rate differs at equal PSNR; points are (rate, PSNR).

    None where the curves have no PSNR in common, have less than two points, or where PSNR does not rise with the rate.
    """
    curves = []
    for points in (reference, other):
        ordered = sorted(points)
        quality = np.array([point[1] for point in ordered])
        if len(points) < 2 or np.any(np.diff(quality) <= 0):
            return None
        curves.append((quality, np.log([point[0] for point in ordered])))
    low = max(quality[0] for quality, _ in curves)
    high = min(quality[-1] for quality, _ in curves)
    if low >= high:
        return None
    first, second = (integral(quality, rate, low, high) for quality, rate in curves)
    return 100 * (math.exp((second - first) / (high - low)) - 1)


def matching_factors(probes: list[tuple[float, float]], rates: list[float]) -> list[float]:
    """Rate factors at which the rates would come out; probes are (factor, rate), the rate falling."""
    factors, logs = zip(*[(factor, math.log(rate)) for factor, rate in sorted(probes, reverse=True)])
    return [round(float(np.interp(math.log(rate), logs, factors)), 1) for rate in rates]


# Files


def run(command: list) -> bytes:
    """Standard output; ends with what the command said where it fails."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        words = " ".join(map(str, command))
        raise SystemExit(f"{words} failed with status {done.returncode}\n{done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def ffmpeg(*arguments) -> None:
    run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments])


def facts(path: Path) -> dict:
    """Size, frames, seconds and bytes of the video stream; frames that are shown, bytes of all packets."""
    asked = "stream=width,height,avg_frame_rate,field_order:packet=size"
    found = json.loads(
        run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", asked, "-of", "json", path])
    )
    stream = found["streams"][0]
    numerator, denominator = (int(part) for part in stream["avg_frame_rate"].split("/"))
    if numerator == 0 or denominator == 0:
        raise SystemExit(f"{path}: no frame rate")
    packets = [int(packet["size"]) for packet in found["packets"]]
    return {
        "width": stream["width"], "height": stream["height"], "frames": len(packets), "bytes": sum(packets),
        "seconds": len(packets) * denominator / numerator,
        "interlaced": stream.get("field_order", "progressive") not in ("progressive", "unknown"),
    }


def rate(path: Path, seconds: float) -> float:
    """kbit/s of the video's packets."""
    return facts(path)["bytes"] * 8 / 1000 / seconds


def excerpt(clip: Path, out: Path, start: float, duration: float, factor: int) -> dict:
    """Cuts a part of a clip out, 8-bit 4:2:0 without loss, its sides a multiple of twice the factor."""
    if facts(clip)["interlaced"]:
        raise SystemExit(f"{clip}: interlaced; deinterlace it first, so that every line has the same frames")
    step = 2 * factor
    ffmpeg(
        "-ss", start, "-t", duration, "-i", clip, "-map", "0:v:0", "-an", "-sn",
        "-vf", f"crop=trunc(iw/{step})*{step}:trunc(ih/{step})*{step}:0:0", "-pix_fmt", "yuv420p", "-c:v", "ffv1", out,
    )
    found = facts(out)
    if found["frames"] == 0:
        raise SystemExit(f"{clip}: nothing from second {start} on")
    return found


def compare(source: Path, result: Path, width: int, height: int) -> dict:
    """PSNR of Y, U and V over all frames."""
    sizes = [(height, width), ((height + 1) // 2, (width + 1) // 2), ((height + 1) // 2, (width + 1) // 2)]
    length = sum(rows * columns for rows, columns in sizes)
    readers = [
        subprocess.Popen(
            ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough"]
            + ["-pix_fmt", "yuv420p", "-f", "rawvideo", "-"],
            stdout=subprocess.PIPE,
        )
        for path in (source, result)
    ]
    errors = []
    while True:
        frames = [reader.stdout.read(length) for reader in readers]
        if not any(frames):
            break
        if any(len(frame) != length for frame in frames):
            raise SystemExit(f"{result}: not the frames of {source}, after {len(errors)}")
        row, place = [], 0
        for rows, columns in sizes:
            planes = [
                np.frombuffer(frame, np.uint8, rows * columns, place).reshape(rows, columns) for frame in frames
            ]
            row.append(mean_square(*planes))
            place += rows * columns
        errors.append(row)
    for reader in readers:
        if reader.wait() != 0:
            raise SystemExit(f"{result}: could not be decoded")
    if not errors:
        raise SystemExit(f"{result}: no frames")
    return dict(zip(("psnr_y", "psnr_u", "psnr_v"), map(psnr, np.mean(errors, axis=0).tolist())))


# Lines of the table


def reduced_line(arguments: argparse.Namespace, folder: Path, source: Path, size: dict, name: str) -> list[dict]:
    """A downscaler at every rate factor."""
    points = []
    for crf in arguments.crf:
        small, large = folder / "small.mkv", folder / "large.mkv"
        run(
            [arguments.tool, "downscale", source, "-o", small, "--model", name, "--encoder", "libx264", "--crf", crf]
            + ["--encoder-preset", PRESET, *QUIET]
        )
        run(
            [arguments.tool, "upscale", small, "-o", large, "--model", arguments.pairs.get(name, PLAIN_UPSCALER)]
            + ["--scale", factor(name), "--encoder", "ffv1", *QUIET]
        )
        scores = compare(source, large, size["width"], size["height"])
        points.append({"crf": crf, "kbps": rate(small, size["seconds"]), **scores})
        print(f"{name}, crf {crf}: {points[-1]['kbps']:.0f} kbit/s, {scores['psnr_y']:.2f} dB", file=sys.stderr)
    return points


def whole_line(folder: Path, source: Path, size: dict, rates: list[float]) -> list[dict]:
    """libx264 on the source itself, near the rates."""
    coded = folder / "whole.mkv"

    def encode(crf: float) -> float:
        ffmpeg("-i", source, "-c:v", "libx264", "-preset", PRESET, "-crf", crf, coded)
        return rate(coded, size["seconds"])

    points = []
    for crf in matching_factors([(crf, encode(crf)) for crf in PROBES], rates):
        kbps = encode(crf)
        points.append({"crf": crf, "kbps": kbps, **compare(source, coded, size["width"], size["height"])})
    # Rates beyond those of the probes come out as one.
    return [point for i, point in enumerate(points) if point["crf"] not in [other["crf"] for other in points[:i]]]


def lossless_bits(arguments: argparse.Namespace, folder: Path, source: Path, name: str) -> float:
    """Bits a pixel of the reduced source in FFV1."""
    small = folder / "lossless.mkv"
    run([arguments.tool, "downscale", source, "-o", small, "--model", name, "--encoder", "ffv1", *QUIET])
    found = facts(small)
    return found["bytes"] * 8 / (found["frames"] * found["width"] * found["height"])


def picture_bits(arguments: argparse.Namespace, folder: Path, name: str) -> float:
    """The same of the pictures' luma, mean over pictures."""
    luma, bits = folder / "luma.mkv", []
    for path in sorted(arguments.pictures.iterdir()):
        if path.suffix.lower() in PICTURES:
            ffmpeg("-i", path, "-frames:v", "1", "-vf", "format=yuv444p,format=gray", "-c:v", "ffv1", luma)
            bits.append(lossless_bits(arguments, folder, luma, name))
    if not bits:
        raise SystemExit(f"{arguments.pictures}: no pictures")
    return float(np.mean(bits))


def factor(name: str) -> int:
    """Of a downscaler, whose name has it as `2x` between hyphens or at its end."""
    found = [part[:-1] for part in name.split("-") if part.endswith("x") and part[:-1].isdigit()]
    if len(found) != 1:
        raise SystemExit(f"{name}: a downscaler's name says how many times smaller, as in lanczos3-2x")
    return int(found[0])


def measure(arguments: argparse.Namespace, clip: Path) -> dict:
    """All lines of one clip."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source.mkv"
        largest = max(map(factor, arguments.downscalers))
        size = excerpt(clip, source, arguments.start, arguments.duration, largest)
        print(f"{clip.name}: {size['width']}×{size['height']}, {size['frames']} frames", file=sys.stderr)
        lines = {name: reduced_line(arguments, folder, source, size, name) for name in arguments.downscalers}
        reference = lines[arguments.reference]
        lines[WHOLE] = whole_line(folder, source, size, [point["kbps"] for point in reference])
        curve = {name: [(point["kbps"], point["psnr_y"]) for point in points] for name, points in lines.items()}
        return {
            "clip": clip.name, **{key: size[key] for key in ("width", "height", "frames", "seconds")}, "lines": lines,
            "bd_rate": {name: bd_rate(curve[arguments.reference], points) for name, points in curve.items()},
            "lossless_bits": {name: lossless_bits(arguments, folder, source, name) for name in arguments.downscalers},
        }


# Output


def title(name: str, pairs: dict[str, str]) -> str:
    return name if name == WHOLE else f"{name} → {pairs.get(name, PLAIN_UPSCALER)}"


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1f} %"


def rate_table(clips: list[dict], pairs: dict[str, str], reference: str) -> str:
    """Markdown, a row for each clip and line."""
    most = max(len(points) for clip in clips for points in clip["lines"].values())
    lines = [
        f"| clip | line |{' kbit/s: PSNR-Y / U / V in dB |' * most} BD-rate against {reference} |",
        "|---|---|" + "---|" * most + "---:|",
    ]
    for clip in clips:
        for name, points in clip["lines"].items():
            cells = [
                f"{p['kbps']:.0f}: {p['psnr_y']:.2f} / {p['psnr_u']:.2f} / {p['psnr_v']:.2f}" for p in points
            ] + [""] * (most - len(points))
            bd = percent(clip["bd_rate"][name])
            lines.append(f"| {clip['clip']} | {title(name, pairs)} | " + " | ".join(cells) + f" | {bd} |")
    if len(clips) > 1:
        for name in clips[0]["lines"]:
            values = [clip["bd_rate"][name] for clip in clips]
            known = [value for value in values if value is not None]
            mean = percent(float(np.mean(known)) if known else None)
            lines.append(f"| mean of {len(known)} | {title(name, pairs)} |" + " |" * most + f" {mean} |")
    return "\n".join(lines)


def size_table(clips: list[dict], pictures: dict[str, float] | None, folder: str | None) -> str:
    """Markdown, a row for each downscaler: bits a pixel of the small picture."""
    columns = [clip["clip"] for clip in clips] + ([f"luma of {folder}"] if pictures else [])
    lines = ["| FFV1, bits a small pixel | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for name in clips[0]["lossless_bits"]:
        values = [clip["lossless_bits"][name] for clip in clips] + ([pictures[name]] if pictures else [])
        lines.append(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + " |")
    return "\n".join(lines)


def plot(clips: list[dict], pairs: dict[str, str], reference: str, out: Path) -> None:
    """PSNR of luma over the rate, one part a clip."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator, NullFormatter

    columns = min(2, len(clips))
    rows = (len(clips) + columns - 1) // columns
    figure = Figure(figsize=(8 if columns == 1 else 11, 4.5 * rows), layout="constrained")
    # Told apart by the colour-blind (Okabe and Ito, 2008).
    colors = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
    for index, clip in enumerate(clips):
        axes = figure.add_subplot(
            rows, columns, index + 1, title=clip["clip"] if len(clips) > 1 else None, xlabel="kbit/s", ylabel="PSNR-Y in dB",
            xscale="log",
        )
        free = iter(colors * len(clip["lines"]))
        for name, points in clip["lines"].items():
            ordered = sorted((point["kbps"], point["psnr_y"]) for point in points)
            color = {reference: "#888888", WHOLE: "#000000"}.get(name) or next(free)
            style = {reference: "s-", WHOLE: "x--"}.get(name, "o-")
            axes.plot(*zip(*ordered), style, color=color, label=title(name, pairs), markersize=5, linewidth=1.5)
        axes.grid(alpha=0.3, which="both")
        # Rates as they are rather than as powers of ten.
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5, 7)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.legend(fontsize=9, frameon=False)
    figure.savefig(out, metadata={"Date": None} if out.suffix == ".svg" else None)


def names(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def pairs(text: str) -> dict[str, str]:
    found = [part.split("=") for part in names(text)]
    if any(len(part) != 2 for part in found):
        raise argparse.ArgumentTypeError(f"{text}: give DOWNSCALER=UPSCALER,…")
    return {downscaler: upscaler for downscaler, upscaler in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tool", help="the built upluma")
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--downscalers", type=names, default=["car-2x", "lanczos3-2x"])
    parser.add_argument("--pairs", type=pairs, default={}, help="the upscaler of each: DOWNSCALER=UPSCALER,…")
    parser.add_argument("--reference", default="lanczos3-2x", help="the downscaler that BD-rates are against")
    parser.add_argument("--crf", type=numbers, default=[18, 23, 28, 33])
    parser.add_argument("--start", type=float, default=0, help="seconds")
    parser.add_argument("--duration", type=float, default=4, help="seconds")
    parser.add_argument("--pictures", type=Path, help="a folder of pictures for the table of lossless sizes")
    parser.add_argument("--plot", type=Path, help="draw the rate-distortion curves")
    parser.add_argument("--json", type=Path, help="write all numbers there, too")
    arguments = parser.parse_args()
    if arguments.reference not in arguments.downscalers:
        parser.error(f"--reference {arguments.reference}: it is none of the --downscalers")
    if arguments.plot and not find_spec("matplotlib"):
        # Said before the work rather than after it.
        parser.error("--plot: there is no matplotlib here; Sources/Training/.venv/bin/python has it")
    clips = [measure(arguments, clip) for clip in arguments.clips]
    pictures = None
    if arguments.pictures:
        with tempfile.TemporaryDirectory() as folder:
            pictures = {name: picture_bits(arguments, Path(folder), name) for name in arguments.downscalers}
    if arguments.json:
        settings = {key: getattr(arguments, key) for key in ("pairs", "reference", "crf", "start", "duration")}
        found = settings | {"preset": PRESET, "clips": clips, "picture_bits": pictures}
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")
    print(rate_table(clips, arguments.pairs, arguments.reference))
    print()
    print(size_table(clips, pictures, arguments.pictures.name if arguments.pictures else None))
    if arguments.plot:
        plot(clips, arguments.pairs, arguments.reference, arguments.plot)


if __name__ == "__main__":
    main()
