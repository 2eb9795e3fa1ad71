#!/usr/bin/env python3
"""How many frames a second a batch makes with one worker and with two, and how near two come to what the processors allow.

Usage: Samples/batch-speed.py UPLUMA CLIP [--files N] [--seconds S] [--rounds R] [-- OPTION...]
       Samples/batch-speed.py UPLUMA --plan N

Cuts short files out of CLIP (any video), and works through them as `upluma batch` does: by one worker with one thread, and by
two. What one worker needs of the processors for a frame (user and system time of all its processes) says how many frames a
second two processors can make at most, and twice its speed is what two workers can make at most: the lesser is the limit.
Rounds alternate, since a machine's speed changes by the minute; the medians are printed.

With --plan, how long it takes to plan a batch of so many files, and to plan it again, and how much memory that takes.
"""
import argparse
import os
import resource
import statistics
import subprocess
import tempfile
import time


def cut(clip, folder, files, seconds):
    """Short files, from places all over the clip, coded anew so that each begins with its first frame."""
    for index in range(files):
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-ss", str(index * seconds), "-t", str(seconds), "-i", clip,
             "-c:v", "mpeg2video", "-q:v", "4", "-c:a", "mp2", f"{folder}/{index:02}.mpg"], check=True)


def frames(folder):
    total = 0
    for name in os.listdir(folder):
        out = subprocess.run(
            ["ffprobe", "-v", "error", "-select_streams", "v", "-count_packets", "-show_entries",
             "stream=nb_read_packets", "-of", "csv=p=0", f"{folder}/{name}"],
            check=True, capture_output=True, text=True).stdout
        total += int(out.split(",")[0])
    return total


def run(upluma, source, jobs, options):
    """Wall-clock and processor seconds of a batch."""
    with tempfile.TemporaryDirectory() as output:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        subprocess.run(
            [upluma, "batch", source, "-o", output + "/out", "--jobs", str(jobs), "--threads", str(jobs),
             "--progress", "none", *options], check=True, stderr=subprocess.DEVNULL)
        wall = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def plan(upluma, count):
    """Plans a batch of empty files, a thousand in each folder, twice."""
    with tempfile.TemporaryDirectory() as folder:
        for index in range(count):
            box = f"{folder}/tapes/box {index // 1000:03}"
            if index % 1000 == 0:
                os.makedirs(box)
            open(f"{box}/recording number {index % 1000:04}.avi", "w").close()
        for what in ("planned", "planned again"):
            started = time.monotonic()
            subprocess.run(
                [upluma, "batch", "plan", folder + "/tapes", "-o", folder + "/out", "--progress", "none"], check=True,
                stdout=subprocess.DEVNULL)
            wall = time.monotonic() - started
            # Of the largest process so far, in KiB.
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
            print(f"{count} files {what} in {wall:.1f} s, at most {peak / 1e6:.0f} MB of memory")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("upluma")
    parser.add_argument("clip", nargs="?")
    parser.add_argument("--plan", type=int)
    parser.add_argument("--files", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    arguments, options = parser.parse_known_args()
    options = [option for option in options if option != "--"]
    if arguments.plan:
        return plan(arguments.upluma, arguments.plan)
    if not arguments.clip:
        parser.error("name a clip, or give --plan")
    with tempfile.TemporaryDirectory() as folder:
        cut(arguments.clip, folder, arguments.files, arguments.seconds)
        count = frames(folder)
        one, two = [], []
        for _ in range(arguments.rounds):
            one.append(run(arguments.upluma, folder, 1, options))
            two.append(run(arguments.upluma, folder, 2, options))
    single = count / statistics.median(wall for wall, _ in one)
    pair = count / statistics.median(wall for wall, _ in two)
    work = statistics.median(used for _, used in one) / count
    limit = min(2 * single, 2 / work)
    print(f"{count} frames in {arguments.files} files")
    print(f"one worker   {single:6.1f} frames a second, {1000 * work:.1f} ms of a processor for each")
    print(f"two workers  {pair:6.1f} frames a second")
    print(f"limit        {limit:6.1f} frames a second: two workers reach {pair / limit:.2f} of it")


if __name__ == "__main__":
    main()
