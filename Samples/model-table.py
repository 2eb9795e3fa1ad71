#!/usr/bin/env python3
"""Measures every model and writes the table of Docs/Models.md, and its plot of quality against time.

Usage: model-table.py TOOL PICTURES [--scale N] [--models A,B,…] [--plot OUT.svg]

TOOL is the built `upluma`; PICTURES holds the folders set5, set14 and bsd100 (those that are there are measured). Times
are those of `benchmark`: luma of a 720×480 picture in float32 by the fused executor, all threads, median; at another scale than 2 they are left out. The
plot needs matplotlib (Sources/Training/.venv has it). Run it on a machine that does nothing else.
"""

import argparse
import json
import subprocess
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

SETS = {"set5": "Set5", "set14": "Set14", "bsd100": "BSD100"}
BASELINES = ("bicubic", "lanczos3")


def tool(*command: str) -> dict | list:
    """The JSON that a command prints."""
    done = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def catalog(program: str, scale: int) -> dict[str, dict]:
    """Networks that have weights of their own for the scale: name to {parameters, operations_per_input_pixel}."""
    found = {}
    for model in tool(program, "models"):
        for weights in model.get("weights", []):
            if weights["scale"] == scale:
                found[model["name"]] = weights
    return found


def times(program: str, names: list[str]) -> dict[str, float]:
    """Name to milliseconds a 480p frame."""
    # One way of each network: else the last of several would count.
    ways = ("--backend", "fused,fir", "--precision", "f32")
    results = tool(program, "benchmark", "--network", ",".join(names), *ways)["results"]
    return {result["network"]: result["ms_median"] for result in results}


def scores(program: str, folders: list[Path], scale: int, names: list[str]) -> dict[str, dict]:
    """Set to the models' means."""
    command = [program, "evaluate", *map(str, folders), "--scale", str(scale), "--models", ",".join(names)]
    return {name: part["models"] for name, part in tool(*command)["sets"].items()}


def rounded(value: float, digits: int) -> Decimal:
    """Halves up, as the tool's own tables."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def table(networks: dict, milliseconds: dict, sets: dict, names: list[str]) -> str:
    """Markdown, one row for each model."""
    present = [name for name in SETS if name in sets]
    lines = ["| model | parameters | operations a pixel | ms a 480p frame | " + " | ".join(SETS[n] for n in present) + " |"]
    lines.append("|---|" + "---:|" * 3 + "---|" * len(present))
    for name in names:
        network, ms = networks.get(name, {}), milliseconds.get(name)
        cells = [
            f"`{name}`",
            f"{network['parameters']:,}" if network else "",
            f"{network['operations_per_input_pixel']:,}" if network else "",
            f"{ms:.1f}" if ms is not None else "",
        ]
        for key in present:
            score = sets[key][name]
            cells.append(f"{rounded(score['psnr_y'], 2)} / {rounded(score['ssim_y'], 4)}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def plot(milliseconds: dict, sets: dict, names: list[str], out: Path) -> None:
    """PSNR on Set5 against time, by name."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot(
        xlabel="ms a frame, 720×480 to 1440×960, two cores", ylabel="Set5, PSNR-Y in dB", xscale="log"
    )
    for name in names:
        own = name.startswith("sp-vdsr")
        point = (milliseconds[name], sets["set5"][name]["psnr_y"])
        axes.plot(*point, "o" if own else "s", color="#1f6feb" if own else "#888888")
        axes.annotate(name, point, textcoords="offset points", xytext=(6, -3), fontsize=9)
    axes.grid(alpha=0.3, which="both")
    axes.margins(x=0.15, y=0.08)
    figure.savefig(out, metadata={"Date": None} if out.suffix == ".svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tool", help="the built upluma")
    parser.add_argument("pictures", type=Path, help="holds set5, set14, bsd100")
    parser.add_argument("--scale", type=int, default=2)
    parser.add_argument("--models", help="names separated by commas (default: every network of the scale)")
    parser.add_argument("--plot", type=Path, help="draw Set5 against time")
    arguments = parser.parse_args()
    folders = [arguments.pictures / name for name in SETS if (arguments.pictures / name).is_dir()]
    if not folders:
        raise SystemExit(f"{arguments.pictures}: none of the folders {', '.join(SETS)}")
    networks = catalog(arguments.tool, arguments.scale)
    names = arguments.models.split(",") if arguments.models else [*BASELINES, *networks]
    milliseconds = times(arguments.tool, names) if arguments.scale == 2 else {}
    sets = scores(arguments.tool, folders, arguments.scale, names)
    print(table(networks, milliseconds, sets, names))
    if arguments.plot:
        plot(milliseconds, sets, names, arguments.plot)


if __name__ == "__main__":
    main()
