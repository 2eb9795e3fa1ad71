"""The protocol of the SP-VDSR article, for line art: PSNR over the whole picture.

HR luma (8-bit codes) is cut to multiples of the scale, reduced by Catmull-Rom and rounded to 8 bits,
enlarged, rounded and clipped to 8 bits, and compared without leaving out a border. Catmull-Rom here is
`imresize`'s cubic (Keys with a = -0.5, widened for the reduction): the same kernel, and the reduction
that the networks train on; `filters.resample` with "catmullrom" differs in the last bits only.

The article's own files took Lanczos enlargements rounded to 8 bits and cut the results' fractions off;
here neither the base nor a result is rounded before the one rounding at the end. Its luma was of full
range, ours is 16..235: every PSNR is 20 log10(255 / 219) = 1.32 dB higher for it, differences are not.
"""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from .filters import FILTERS, resample
from .imresize import reduce_to_codes, round_to_codes
from .metrics import psnr
from .pictures import crop_to_multiple
from .protocol import Upscaler, bicubic, by_network


def small_picture(picture: np.ndarray, scale: int) -> np.ndarray:
    """The 8-bit picture that is enlarged: H x W uint8 luma, cut to multiples of `scale`, reduced."""
    return reduce_to_codes(crop_to_multiple(picture, scale), scale)


def fir(name: str, scale: int) -> Upscaler:
    """Enlargement by a filter of `filters.FILTERS`, with zimg's borders."""
    return lambda small: resample(small, name, scale * small.shape[0], scale * small.shape[1])


def bases(scale: int) -> dict[str, Upscaler]:
    """The filters that the article compares. Its bicubic and Catmull-Rom are one kernel (a = -0.5)
    and differ here by the border rule alone, if at all."""
    return {name: fir(name, scale) for name in FILTERS} | {"bicubic": bicubic(scale)}


def score(picture: np.ndarray, upscale: Upscaler, scale: int) -> float:
    """PSNR in dB of one H x W uint8 luma picture; infinite when it comes back exactly."""
    whole = crop_to_multiple(picture, scale)
    return psnr(whole, round_to_codes(upscale(small_picture(picture, scale))))


def mean_psnr(pictures: Iterable[np.ndarray], upscale: Upscaler, scale: int) -> float:
    """Mean PSNR in dB over pictures; those that come back exactly are left out."""
    scores = [score(picture, upscale, scale) for picture in pictures]
    finite = [value for value in scores if math.isfinite(value)]
    return float(np.mean(finite)) if finite else math.inf


def compare(
    pictures: Sequence[np.ndarray],
    weights: Sequence[Path],
    scale: int = 2,
    networks: dict[str, Upscaler] | None = None,
) -> dict:
    """Mean PSNR of every base filter, of `networks` and of those in `weights`; what each is above Lanczos 3."""
    from .export import load_weights

    models = bases(scale) | (networks or {})
    for path in weights:
        network, facts = load_weights(path)
        if int(facts["scale"]) != scale:
            raise ValueError(f"{path} enlarges by {facts['scale']}, not by {scale}")
        models[Path(path).stem] = by_network(network)
    means = {name: mean_psnr(pictures, upscale, scale) for name, upscale in models.items()}
    return {
        "scale": scale,
        "protocol": "article",
        "downscale": "catmullrom",
        "pictures": len(pictures),
        "models": {
            name: {"psnr_y": value, "above_lanczos3": value - means["lanczos3"]}
            for name, value in means.items()
        },
    }


def table(result: dict) -> str:
    """Plain text, best first."""
    lines = [
        f"x{result['scale']}, {result['pictures']} pictures, whole picture",
        f"{'model':<20}{'PSNR-Y dB':>10}{'- lanczos3':>12}",
    ]
    for name, row in sorted(result["models"].items(), key=lambda item: -item[1]["psnr_y"]):
        lines.append(f"{name:<20}{row['psnr_y']:>10.3f}{row['above_lanczos3']:>+12.3f}")
    return "\n".join(lines)


def as_json(result: dict) -> str:
    """The whole result."""
    return json.dumps(result, indent=2)
