"""`round-trips`: pictures reduced and enlarged again, beside the figures of the CAR paper's tables I and III.

The small picture is rounded to 8 bits, as the paper's is; everything else is `protocol`. The paper's downscalers look at
R, G and B, ours at luma, which alone counts in both.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import car_training, metrics, pictures, protocol
from .evaluate import SETS
from .export import load_weights
from .imresize import reduce_to_codes, round_to_codes
from .lanczos import enlarge_tensor
from .networks.sp_vdsr import SPVDSR
from .published import parsed

# PSNR-Y / SSIM-Y; `->` joins the downscaler and the upscaler. Set5, Set14 and BSD100 alone.
TABLE_1 = """
         bicubic->bicubic car->bicubic bicubic->edsr car->edsr
set5   2 33.66/0.9299     34.38/0.9426 38.06/0.9615  38.94/0.9658
set5   4 28.42/0.8104     28.93/0.8335 32.35/0.8981  33.88/0.9174
set14  2 30.24/0.8688     31.01/0.8908 33.88/0.9202  35.61/0.9404
set14  4 26.00/0.7027     26.39/0.7326 28.64/0.7885  30.31/0.8382
bsd100 2 29.56/0.8431     30.18/0.8714 32.31/0.9021  33.83/0.9262
bsd100 4 25.96/0.6675     26.17/0.6963 27.71/0.7432  29.15/0.8001
"""
TABLE_3 = """
         car->edsr(no-variation) car->edsr(no-offset-loss) car->edsr(no-offsets)
set5   2 39.00/0.9663            38.73/0.9641              38.09/0.9600
set5   4 34.13/0.9222            33.86/0.9174              33.11/0.9168
set14  2 35.65/0.9411            35.29/0.9372              34.46/0.9331
set14  4 30.46/0.8439            30.18/0.8368              29.68/0.8322
bsd100 2 33.91/0.9273            33.58/0.9213              33.25/0.9209
bsd100 4 29.36/0.8096            29.11/0.7998              28.78/0.7921
"""

PRINTED = parsed(TABLE_1, TABLE_3)
"""Pair to scale to test set: what the paper prints."""


FITTED = "fitted"
"""In place of a downscaler: every small picture is fitted to its upscaler by itself (`fit`)."""


def fit(picture: np.ndarray, scale: int, enlarge: Callable[[torch.Tensor], torch.Tensor], steps: int = 150) -> np.ndarray:
    """The small picture whose enlargement is nearest to H x W uint8 luma, as 8-bit codes: gradient descent (Adam) on its
    pixels from the bicubic reduction. About what any downscaler could reach through an upscaler that stays as it is."""
    large = torch.from_numpy(picture.astype(np.float32) / 255)[None, None]
    small = torch.from_numpy(reduce_to_codes(picture, scale).astype(np.float32) / 255)[None, None].requires_grad_()
    optimizer = torch.optim.Adam([small], lr=2e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        (enlarge(small) - large).square().mean().backward()
        optimizer.step()
    return round_to_codes(small.detach()[0, 0].double().numpy() * 255)


@dataclass(frozen=True)
class Pair:
    """A downscaler (bicubic, `FITTED` or a weights file) and an upscaler (bicubic or a weights file)."""

    down: str
    up: str

    @staticmethod
    def parse(text: str) -> "Pair":
        """`DOWN->UP`; raises ValueError for anything else."""
        down, separator, up = text.partition("->")
        if not (separator and down and up):
            raise ValueError(f"{text} is not DOWN->UP")
        return Pair(down, up)

    @property
    def label(self) -> str:
        """Both, files by their stems."""
        return "->".join(Path(name).stem for name in (self.down, self.up))

    def made(self) -> tuple[int | None, Callable[[np.ndarray, int], np.ndarray], Callable[[int], protocol.Upscaler]]:
        """(scale or None where both are bicubic, reduction to 8-bit codes, enlargement by scale)."""
        scales, reduction, enlargement = set(), reduce_to_codes, protocol.bicubic
        if self.down == FITTED:
            reduction = self._fitted
        elif self.down != "bicubic":
            network, facts = load_weights(Path(self.down))
            scales.add(int(facts["scale"]))
            reduction = lambda picture, _: round_to_codes(car_training.reduce(picture, network))  # noqa: E731
        if self.up != "bicubic":
            upscaler, facts = load_weights(Path(self.up))
            scales.add(int(facts["scale"]))
            enlargement = lambda _: protocol.by_network(upscaler)  # noqa: E731
        if len(scales) > 1:
            raise ValueError(f"{self.down} and {self.up} are for other scales")
        return next(iter(scales), None), reduction, enlargement

    def _fitted(self, picture: np.ndarray, scale: int) -> np.ndarray:
        if self.up == "bicubic":
            return fit(picture, scale, lambda small: enlarge_tensor(small, scale, "catmullrom"))
        network = load_weights(Path(self.up))[0].requires_grad_(False)
        if not isinstance(network, SPVDSR):
            raise ValueError(f"{FITTED} goes with bicubic and sp-vdsr, not with {self.up}")
        # Not limited, so that every pixel has a gradient.
        base = network.shape.base
        return fit(picture, scale, lambda small: enlarge_tensor(small, scale, base) + network.residual(small))


def measure(data: Path, texts: list[str], scale: int = 2) -> dict:
    """PSNR and SSIM of pairs on the test sets under `data`/test; `scale` is that of pairs without a network.

    Raises ValueError for what is no pair, FileNotFoundError without any test set.
    """
    present = [name for name in SETS if (Path(data) / "test" / name).exists()]
    if not present:
        raise FileNotFoundError(f"none of {', '.join(SETS)} in {Path(data) / 'test'}")
    rows = []
    for pair in map(Pair.parse, texts):
        own, reduction, enlargement = pair.made()
        factor = own or scale
        sets = {}
        for key in present:
            scores = []
            for path in pictures.files(Path(data) / "test" / key):
                picture = pictures.crop_to_multiple(pictures.read_luma(path), factor)
                result = round_to_codes(enlargement(factor)(reduction(picture, factor)))
                scores.append((metrics.psnr(picture, result, factor), metrics.ssim(picture, result, factor)))
            sets[key] = tuple(float(mean) for mean in np.mean(scores, axis=0))
        rows.append({"pair": pair.label, "scale": factor, "sets": sets})
    for factor in sorted({row["scale"] for row in rows}):
        rows += [
            {"pair": f"paper: {name}", "scale": factor, "sets": scales[factor]}
            for name, scales in PRINTED.items()
            if factor in scales
        ]
    return {"small_pictures": "8 bits", "rows": rows}


def table(result: dict) -> str:
    """Markdown: PSNR-Y in dB / SSIM-Y."""
    lines = ["| pair | scale | " + " | ".join(SETS) + " |", "|---" * (2 + len(SETS)) + "|"]
    for row in result["rows"]:
        cells = [f"{row['sets'][key][0]:.2f} / {row['sets'][key][1]:.4f}" if key in row["sets"] else "-" for key in SETS]
        lines.append(f"| {row['pair']} | {row['scale']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def as_json(result: dict) -> str:
    """The whole result."""
    return json.dumps(result, indent=2)
