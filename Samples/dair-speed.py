#!/usr/bin/env python3
"""Times DAIR by Upluma, kernels and resampling, beside OpenVINO's FCN alone in the same precision, on the same machine.

Usage: dair-speed.py TOOL [--network dair-5 | --network FILE.safetensors] [--precision bf16,f32] [--size 720x480]
                     [--threads 2] [--rounds 5] [--seconds 2] [--frames 10] [--python PYTHON] [--json FILE]

TOOL is the built `upluma`. It enlarges one plane of luma, samples to samples (`upluma benchmark`); OpenVINO runs
nothing but the convolutions that predict the kernels (`upluma_training yardsticks`), after its result was checked
against double precision. Both run in turn, `rounds` times, each in a process of its own; the ratio of each round is that of the
medians in it, and their median counts. The target is at most 0.90.

PYTHON has the training package's `yardsticks` extra (default: Sources/Training/.venv). Run it on a machine that does
nothing else.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRAINING = ROOT / "Sources" / "Training"
SHIPPED = ROOT / "Sources" / "UplumaNetworks" / "Resources"
PEER = "OpenVINO"
TARGET = 0.9


def weights_file(network: str) -> Path:
    """The file of a name in the catalog, or the one that is named."""
    path = Path(network) if network.endswith(".safetensors") else SHIPPED / f"{network}.safetensors"
    if not path.is_file():
        raise SystemExit(f"{path}: no such weights file")
    return path.resolve()


def report(command: list[str], **settings) -> dict:
    """The JSON that a command prints; ends with what it said where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed with status {done.returncode}\n{done.stderr.strip()}")
    return json.loads(done.stdout)


def run_upluma(arguments: argparse.Namespace, precision: str) -> dict:
    """The fastest way that the tool has to run the network in this precision: one row of its results."""
    results = report(
        [
            arguments.tool, "benchmark", "--json", "--network", arguments.network, "--precision", precision,
            "--size", arguments.size, "--threads", str(arguments.threads), "--seconds", str(arguments.seconds),
        ]
    )["results"]
    return min(results, key=lambda row: row["ms_median"])


def run_peer(arguments: argparse.Namespace, precision: str) -> dict:
    """One row of the yardsticks, and which part of the network it is of."""
    result = report(
        [
            arguments.python, "-m", "upluma_training", "yardsticks", "--json", "--weights",
            str(weights_file(arguments.network)), "--precision", precision, "--runtimes", PEER,
            "--size", arguments.size, "--threads", str(arguments.threads), "--frames", str(arguments.frames),
        ],
        cwd=TRAINING,
        env=os.environ | {"PYTHONPATH": str(TRAINING), "OMP_NUM_THREADS": str(arguments.threads)},
    )
    row = result["results"][0]
    if "unavailable" in row:
        raise SystemExit(f"{PEER}, {precision}: {row['unavailable']}")
    return row | {"part": result["part"]}


def compare(arguments: argparse.Namespace, precision: str) -> dict:
    """All rounds in one precision."""
    pairs = []
    for number in range(arguments.rounds):
        print(f"{precision}, round {number + 1} of {arguments.rounds}", file=sys.stderr)
        pairs.append((run_upluma(arguments, precision), run_peer(arguments, precision)))
    ours, theirs = zip(*pairs)
    ratios = [one["ms_median"] / other["ms_median"] for one, other in pairs]
    return {
        "precision": precision,
        "backend": ours[0]["backend"],
        "peer": f"{PEER} {theirs[0]['version']}: {theirs[0]['part']}",
        "ms": statistics.median(row["ms_median"] for row in ours),
        "peer_ms": statistics.median(row["ms_median"] for row in theirs),
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "peer_relative_error": theirs[0]["relative_error"],
    }


def table(arguments: argparse.Namespace, results: list[dict]) -> str:
    """Markdown, one row for each precision."""
    lines = [
        f"`{arguments.network}`, {arguments.size}, {arguments.threads} threads, {arguments.rounds} rounds",
        "",
        f"| precision | Upluma | {PEER} | ratio | of the rounds | at most {TARGET:.2f} |",
        "|---|---:|---:|---:|---|---|",
    ]
    for row in results:
        spread = f"{min(row['ratios']):.2f} to {max(row['ratios']):.2f}"
        reached = "yes" if row["ratio"] <= TARGET else "no"
        lines.append(
            f"| {row['precision']} | {row['ms']:.1f} ms ({row['backend']}) | {row['peer_ms']:.1f} ms | "
            f"**{row['ratio']:.2f}** | {spread} | {reached} |"
        )
    return "\n".join([*lines, "", results[0]["peer"]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tool", help="the built upluma")
    parser.add_argument("--network", default="dair-5", help="a name in the catalog, or a weights file")
    parser.add_argument("--precision", default="bf16,f32", help="one or more, separated by commas")
    parser.add_argument("--size", default="720x480")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="how long Upluma runs in a round")
    parser.add_argument("--frames", type=int, default=10, help=f"how many {PEER} runs in a round, after three")
    parser.add_argument("--python", default=str(TRAINING / ".venv" / "bin" / "python"))
    parser.add_argument("--json", type=Path, help="write all numbers there, too")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds: at least 1")
    weights_file(arguments.network)
    results = [compare(arguments, precision) for precision in arguments.precision.split(",")]
    if arguments.json:
        facts = {key: getattr(arguments, key) for key in ("network", "size", "threads", "rounds")}
        arguments.json.write_text(json.dumps(facts | {"results": results}, indent=2) + "\n")
    print(table(arguments, results))


if __name__ == "__main__":
    main()
