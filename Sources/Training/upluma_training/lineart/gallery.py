"""`draw`: writes pictures as PNG files, and a contact sheet of them."""

from pathlib import Path

import numpy as np
from PIL import Image

from .pictures import picture
from .sets import WORKERS, drawn

COLUMNS = 6
THUMBNAIL = 256


def _written(path: Path, seed: int, height: int, width: int, index: int, stream: int) -> Path:
    Image.fromarray(picture(seed, height, width, index, stream)).save(path)
    return path


def write(
    folder: Path, count: int, seed: int, height: int, width: int, stream: int, sheet: Path | None = None
) -> list[Path]:
    """Writes `folder`/0000.png, … in colour; with `sheet`, also one picture of all of them."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    work = [(folder / f"{index:04}.png", seed, height, width, index, stream) for index in range(count)]
    paths = drawn(work, _written, WORKERS)
    if sheet is not None and paths:
        contact_sheet(paths).save(sheet)
    return paths


def contact_sheet(paths: list[Path]) -> Image.Image:
    """The pictures reduced to thumbnails, `COLUMNS` in a row."""
    thumbnails = []
    for path in paths:
        with Image.open(path) as image:
            image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
            thumbnails.append(image.copy())
    wide, high = np.max([image.size for image in thumbnails], axis=0) + 4
    rows = -(-len(paths) // COLUMNS)
    sheet = Image.new("RGB", (int(wide) * min(COLUMNS, len(paths)), int(high) * rows), (255, 255, 255))
    for n, image in enumerate(thumbnails):
        sheet.paste(image, (n % COLUMNS * int(wide) + 2, n // COLUMNS * int(high) + 2))
    return sheet
