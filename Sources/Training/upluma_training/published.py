"""`published`: networks measured beside the figures of the DAIR paper's tables 1 and 2.

Small pictures stay in floating point and grey ones count as they are stored, as in the papers' scripts; everything
else is `protocol`. Results are rounded to 8 bits, those of the paper's Lanczos 3 are not: a twelfth of a squared code
value more, which at 37 dB is 0.03 dB.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import torch

from . import pictures, protocol
from .evaluate import SETS, evaluate_set
from .export import load_weights
from .families import FAMILIES
from .networks.dair import DAIR, SHAPES

Figure = tuple[float, float]
"""PSNR-Y in dB and SSIM-Y."""

# As they are printed, each table in two parts: rows by set and scale; "Ours" of table 2 is `dair-final`.
TABLE_1_BASIC = """
         dair-5       dair-10      dair-20      fcn
set5   2 37.42/0.9582 37.61/0.9591 37.61/0.9592 37.43/0.9583
set5   3 33.47/0.9193 33.71/0.9217 33.83/0.9228 33.57/0.9200
set5   4 31.19/0.8806 31.31/0.8830 31.28/0.8828 31.14/0.8784
set14  2 32.92/0.9117 33.07/0.9130 33.12/0.9131 32.93/0.9116
set14  3 29.66/0.8298 29.74/0.8317 29.78/0.8317 29.71/0.8302
set14  4 27.89/0.7651 27.97/0.7677 27.80/0.7675 27.83/0.7630
"""
TABLE_1_LARGER = """
         dair-asp2-20 dair-asp3-20 dair-prog-10 dair-recur1-10 dair-recur2-10
set5   2 -            -            -            37.69/0.9594   37.75/0.9597
set5   3 -            -            -            33.82/0.9230   33.87/0.9232
set5   4 31.27/0.8833 31.31/0.8844 31.47/0.8858 31.29/0.8846   31.43/0.8861
set14  2 -            -            -            33.16/0.9134   33.21/0.9139
set14  3 -            -            -            29.81/0.8326   29.85/0.8331
set14  4 28.00/0.7673 27.96/0.7675 28.04/0.7690 27.98/0.7681   28.06/0.7700
"""
# Bicubic of set5 at 3x is printed as 30.89/00.8682; the protocol gives 30.39 / 0.8682.
TABLE_2_BEFORE = """
         bicubic      lanczos3     srcnn        fsrcnn
set5   2 33.66/0.9299 34.32/0.9365 36.66/0.9542 37.05/0.956
set5   3 30.89/0.8682 30.82/0.8754 32.75/0.9090 33.18/0.914
set5   4 28.42/0.8104 28.80/0.8178 30.48/0.8628 30.72/0.866
set14  2 30.24/0.8688 30.69/0.8791 32.45/0.9067 32.66/0.909
set14  3 27.55/0.7742 27.83/0.7830 29.30/0.8215 29.37/0.824
set14  4 26.00/0.7027 26.23/0.7098 27.50/0.7513 27.61/0.755
bsd100 2 29.56/0.8431 29.92/0.8551 31.36/0.8879 31.53/0.892
bsd100 3 27.21/0.7385 27.41/0.7481 28.41/0.7863 28.53/0.791
bsd100 4 25.96/0.6675 26.13/0.6754 26.90/0.7101 26.98/0.715
"""
TABLE_2_BESIDE = """
         vdsr         drcn         lapsrn       drrn         dair-final
