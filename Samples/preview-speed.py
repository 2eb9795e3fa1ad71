#!/usr/bin/env python3
"""How long it takes until a preview is there, in a long file: opening, looking at fields, searching, one frame on all
threads, drawing, PNG. The clip is repeated to about an hour, once in each container; the longest of some runs counts.

Usage: Samples/preview-speed.py UPLUMA CLIP [RUNS]
  UPLUMA  the program
  CLIP    a video whose codec MP4, Matroska and MPEG-TS hold, such as H.264
  RUNS    of each place, 5 unless told

The files lie in the page cache of the system: a disk's own time comes on top.
"""
import pathlib
import subprocess
import sys
import tempfile
import time

MINUTES = 60
CONTAINERS = ["mp4", "mkv", "ts"]


def seconds_of(path):
    show = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path]
    return float(subprocess.run(show, check=True, capture_output=True, text=True).stdout)


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__.strip())
    tool, clip = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) == 4 else 5
    repeats = max(0, round(60 * MINUTES / seconds_of(clip)) - 1)
    print("| file | place | least | most |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for container in CONTAINERS:
            path = str(pathlib.Path(folder) / f"long.{container}")
            quiet = ["ffmpeg", "-v", "error", "-stream_loop", str(repeats), "-i", clip, "-map", "0:v", "-c", "copy", path]
            subprocess.run(quiet, check=True)
            length = seconds_of(path)
            for place in (0.01, 0.5, 0.99):
                times = []
                for _ in range(runs):
                    command = [tool, "preview", path, "--at", f"{place * length:.3f}", "--model", "sp-vdsr"]
                    command += ["--no-estimate", "--overwrite", "-o", str(pathlib.Path(folder) / "out.png")]
                    start = time.monotonic()
                    subprocess.run(command, check=True, capture_output=True)
                    times.append(time.monotonic() - start)
                minutes = place * length / 60
                print(f"| {container} | minute {minutes:.0f} | {min(times):.2f} s | {max(times):.2f} s |", flush=True)
            pathlib.Path(path).unlink()


if __name__ == "__main__":
    main()
