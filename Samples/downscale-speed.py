#!/usr/bin/env python3
"""Frames a second, and the most memory, of downscalers on a 1920x1080 clip that FFmpeg draws, to a pipe.

    Samples/downscale-speed.py TOOL [--downscalers car-2x,lanczos3-2x] [--frames 48] [--rounds 3]
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


def drawn(folder: Path, frames: int) -> Path:
    """A clip of moving noise and lines, coded without loss so that decoding it takes next to nothing."""
    path = folder / "source.mkv"
    graph = f"mandelbrot=s=1920x1080:rate=24,noise=alls=8:allf=t,trim=end_frame={frames},format=yuv420p"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", graph, "-c:v", "rawvideo", str(path)]
    subprocess.run(command, check=True)
    return path


def seconds(tool: str, source: Path, downscaler: str, threads: int) -> tuple[float, int]:
    """(wall seconds, peak resident bytes) of one run."""
    command = [tool, "downscale", str(source), "-o", "-", "--model", downscaler, "--threads", str(threads)]
    command += ["--deinterlace", "off", "--progress", "none"]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed with {status}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main() -> None:
    """Prints a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", help="the built upluma")
    parser.add_argument("--downscalers", default="car-2x,car-4x,lanczos3-2x")
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", default="1,2")
    arguments = parser.parse_args()
    print("| downscaler | threads | frames a second | slowest, fastest round | peak resident, MB |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        source = drawn(Path(folder), arguments.frames)
        for name in arguments.downscalers.split(","):
            for threads in map(int, arguments.threads.split(",")):
                runs = [seconds(arguments.tool, source, name, threads) for _ in range(arguments.rounds)]
                rates = sorted(arguments.frames / time_taken for time_taken, _ in runs)
                print(
                    f"| `{name}` | {threads} | {statistics.median(rates):.1f} | {rates[0]:.1f}, {rates[-1]:.1f} |"
                    f" {max(peak for _, peak in runs) / 1e6:.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
