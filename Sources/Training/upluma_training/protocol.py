"""The evaluation protocol: reduce, upscale, compare, on 8-bit luma.

HR luma (8-bit codes) is cut to multiples of the scale, reduced by `imresize` bicubic and rounded to
8 bits; the upscaled picture is rounded and clipped to 8 bits; `scale` border pixels are left out.
The papers' scripts keep the small picture in floating point (`rounded=False`): that is the form in
which Set5 x2 bicubic is 33.66 dB / 0.9299. With 8-bit small pictures it is 33.65 dB / 0.9296.
"""

from collections.abc import Callable, Iterable

import numpy as np
import torch

from . import lanczos
from .imresize import imresize, reduce_to_codes, round_to_codes
from .metrics import psnr, ssim
from .pictures import crop_to_multiple

Upscaler = Callable[[np.ndarray], np.ndarray]
"""h x w codes 0..255 (uint8 or float) to scale*h x scale*w codes, not yet rounded or clipped."""


def bicubic(scale: int) -> Upscaler:
    """`imresize` bicubic enlargement, the baseline of the papers."""
    return lambda small: imresize(small, scale)


def lanczos3(scale: int) -> Upscaler:
    """Lanczos 3 enlargement, the baseline of SP-VDSR."""
    return lambda small: lanczos.enlarge(small, scale)


def by_network(network: torch.nn.Module) -> Upscaler:
    """A network that takes and gives N x 1 x H x W luma 0..1."""
    device = next(network.parameters()).device

    @torch.inference_mode()
    def upscale(small: np.ndarray) -> np.ndarray:
        luma = torch.from_numpy(np.asarray(small, dtype=np.float32) / 255)[None, None].to(device)
        return network(luma)[0, 0].double().cpu().numpy() * 255

    return upscale


def score(
    picture: np.ndarray, upscale: Upscaler, scale: int, rounded: bool = True, with_ssim: bool = True
) -> dict[str, float]:
    """`psnr_y` in dB and `ssim_y` of one H x W uint8 luma picture."""
    picture = crop_to_multiple(picture, scale)
    small = reduce_to_codes(picture, scale) if rounded else imresize(picture, 1 / scale)
    result = round_to_codes(upscale(small))
    scores = {"psnr_y": psnr(picture, result, scale)}
    if with_ssim:
        scores["ssim_y"] = ssim(picture, result, scale)
    return scores


def scores(sized: Iterable[tuple[np.ndarray, np.ndarray]], upscale: Upscaler) -> list[float]:
    """PSNR-Y in dB for each (small h x w, large sh x sw) of uint8 luma, `s` border pixels left out."""
    return [
        psnr(large, round_to_codes(upscale(small)), large.shape[0] // small.shape[0])
        for small, large in sized
    ]
