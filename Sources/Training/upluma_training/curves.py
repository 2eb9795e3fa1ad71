"""`curves`: the learning curves of runs, drawn together."""

import csv
from pathlib import Path

from .train import CURVE

AXES = {"minutes": "minutes of training", "step": "steps"}
SCORES = {"held_out": "held-out pictures, PSNR-Y in dB", "set5": "Set5, PSNR-Y in dB"}


def read(folder: Path) -> list[dict[str, float]]:
    """The rows of a run's curve; empty cells are left out of their row."""
    path = Path(folder) / CURVE
    if not path.exists():
        raise FileNotFoundError(f"{path}: no learning curve; `train --out {folder}` writes one")
    with open(path, encoding="utf-8", newline="") as file:
        return [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(file)]


def draw(folders: list[Path], out: Path, x: str = "minutes", y: str = "held_out") -> None:
    """Writes the picture `out` (SVG, PNG or PDF by its ending): one line for each run."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot(xlabel=AXES[x], ylabel=SCORES[y])
    for folder in folders:
        rows = [row for row in read(folder) if x in row and y in row]
        if not rows:
            raise ValueError(f"{folder}: its curve has no column {y}")
        last = f"{Path(folder).name}: {rows[-1][y]:.2f}"
        axes.plot([row[x] for row in rows], [row[y] for row in rows], label=last)
    axes.grid(alpha=0.3)
    axes.legend()
    # Text as outlines looks alike everywhere; no date, so equal runs give equal files.
    figure.savefig(out, metadata={"Date": None} if Path(out).suffix == ".svg" else None)
