"""What a step minimises, from predicted and true sub-pixels (N x scale^2 x H x W, 0..1).

All are means weighted by 1 x 1 x H x W weights of mean 1.
"""

import torch
from torch.nn import functional as F

# Below about half a code value the loss turns from absolute into squared.
CHARBONNIER_EPSILON = 0.5 / 255

# Squared code values below which a patch counts as solved, so that blank ones do not rule.
DECIBEL_FLOOR = 4.0


# Share of the gradient's error in `gradient`, and of 1 - SSIM in `ssim`.
GRADIENT_SHARE = 0.5
SSIM_SHARE = 0.2


def squared(result: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean squared error (L2) in code values: what PSNR measures."""
    return ((result - truth).square() * weight).mean() * 255**2


def absolute(result: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean absolute error (L1, as DAIR and CAR use it) in code values."""
    return ((result - truth).abs() * weight).mean() * 255


def charbonnier(result: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Smooth absolute error in code values: less ruled by the few hardest patches."""
    difference = result - truth
    return ((difference.square() + CHARBONNIER_EPSILON**2).sqrt() * weight).mean() * 255


def decibels(result: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean over patches of the squared error in dB: the mean PSNR of test sets, negated.

    Squared error alone is ruled by the hardest pictures; a mean of dB counts each one alike.
    """
    errors = ((result - truth).square() * weight).mean(dim=(1, 2, 3)) * 255**2
    return 10 * (errors + DECIBEL_FLOOR).log10().mean()


def _pictures(*parts: torch.Tensor) -> list[torch.Tensor]:
    """Sub-pixels as N x 1 x sH x sW pictures."""
    return [F.pixel_shuffle(part, round(part.shape[1] ** 0.5)) for part in parts]


def gradient(result: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Squared error plus that of the differences between neighbours: gradient-sensitive."""
    difference, = _pictures(result - truth)
    down, right = difference.diff(dim=2), difference.diff(dim=3)
    slopes = down.square().mean() + right.square().mean()
    return squared(result, truth, weight) + GRADIENT_SHARE * slopes * 255**2


def _ssim_window() -> torch.Tensor:
    """1 x 1 x 11 x 11, sigma 1.5, sum one."""
    line = torch.exp(-((torch.arange(11.0) - 5) ** 2) / (2 * 1.5**2))
    plane = line[:, None] * line
    return (plane / plane.sum())[None, None]


def ssim(result: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """A mix: absolute error and, with `SSIM_SHARE`, 255 (1 - SSIM) of the whole patches."""
    a, b = _pictures(result, truth)
    window = _ssim_window().to(a)

    def blur(picture: torch.Tensor) -> torch.Tensor:
        return F.conv2d(picture, window)

    mean_a, mean_b = blur(a), blur(b)
    variance = blur(a * a) - mean_a**2 + blur(b * b) - mean_b**2
    covariance = blur(a * b) - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    index = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    index = index / ((mean_a**2 + mean_b**2 + c1) * (variance + c2))
    return (1 - SSIM_SHARE) * absolute(result, truth, weight) + SSIM_SHARE * 255 * (1 - index.mean())


LOSSES = {
    "squared": squared,
    "absolute": absolute,
    "charbonnier": charbonnier,
    "decibels": decibels,
    "gradient": gradient,
    "ssim": ssim,
}


def border_weights(patch: int, border: int, inside: float, device: torch.device) -> torch.Tensor:
    """1 x 1 x patch x patch weights: `inside` within `border` pixels of an edge, else 1; mean 1."""
    weight = torch.full((1, 1, patch, patch), inside, device=device)
    weight[..., border : patch - border, border : patch - border] = 1
    return weight / weight.mean()
