#!/usr/bin/env python3
"""Prints what each precision costs each network in PSNR, as a Markdown table: what `--precision auto` goes by.

Usage: precision-table.py TOOL INPUT… [--models NAME,…] [--every N]

TOOL is the built program; an INPUT is a folder of pictures or a clip, scored by `upluma evaluate` at every scale the
network has weights for, frames that are blank left out. A figure is the mean PSNR-Y of f32 less that of the precision, in
dB; `worst` is the largest of a network's, which belongs into `ModelCatalog`. A precision that a network has not, or the processor, is left out.
"""

import argparse
import json
import statistics
import subprocess
import sys


# A frame that f32 enlarges better than this, in dB, is blank: its figure hangs on single pixels.
BLANK = 60


def evaluate(tool: str, source: str, scale: int, model: str, precision: str, every: int) -> dict[str, float]:
    """PSNR-Y by picture or frame; empty where the precision cannot be had."""
    command = [tool, "evaluate", source, "--scale", str(scale), "--models", model, "--precision", precision]
    run = subprocess.run([*command, "--every", str(every), "--json"], capture_output=True, text=True)
    if run.returncode != 0:
        if precision == "f32":
            sys.exit(run.stderr)
        return {}
    images = json.loads(run.stdout)["models"][model]["images"]
    return {name: score["psnr_y"] for name, score in images.items() if score["psnr_y"] is not None}


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("tool")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--models")
    parser.add_argument("--every", type=int, default=24)
    arguments = parser.parse_args()
    cards = json.loads(subprocess.run([arguments.tool, "models", "--json"], capture_output=True, check=True).stdout)
    wanted = arguments.models.split(",") if arguments.models else None
    networks = [card for card in cards if card["family"] != "fir" and (wanted is None or card["name"] in wanted)]
    names = [source.rstrip("/").split("/")[-1] for source in arguments.inputs]
    print("| network | scale | " + " | ".join(f"{name}: f32, bf16, int8" for name in names) + " | worst bf16, int8 |")
    print("|---" * (len(names) + 3) + "|")
    for card in networks:
        for scale in card["scales"]:
            cells, worst = [], {"bf16": [], "int8": []}
            for source in arguments.inputs:
                exact = evaluate(arguments.tool, source, scale, card["name"], "f32", arguments.every)
                exact = {name: value for name, value in exact.items() if value < BLANK}
                texts = [f"{statistics.mean(exact.values()):.3f}"]
                for precision, costs in worst.items():
                    found = evaluate(arguments.tool, source, scale, card["name"], precision, arguments.every)
                    if found:
                        costs.append(statistics.mean(value - found[name] for name, value in exact.items()))
                    texts.append(f"{costs[-1]:+.3f}" if found else "-")
                cells.append(", ".join(texts))
            summary = ", ".join(f"{max(costs):+.3f}" if costs else "-" for costs in worst.values())
            print(f"| {card['name']} | {scale} | " + " | ".join(cells) + f" | {summary} |", flush=True)


if __name__ == "__main__":
    main()
