"""Golden files of the scores: MATLAB's resizing, PSNR and SSIM, and luma of RGB.

Code values are stored as value / 255, so that every number is of order one.
"""

import numpy as np

from .imresize import imresize, round_to_codes
from .metrics import psnr, ssim
from .pictures import luma

Golden = tuple[dict[str, np.ndarray], dict[str, str]]

SCALES = (2, 3, 4, 8)
BORDERS = (0, 2)


def _codes(height: int, width: int, seed: int) -> np.ndarray:
    """H x W codes: a ramp with a bright block and noise, the whole range reached."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    plane = 20 + 200 * (0.6 * x / width + 0.4 * y / height)
    plane = np.where((y // 5 + x // 7) % 3 == 0, 290 - plane, plane)
    return round_to_codes(plane + random.normal(0, 18, plane.shape))


def _imresize(height: int, width: int, seed: int, scale: int, reduces: bool) -> Golden:
    """`input` and `output` (not rounded), both codes / 255; `codes`: `output` in 8 bits."""
    plane = _codes(height, width, seed)
    output = imresize(plane, 1 / scale if reduces else scale)
    tensors = {"input": plane, "output": output, "codes": round_to_codes(output)}
    facts = {"kind": "imresize", "scale": str(scale), "reduces": str(reduces).lower()}
    return {key: (value / 255).astype(np.float32) for key, value in tensors.items()}, facts


def _scores(border: int) -> Golden:
    """`a` and `b` H x W codes / 255, `psnr` in dB and `ssim`, each of one element."""
    a = _codes(19, 26, 31)
    noise = np.random.default_rng(32).normal(0, 12, a.shape)
    b = round_to_codes(a + noise)
    tensors = {"a": a / 255, "b": b / 255}
    tensors |= {"psnr": [psnr(a, b, border)], "ssim": [ssim(a, b, border)]}
    facts = {"kind": "scores", "border": str(border)}
    return {key: np.asarray(value, np.float32) for key, value in tensors.items()}, facts


def _luma() -> Golden:
    """`rgb` 3 x H x W and `luma` H x W, codes / 255; corners of the cube and noise."""
    rgb = np.random.default_rng(33).integers(0, 256, (3, 12, 16))
    rgb[:, 0, :8] = [[255 * (n >> c & 1) for n in range(8)] for c in range(3)]
    tensors = {"rgb": rgb, "luma": round_to_codes(luma(np.moveaxis(rgb, 0, -1)))}
    stored = {key: (value / 255).astype(np.float32) for key, value in tensors.items()}
    return stored, {"kind": "luma"}


def goldens() -> dict[str, Golden]:
    """Every golden file of the scores by name."""
    files = {f"scores.border{border}.safetensors": _scores(border) for border in BORDERS}
    files["luma.safetensors"] = _luma()
    for scale in SCALES:
        # Sides that are multiples of every scale.
        files[f"imresize.down{scale}.safetensors"] = _imresize(24, 48, 40 + scale, scale, True)
        files[f"imresize.up{scale}.safetensors"] = _imresize(5, 7, 50 + scale, scale, False)
    return files
