"""`car-chroma`: what is best done with the chroma of pictures whose luma a downscaler makes smaller.

Pictures become 4:2:0 (chroma sited left, as MPEG-2 and H.264 have it; BT.601), their chroma planes are reduced by 2 to the
sites of the small picture's own 4:2:0, rounded to 8 bits, enlarged by Lanczos 3 and compared with what they were.

filters: the planes' own reduction. `kernels in place`: the kernels that luma predicts for the luma pixels beside a chroma
site, at the same places of the picture; `kernels scaled`: the same with rests and displacements in chroma pixels, so that a
kernel reaches twice as far in the picture, as far as it would on a luma plane of that size.
"""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import metrics, pictures
from .export import load_weights
from .filters import resample
from .imresize import round_to_codes

SHIFT = 0.25
"""How far left of the middle of its two source samples a left-sited chroma sample lies, in source samples: luma 0 of the
small picture is at luma 0.5 of the large one, where its chroma is at 0.25."""
METHODS = ("lanczos3", "catmullrom", "kernels in place", "kernels scaled")


def planes(path: Path) -> tuple[np.ndarray, list[np.ndarray]] | None:
    """(luma H x W uint8, [Cb, Cr] H/2 x W/2 float64) of a colour picture cut to multiples of 8; None for a grey one."""
    with Image.open(path) as image:
        if image.mode in ("L", "1"):
            return None
        rgb = np.asarray(image.convert("RGB"), dtype=np.float64)
    height, width = (side - side % 8 for side in rgb.shape[:2])
    rgb = rgb[:height, :width]
    red, green, blue = (rgb[..., index] / 255 for index in range(3))
    chroma = (
        128 - 37.797 * red - 74.203 * green + 112 * blue,
        128 + 112 * red - 93.786 * green - 18.214 * blue,
    )
    small = [resample(plane, "lanczos3", height // 2, width // 2, 0.0, -0.5) for plane in chroma]
    return round_to_codes(pictures.luma(rgb)), [round_to_codes(plane).astype(np.float64) for plane in small]


def reduced(plane: np.ndarray, method: str, luma: np.ndarray, network: torch.nn.Module) -> np.ndarray:
    """A chroma plane h x w of 4:2:0 at half its size, on the sites of the small picture's 4:2:0."""
    height, width = plane.shape
    if method not in METHODS[2:]:
        return resample(plane, method, height // 2, width // 2, 0.0, -SHIFT)
    taps, small = network.taps, torch.from_numpy(luma.astype(np.float32) / 255)[None, None]
    with torch.inference_mode():
        weights, horizontal, vertical = network.predict(small)
        rests = taps.rests()
        across, down = rests.repeat(taps.size)[:, None, None], rests.repeat_interleave(taps.size)[:, None, None]
        if method == "kernels in place":
            # A luma pixel is half a chroma pixel: from the rests of `taps` to half of everything.
            horizontal = (horizontal * taps.scale - across) / 2 / taps.scale
            vertical = (vertical * taps.scale - down) / 2 / taps.scale
        source = torch.from_numpy(plane.astype(np.float32) / 255)[None, None]
        # Left-sited: beside luma column 2i, between luma rows 2j and 2j + 1; both rows' kernels count.
        made = [
            taps.resample(
                source,
                weights[..., row::2, ::2],
                horizontal[..., row::2, ::2] - SHIFT / taps.scale,
                vertical[..., row::2, ::2],
            )
            for row in (0, 1)
        ]
    return (made[0] + made[1])[0, 0].double().numpy() / 2 * 255


def measure(data: Path, weights: Path, sets: tuple[str, ...] = ("set5", "set14", "bsd100")) -> dict[str, dict[str, float]]:
    """Test set to method to mean PSNR of Cb and Cr in dB."""
    network, facts = load_weights(weights)
    if int(facts["scale"]) != 2:
        raise ValueError(f"{weights} reduces by {facts['scale']}; chroma is measured at 2")
    result = {}
    for name in sets:
        folder = Path(data) / "test" / name
        if not folder.exists():
            continue
        scores: dict[str, list[float]] = {method: [] for method in METHODS}
        for both in filter(None, map(planes, pictures.files(folder))):
            luma, chroma = both
            for method in METHODS:
                for plane in chroma:
                    small = round_to_codes(reduced(plane, method, luma, network))
                    large = resample(small, "lanczos3", *plane.shape, 0.0, SHIFT / 2)
                    error = np.mean((metrics.inside(round_to_codes(large), 2) - metrics.inside(plane, 2)) ** 2)
                    # A plane without colour comes back exactly, and has no finite PSNR.
                    if error > 0:
                        scores[method].append(10 * np.log10(255**2 / error))
        result[name] = {method: float(np.mean(values)) for method, values in scores.items()}
    return result


def table(result: dict[str, dict[str, float]]) -> str:
    """Markdown."""
    lines = ["| chroma reduced by | " + " | ".join(result) + " |", "|---" * (1 + len(result)) + "|"]
    for method in METHODS:
        lines.append(f"| {method} | " + " | ".join(f"{scores[method]:.2f}" for scores in result.values()) + " |")
    return "\n".join(lines)


def as_json(result: dict[str, dict[str, float]]) -> str:
    """The whole result."""
    return json.dumps(result, indent=2)