set5   2 37.53/0.9587 37.63/0.9588 37.52/0.959  37.74/0.9591 37.75/0.9597
set5   3 33.66/0.9213 33.82/0.9226 -            34.03/0.9244 33.87/0.9232
set5   4 31.35/0.8838 31.53/0.8854 31.54/0.885  31.68/0.8888 31.47/0.8865
set14  2 33.03/0.9124 33.04/0.9118 33.08/0.913  33.23/0.9136 33.21/0.9139
set14  3 29.77/0.8314 29.76/0.8311 -            29.96/0.8349 29.85/0.8331
set14  4 28.01/0.7674 28.02/0.7670 28.19/0.772  28.21/0.7720 28.07/0.7701
bsd100 2 31.90/0.8960 31.85/0.8942 31.80/0.895  32.05/0.8973 32.00/0.8974
bsd100 3 28.82/0.7976 28.80/0.7963 -            28.95/0.8004 28.87/0.7991
bsd100 4 27.29/0.7251 27.23/0.7233 27.32/0.728  27.38/0.7284 27.25/0.7263
"""


def parsed(*tables: str) -> dict[str, dict[int, dict[str, Figure]]]:
    """Column to scale to test set, of tables like those above."""
    figures: dict[str, dict[int, dict[str, Figure]]] = {}
    for table in tables:
        names, *rows = (line.split() for line in table.strip().splitlines())
        for set_name, scale, *cells in rows:
            for name, cell in zip(names, cells, strict=True):
                if cell != "-":
                    psnr, ssim = map(float, cell.split("/"))
                    figures.setdefault(name, {}).setdefault(int(scale), {})[set_name] = psnr, ssim
    return figures


FIGURES = parsed(TABLE_1_BASIC, TABLE_1_LARGER, TABLE_2_BEFORE, TABLE_2_BESIDE)
"""Network to scale to test set: what the paper prints. Networks of this package by the names of `families.FAMILIES`
and `dair.SHAPES`."""


def names_in_paper(network: torch.nn.Module) -> list[str]:
    """Names in `FIGURES` of networks with just these layers: two where the final network is one of table 1."""
    facts = network.metadata()
    scale = int(facts["scale"])
    if isinstance(network, DAIR):
        return [name for name in FIGURES if name in SHAPES and SHAPES[name](scale) == network.shape]
    name = facts["architecture"]
    if name not in FIGURES or FAMILIES[name].of_metadata({"scale": str(scale)}).metadata() != facts:
        return []
    return [name]


def _row(label: str, scale: int, names: Iterable[str], scores: dict[str, dict]) -> dict:
    """`scores`: by set {psnr_y, ssim_y}; `names`: what the paper calls the same."""
    names = list(names)
    printed = {key: value for name in names for key, value in FIGURES[name].get(scale, {}).items()}
    sets = {}
    for key in SETS:
        ours = (scores[key]["psnr_y"], scores[key]["ssim_y"]) if key in scores else None
        paper = printed.get(key)
        difference = (ours[0] - paper[0], ours[1] - paper[1]) if ours and paper else None
        sets[key] = {"ours": ours, "paper": paper, "difference": difference}
    return {"network": label, "in_paper": names, "scale": scale, "sets": sets}


def compare(data: Path, weights: list[Path], others: bool = False) -> dict:
    """Every weights file, and bicubic as a check of the protocol, on the test sets under `data`/test; with `others`
    the paper's other networks too, which have no figure of ours.

    Raises ValueError for two files of one name, FileNotFoundError without any test set.
    """
    networks = {Path(path).stem: load_weights(path)[0] for path in weights}
    if len(networks) != len(weights):
        raise ValueError("two of the weights files have the same name")
    present = [name for name in SETS if (Path(data) / "test" / name).exists()]
    if not present:
        raise FileNotFoundError(f"none of {', '.join(SETS)} in {Path(data) / 'test'}")
    rows = []
    for scale in sorted({int(network.metadata()["scale"]) for network in networks.values()}):
        own = {name: n for name, n in networks.items() if int(n.metadata()["scale"]) == scale}
        models = {"bicubic": protocol.bicubic(scale)} | {name: protocol.by_network(n) for name, n in own.items()}
        scores: dict[str, dict] = {name: {} for name in models}
        for key in present:
            files = pictures.files(Path(data) / "test" / key)
            named = ((path.name, pictures.read_luma(path, gray_as_stored=True)) for path in files)
            for name, result in evaluate_set(named, models, scale, rounded=False).items():
                scores[name][key] = result
        called = {"bicubic": ["bicubic"]} | {name: names_in_paper(network) for name, network in own.items()}
        rows += [_row(name, scale, called[name], scores[name]) for name in models]
        if others:
            known = {name for names in called.values() for name in names}
            rows += [_row(name, scale, [name], {}) for name in FIGURES if name not in known and scale in FIGURES[name]]
    return {"small_pictures": "float", "gray_pictures": "as stored", "rows": rows}


def table(result: dict) -> str:
    """Markdown: PSNR-Y in dB / SSIM-Y, ours, the paper's, and ours less the paper's."""
    lines = [
        "Small pictures in floating point, grey ones as stored, as in the papers' scripts. PSNR-Y in dB / SSIM-Y: ours;"
        " the paper's; ours less the paper's.",
        "",
        "| network | scale | " + " | ".join(SETS) + " |",
        "|---" * (2 + len(SETS)) + "|",
    ]
    for row in result["rows"]:
        label = f"`{row['network']}`"
        named = [name for name in row["in_paper"] if name != row["network"]]
        if named:
            label += f" ({', '.join(named)})"
        cells = []
        for scores in row["sets"].values():
            both = (scores["ours"], scores["paper"])
            parts = [f"{figure[0]:.2f} / {figure[1]:.4f}" if figure else "-" for figure in both]
            if scores["difference"]:
                parts.append(f"{scores['difference'][0]:+.2f} / {scores['difference'][1]:+.4f}")
            cells.append("; ".join(parts))
        lines.append(f"| {label} | {row['scale']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def as_json(result: dict) -> str:
    """The whole result."""
    return json.dumps(result, indent=2)
