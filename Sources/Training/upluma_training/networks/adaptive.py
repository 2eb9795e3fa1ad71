"""Per-pixel resampling: every pixel of the result is a weighted sum of its own of pixels around its place in the source.

Source: Jia, De Brabandere, Tuytelaars and Van Gool, "Deep Adaptive Image Resampling" (DAIR), equations 1 and 2. There
the source is enlarged by nearest neighbour first and read at every `interval`-th pixel; here the same pixels are read
from the source itself. Beyond the picture its edge pixels are repeated.
"""

import torch
from torch.nn import functional as F


def offsets(size: int, factor: int, interval: int) -> list[list[int]]:
    """`[phase][tap]`: the source pixel, relative to the one above a phase of the result, that a tap reads.

    Result pixel `factor * y + phase` reads, at tap k of `size`, pixel `factor * y + phase + interval * (k - size // 2)` of
    the source enlarged `factor` times by nearest neighbour.
    """
    return [
        [(phase + interval * (tap - size // 2)) // factor for tap in range(size)] for phase in range(factor)
    ]


def resample(
    picture: torch.Tensor, kernels: torch.Tensor, factor: int, intervals: tuple[int, ...] | None = None
) -> torch.Tensor:
    """N x 1 x h x w and N x (f^2 s^2) x h x w kernels to N x s^2 x h x w sub-pixels of the result; s is `factor`.

    Kernel channel `s^2 * (f * row + column) + s * dy + dx` weighs a tap for pixel (s * y + dy, s * x + dx).
    `intervals` are in pixels of the result, one s if there is none; with several, each pixel is the sum over all of
    them under the same weights.
    """
    taps = kernels.shape[1] // factor**2
    size = round(taps**0.5)
    reads = [offsets(size, factor, interval) for interval in intervals or (factor,)]
    reach = max(abs(offset) for read in reads for phase in read for offset in phase)
    padded = F.pad(picture, (reach,) * 4, mode="replicate")
    height, width = picture.shape[-2:]

    def shifted(dy: int, dx: int) -> torch.Tensor:
        return padded[:, 0, reach + dy : reach + dy + height, reach + dx : reach + dx + width]

    batch = kernels.shape[0]
    by_phase = kernels.reshape(batch, taps, factor**2, height, width)
    if all(len(set(map(tuple, read))) == 1 for read in reads):
        # Every phase reads the same pixels.
        pixels = sum(
            torch.stack([shifted(dy, dx) for dy in read[0] for dx in read[0]], dim=1) for read in reads
        )
        return (by_phase * pixels[:, :, None]).sum(dim=1)
    parts = []
    for dy in range(factor):
        for dx in range(factor):
            pixels = sum(
                torch.stack([shifted(y, x) for y in read[dy] for x in read[dx]], dim=1) for read in reads
            )
            parts.append((by_phase[:, :, factor * dy + dx] * pixels).sum(dim=1))
    return torch.stack(parts, dim=1)
