#!/usr/bin/env python3
"""Times Lanczos 3 of one 4:2:0 frame to twice its size: Upluma beside FFmpeg's zscale and scale.

Usage: filters.py TOOLS [--size 1920x1080] [--threads 1,2] [--bit-depth 8,10] [--rounds 5] [--json]

TOOLS is the folder of the built programs. FFmpeg's filters run alone: one raw frame, repeated by the `loop` filter, is
filtered and dropped; the time of a frame is the difference between a long and a short run, so that starting the program
and making tables do not count. Upluma's frames come from `benchmark --what stages`, luma and both chroma planes, filtered
and dropped as well: all threads on one frame (strips), as FFmpeg's filters do it, and a frame on each thread (in flight),
as `upluma upscale` does it. All run in turn, ROUNDS times; printed are medians, and their ratios to the fastest FFmpeg
filter.

`scale` is asked for what it computes by default, and once for exact rounding and full chroma (accurate_rnd,
full_chroma_int, full_chroma_inp); zscale (zimg) always rounds exactly. Run it on a machine that does nothing else.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

EXACT = "accurate_rnd+full_chroma_int+full_chroma_inp"
FORMATS = {8: "yuv420p", 10: "yuv420p10le"}
# Frames of the short and of the long run.
SHORT, LONG = 10, 70


def filters(width: int, height: int) -> dict[str, str]:
    """Name to FFmpeg filter."""
    size = f"{2 * width}:{2 * height}"
    return {
        "ffmpeg zscale": f"zscale={size}:filter=lanczos",
        "ffmpeg scale": f"scale={size}:flags=lanczos",
        "ffmpeg scale, exact": f"scale={size}:flags=lanczos+{EXACT}",
    }


def make_frame(path: Path, width: int, height: int, pixel_format: str) -> None:
    """One frame of a test picture with noise on it."""
    source = f"testsrc2=size={width}x{height},noise=alls=8"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1", "-pix_fmt", pixel_format]
    subprocess.run([*command, "-f", "rawvideo", path], check=True)


def ffmpeg_ms(frame: Path, width: int, height: int, pixel_format: str, name: str, threads: int) -> float:
    """Milliseconds a frame."""

    def seconds(frames: int) -> float:
        graph = f"loop=loop={frames - 1}:size=1:start=0,{name}"
        source = ["-f", "rawvideo", "-pix_fmt", pixel_format, "-s", f"{width}x{height}", "-i", frame]
        start = time.monotonic()
        subprocess.run(
            ["ffmpeg", "-v", "error", "-nostdin", "-filter_threads", str(threads), *source, "-vf", graph, "-f", "null", "-"],
            check=True,
        )
        return time.monotonic() - start

    short = seconds(SHORT)
    return 1000 * (seconds(LONG) - short) / (LONG - SHORT)


def upluma_ms(tools: str, width: int, height: int, depth: int, threads: int) -> dict[str, float]:
    """Stage to milliseconds a frame; on one thread both are the same."""
    done = subprocess.run(
        [
            f"{tools}/upluma", "benchmark", "--what", "stages", "--network", "lanczos3", "--size", f"{width}x{height}",
            "--bit-depth", str(depth), "--threads", str(threads), "--json",
        ],
        stdout=subprocess.PIPE,
        check=True,
    )
    stages = {row["stage"]: row["ms_median"] for row in json.loads(done.stdout)["stages"]}
    names = {"upluma, strips": "frame in strips", "upluma, in flight": "frames in flight"}
    return {name: stages[stage if threads > 1 else "frame"] for name, stage in names.items()}


def measure(tools: str, width: int, height: int, depth: int, threads: int, rounds: int) -> dict[str, float]:
    """Name to the median of all rounds, in milliseconds a frame."""
    times: dict[str, list[float]] = {}
    pixel_format = FORMATS[depth]
    with tempfile.TemporaryDirectory() as folder:
        frame = Path(folder) / "frame.yuv"
        make_frame(frame, width, height, pixel_format)
        for _ in range(rounds):
            for name, value in upluma_ms(tools, width, height, depth, threads).items():
                times.setdefault(name, []).append(value)
            for name, graph in filters(width, height).items():
                value = ffmpeg_ms(frame, width, height, pixel_format, graph, threads)
                times.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in times.items()}


def table(results: list[dict]) -> str:
    """Markdown: a row for each way, milliseconds and the ratio to FFmpeg's fastest."""
    lines = ["| | " + " | ".join(f"{r['bit_depth']} bit, {r['threads']} threads" for r in results) + " |"]
    lines.append("|---" * (1 + len(results)) + "|")
    for name in results[0]["ms"]:
        cells = [f"{r['ms'][name]:.2f} ms ({r['ms'][name] / r['fastest_ffmpeg_ms']:.2f})" for r in results]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tools", help="the folder of the built programs")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--bit-depth", type=numbers, default=[8, 10])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.size.split("x"))
    results = []
    for depth in arguments.bit_depth:
        for threads in arguments.threads:
            ms = measure(arguments.tools, width, height, depth, threads, arguments.rounds)
            fastest = min(value for name, value in ms.items() if name.startswith("ffmpeg"))
            results.append({"bit_depth": depth, "threads": threads, "ms": ms, "fastest_ffmpeg_ms": fastest})
    print(json.dumps({"width": width, "height": height, "results": results}, indent=2) if arguments.json else table(results))


if __name__ == "__main__":
    main()
