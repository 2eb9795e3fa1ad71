"""Reading pictures as luma: BT.601 as MATLAB's `rgb2ycbcr` has it."""

from pathlib import Path

import numpy as np
from PIL import Image

from .imresize import round_to_codes

SUFFIXES = (".png", ".bmp", ".jpg", ".jpeg", ".tif", ".tiff")


def luma(rgb: np.ndarray) -> np.ndarray:
    """Limited-range BT.601 luma (16..235, float64) of H x W x 3 RGB codes 0..255."""
    rgb = np.asarray(rgb, dtype=np.float64)
    # MATLAB's own matrix, not the rounded 0.257 / 0.504 / 0.098.
    return 16 + (65.481 * rgb[..., 0] + 128.553 * rgb[..., 1] + 24.966 * rgb[..., 2]) / 255


def read_luma(path: Path, gray_as_stored: bool = False) -> np.ndarray:
    """Luma of an image file as 8-bit codes, H x W uint8.

    Colour goes through `luma` and is rounded, as `rgb2ycbcr` does for 8-bit input. Grey pictures
    are taken as R = G = B, so that they too come out in 16..235; with `gray_as_stored` their codes
    count as luma, as papers have it.
    """
    with Image.open(path) as image:
        if gray_as_stored and image.mode == "L":
            return np.asarray(image)
        return round_to_codes(luma(np.asarray(image.convert("RGB"))))


def files(folder: Path) -> list[Path]:
    """Image files directly in `folder`, by name; an empty or missing folder is an error."""
    found = sorted(p for p in Path(folder).glob("*") if p.suffix.lower() in SUFFIXES)
    if not found:
        raise FileNotFoundError(f"no image ({', '.join(SUFFIXES)}) in {folder}")
    return found


def crop_to_multiple(picture: np.ndarray, multiple: int) -> np.ndarray:
    """Cuts rows at the bottom and columns at the right until both sides are multiples."""
    height, width = (side - side % multiple for side in picture.shape)
    return picture[:height, :width]


def stretched(picture: np.ndarray) -> np.ndarray:
    """Limited-range luma 16..235 as full-range 0..255, H x W uint8."""
    return round_to_codes((np.asarray(picture, dtype=np.float64) - 16) * (255 / 219))
