#!/usr/bin/env python3
"""Times Upluma's networks beside ONNX Runtime, OpenVINO, ncnn and PyTorch, on the same machine in one go.

Usage: peers.py [--networks 1-8x5-4,1-64x4-100,1-64x19-4] [--size 720x480] [--threads 2] [--rounds 5] [--seconds 2]
                [--peers NAME,…] [--tool UPLUMA] [--json FILE]

Installs the other engines from PyPI into the training package's virtual environment (Sources/Training/.venv, made if
missing), builds the tool unless one is named, checks that every engine computes the same thing, then lets all of them run in turn:
each in a process of its own, `rounds` times, the median of the medians counts. Networks are chains of 3x3 convolutions with
leaky ReLUs and seeded weights, written as for `upluma benchmark`: 1-8x5-4 is SP-VDSR's 1→8→8→8→8→8→4. Input is one luma
plane, output the last layer's channels; Upluma's time includes the conversion of 8-bit samples.

Prints a Markdown table: milliseconds a frame, in brackets the multiple of Upluma's fastest time in the same precision (in
f32 where Upluma has none of that), then the ratios of Upluma to the fastest peer. Run it on a machine that does nothing else.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRAINING = ROOT / "Sources" / "Training"
PYTHON = TRAINING / ".venv" / "bin" / "python"
NETWORKS = "1-8x5-4,1-64x4-100,1-64x19-4"
SLOPE = 0.3
# Root mean square of the error over that of the exact result: other orders of summation; eight bits of mantissa, or 256
# steps for each feature, in up to twenty layers.
TOLERANCE = {"f32": 1e-4, "bf16": 0.1, "int8": 0.4}
# Rows and columns of the plane that engines are checked on.
CHECK_SIZE = (72, 104)


def channels(network: str) -> list[int]:
    """Channels of the input and after each layer."""
    result = []
    for part in network.split("-"):
        width, _, count = part.partition("x")
        result += [int(width)] * int(count or 1)
    return result


def operations_per_pixel(network: str) -> int:
    """A multiply-add counts as two."""
    widths = channels(network)
    return sum(18 * a * b for a, b in zip(widths, widths[1:]))


def install() -> None:
    """The virtual environment with the peers in it; quiet when all is there."""
    subprocess.run([str(TRAINING / "setup.sh")], check=True)
    wanted = "import ncnn, onnx, onnxruntime, openvino, upluma_training"
    if subprocess.run([PYTHON, "-c", wanted], capture_output=True).returncode != 0:
        pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
        subprocess.run([*pip, "--editable", f"{TRAINING}[yardsticks]"], check=True)


def build() -> str:
    """The tool, built."""
    command = ["swift", "build", "--package-path", str(ROOT), "-c", "release"]
    subprocess.run([*command, "--quiet", "--product", "upluma"], check=True, stdout=sys.stderr)
    shown = subprocess.run([*command, "--show-bin-path"], check=True, stdout=subprocess.PIPE, text=True)
    return f"{shown.stdout.strip()}/upluma"


# In the virtual environment: one peer, one network.


def seeded_layers(network: str):
    """Weights that keep features about the size of the input: (OIHW, O) for each layer."""
    import numpy as np
    import torch

    noise = np.random.default_rng(1)
    layers = []
    widths = channels(network)
    for inputs, outputs in zip(widths, widths[1:]):
        bound = (6 / (9 * inputs)) ** 0.5
        weight = noise.uniform(-bound, bound, (outputs, inputs, 3, 3)).astype(np.float32)
        bias = noise.uniform(-0.01, 0.01, outputs).astype(np.float32)
        layers.append((torch.from_numpy(weight), torch.from_numpy(bias)))
    return layers


def seeded_plane(height: int, width: int):
    """A picture of shades and edges with some noise, 0 to 1, 1 x 1 x H x W."""
    import numpy as np

    y, x = np.mgrid[0:height, 0:width]
    plane = 0.5 + 0.3 * np.sin(x / 17 + y / 29) + 0.15 * ((x // 24 + y // 16) % 2)
    plane += np.random.default_rng(2).uniform(-0.05, 0.05, plane.shape)
    return np.clip(plane, 0, 1).astype(np.float32)[None, None]


def peers() -> dict[str, tuple]:
    """Name with precision to (precision, prepare)."""
    from upluma_training.runtimes import REDUCED_RUNTIMES, RUNTIMES

    found = {f"{name}, f32": ("f32", prepare) for name, prepare in RUNTIMES.items()}
    for precision, runtimes in REDUCED_RUNTIMES.items():
        for name, prepare in runtimes.items():
            found[name if precision in name else f"{name}, {precision}"] = (precision, prepare)
    return found


def exact_result(layers, plane):
    """The chain in double precision."""
    import torch
    from torch.nn import functional as F

    with torch.inference_mode():
        features = torch.from_numpy(plane).double()
        for weight, bias in layers[:-1]:
            features = F.leaky_relu(F.conv2d(features, weight.double(), bias.double(), padding=1), SLOPE)
        weight, bias = layers[-1]
        return F.conv2d(features, weight.double(), bias.double(), padding=1).numpy()


def check(name: str, network: str, threads: int) -> dict:
    """{version, precision, error}, or {unavailable}."""
    import numpy as np

    precision, prepare = peers()[name]
    layers, plane = seeded_layers(network), seeded_plane(*CHECK_SIZE)
    version, run = prepare(layers, SLOPE, 1, plane, threads)
    expected = exact_result(layers, plane)
    result = run()
    if result.shape != expected.shape:
        raise ValueError(f"{name} gives {result.shape}, not {expected.shape}")
    error = float(np.sqrt(np.mean((result - expected) ** 2) / np.mean(expected**2)))
    if not error <= TOLERANCE[precision]:
        raise ValueError(f"{name} computes something else: off by {error:.2g} of the result")
    return {"version": version, "precision": precision, "error": error}


def run_times(run, seconds: float) -> list[float]:
    """Milliseconds of at least three runs, after two that warm up."""
    for _ in range(2):
        run()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return times


def child(task: str, name: str, network: str, size: tuple[int, int], threads: int, seconds: float) -> None:
    """Prints one JSON object."""
    from upluma_training.runtimes import Unavailable

    try:
        if task == "check":
            result = check(name, network, threads)
        else:
            _, prepare = peers()[name]
            _, run = prepare(seeded_layers(network), SLOPE, 1, seeded_plane(size[1], size[0]), threads)
            result = {"ms": statistics.median(run_times(run, seconds))}
    except Unavailable as error:
        result = {"unavailable": str(error)}
    print(json.dumps(result))


# Outside: all in turn.


class Comparison:
    """Rows are engines with a precision; cells are the medians of all rounds."""

    def __init__(self, arguments: argparse.Namespace, tool: str) -> None:
        self.arguments = arguments
        self.tool = tool
        self.networks = arguments.networks.split(",")
        self.times: dict[str, dict[str, list[float]]] = {}
        self.precisions: dict[str, str] = {}
        self.facts: dict[str, dict] = {}
        self.machine: dict = {}

    def run(self) -> None:
        names = self.wanted_peers()
        present = [(name, network) for name in names for network in self.networks if self.is_there(name, network)]
        for number in range(self.arguments.rounds):
            print(f"round {number + 1} of {self.arguments.rounds}", file=sys.stderr)
            for network in self.networks:
                self.run_upluma(network)
                for name in (name for name, known in present if known == network):
                    self.add(name, network, self.child("time", name, network)["ms"])

    def wanted_peers(self) -> list[str]:
        listed = subprocess.run([PYTHON, __file__, "--list"], check=True, stdout=subprocess.PIPE, text=True)
        names = listed.stdout.splitlines()
        if not self.arguments.peers:
            return names
        return [name for name in names if any(name.startswith(peer) for peer in self.arguments.peers.split(","))]

    def is_there(self, name: str, network: str) -> bool:
        facts = self.child("check", name, network)
        self.facts.setdefault(name, {})[network] = facts
        if "unavailable" in facts:
            print(f"{name}: {facts['unavailable']}", file=sys.stderr)
            return False
        self.precisions[name] = facts["precision"]
        return True

    def child(self, task: str, name: str, network: str) -> dict:
        threads = str(self.arguments.threads)
        done = subprocess.run(
            [
                PYTHON, __file__, "--child", task, name, "--networks", network, "--size", self.arguments.size,
                "--threads", threads, "--seconds", str(self.arguments.seconds),
            ],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if task == "check" else subprocess.DEVNULL,
            env=os.environ | {"OMP_NUM_THREADS": threads},
            text=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    def run_upluma(self, network: str) -> None:
        done = subprocess.run(
            [
                self.tool, "benchmark", "--json", "--network", network, "--size", self.arguments.size, "--threads",
                str(self.arguments.threads), "--seconds", str(self.arguments.seconds),
            ],
            check=True,
            stdout=subprocess.PIPE,
        )
        report = json.loads(done.stdout)
        self.machine = {"cpu": report["cpu"], "peak_gflops": report["peak_gflops"]}
        for row in report["results"]:
            name = f"Upluma {row['backend']}, {row['precision']}"
            self.precisions[name] = row["precision"]
            self.add(name, network, row["ms_median"])

    def add(self, name: str, network: str, milliseconds: float) -> None:
        self.times.setdefault(name, {}).setdefault(network, []).append(milliseconds)

    def median(self, name: str, network: str) -> float | None:
        values = self.times.get(name, {}).get(network)
        return statistics.median(values) if values else None

    def fastest(self, network: str, precision: str | None, upluma: bool, prefix: str = "") -> float | None:
        """Of Upluma's rows, or of the others whose name begins with `prefix`; any precision where None."""
        values = [
            self.median(name, network)
            for name in self.times
            if name.startswith("Upluma") == upluma
            and name.startswith("" if upluma else prefix)
            and precision in (None, self.precisions[name])
        ]
        return min((value for value in values if value is not None), default=None)

    def ratios(self, network: str) -> dict[str, float | None]:
        """Upluma's times over the peers'."""
        pairs = {
            "f32 over the fastest f32 peer": (self.fastest(network, "f32", True), self.fastest(network, "f32", False)),
            "fastest over OpenVINO bf16": (
                self.fastest(network, None, True),
                self.fastest(network, "bf16", False, "OpenVINO"),
            ),
        }
        return {key: ours / theirs if ours and theirs else None for key, (ours, theirs) in pairs.items()}

    def table(self) -> str:
        gigaflop = {
            network: operations_per_pixel(network) * self.pixels / 1e9 for network in self.networks
        }
        heads = [f"{network} ({gigaflop[network]:.3g} GFLOP)" for network in self.networks]
        lines = ["| | " + " | ".join(heads) + " |", "|---" + "|---:" * len(heads) + "|"]
        order = sorted(self.times, key=lambda name: (not name.startswith("Upluma"), list(TOLERANCE).index(self.precisions[name])))
        for name in order:
            version = next((facts.get("version") for facts in self.facts.get(name, {}).values()), None)
            cells = [self.cell(name, network) for network in self.networks]
            lines.append(f"| {name}{f' ({version})' if version else ''} | " + " | ".join(cells) + " |")
        for key in self.ratios(self.networks[0]):
            values = [self.ratios(network)[key] for network in self.networks]
            lines.append(f"| **{key}** | " + " | ".join("" if v is None else f"**{v:.2f}**" for v in values) + " |")
        return "\n".join(lines)

    def cell(self, name: str, network: str) -> str:
        value = self.median(name, network)
        if value is None:
            return ""
        ours = self.fastest(network, self.precisions[name], True) or self.fastest(network, "f32", True)
        times = "" if name.startswith("Upluma") or not ours else f" ({value / ours:.2f}×)"
        return f"{value:.1f} ms{times}"

    @property
    def pixels(self) -> int:
        width, height = parsed_size(self.arguments.size)
        return width * height

    def as_object(self) -> dict:
        width, height = parsed_size(self.arguments.size)
        return self.machine | {
            "width": width,
            "height": height,
            "threads": self.arguments.threads,
            "rounds": self.arguments.rounds,
            "networks": {
                network: {
                    "gflop": operations_per_pixel(network) * self.pixels / 1e9,
                    "ratios": self.ratios(network),
                    "results": [
                        {
                            "engine": name,
                            "precision": self.precisions[name],
                            "ms_median": self.median(name, network),
                            "ms_rounds": self.times[name][network],
                        }
                        | {key: self.facts.get(name, {}).get(network, {}).get(key) for key in ("version", "error")}
                        for name in self.times
                        if network in self.times[name]
                    ],
                }
                for network in self.networks
            },
        }


def parsed_size(text: str) -> tuple[int, int]:
    """Width and height."""
    width, height = (int(part) for part in text.split("x"))
    return width, height


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", default=NETWORKS)
    parser.add_argument("--size", default="720x480")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="how long each engine runs in a round")
    parser.add_argument("--peers", help="only engines whose names begin so, separated by commas")
    parser.add_argument("--tool", help="the built upluma (default: it is built first)")
    parser.add_argument("--json", type=Path, help="write all numbers there, too")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(peers()))
    elif arguments.child:
        task, name = arguments.child
        size = parsed_size(arguments.size)
        child(task, name, arguments.networks, size, arguments.threads, arguments.seconds)
    else:
        install()
        comparison = Comparison(arguments, arguments.tool or build())
        comparison.run()
        if arguments.json:
            arguments.json.write_text(json.dumps(comparison.as_object(), indent=2) + "\n")
        print(comparison.table())


if __name__ == "__main__":
    main()
