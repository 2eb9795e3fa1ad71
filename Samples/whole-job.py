#!/usr/bin/env python3
"""Times the whole job, decode to mux, against FFmpeg's own Lanczos with the same encoder settings.

Usage: whole-job.py TOOLS CLIP [ROUNDS]     (TOOLS: the folder of the built programs)

Both commands run in turn, ROUNDS times (default 3). Printed are the median of wall time and processor time, the largest
resident memory of the process, and the ratio of the wall times, pair by pair.
"""

import os
import statistics
import sys
import tempfile
import time


def measure(command: list[str]) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and peak resident bytes of one run."""
    start = time.monotonic()
    pid = os.posix_spawnp(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - start
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed with status {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main() -> None:
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    tools, clip = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) == 4 else 3
    with tempfile.TemporaryDirectory() as folder:
        encoder = ["-c:v", "libx264", "-preset", "medium", "-crf", "16"]
        scale = ["-vf", "scale=iw*2:ih*2:flags=lanczos"]
        commands = {
            "ffmpeg lanczos": ["ffmpeg", "-y", "-nostdin", "-i", clip, *scale, *encoder, "-c:a", "copy", f"{folder}/a.mkv"],
            "upluma sp-vdsr": [
                f"{tools}/upluma", "upscale", clip, "-o", f"{folder}/b.mkv", "--overwrite", "--encoder-preset", "medium",
                "--crf", "16", "--progress", "none",
            ],
        }
        runs: dict[str, list[tuple[float, float, int]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                runs[name].append(measure(command))
        for name, results in runs.items():
            wall, processor = (statistics.median(run[index] for run in results) for index in (0, 1))
            memory = max(run[2] for run in results) / 1e6
            print(f"{name}: {wall:.1f} s wall, {processor:.1f} s processor, {memory:.0f} MB peak memory")
        ratios = [b[0] / a[0] for a, b in zip(*runs.values())]
        print(f"ratio of wall times: median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
