"""What a step minimises: weighted means over a batch of differences, 0..1 units."""

import torch

# Below about half a code value the loss turns from absolute into squared.
CHARBONNIER_EPSILON = 0.5 / 255

# Squared code values below which a patch counts as solved, so that blank ones do not rule.
DECIBEL_FLOOR = 4.0


def squared(difference: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean squared error in code values: what PSNR measures."""
    return (difference.square() * weight).mean() * 255**2


def charbonnier(difference: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Smooth absolute error in code values: less ruled by the few hardest patches."""
    return ((difference.square() + CHARBONNIER_EPSILON**2).sqrt() * weight).mean() * 255


def decibels(difference: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean over patches of the squared error in dB: the mean PSNR of test sets, negated.

    Squared error alone is ruled by the hardest pictures; a mean of dB counts each one alike.
    """
    errors = (difference.square() * weight).mean(dim=(1, 2, 3)) * 255**2
    return 10 * (errors + DECIBEL_FLOOR).log10().mean()


LOSSES = {"squared": squared, "charbonnier": charbonnier, "decibels": decibels}


def border_weights(patch: int, border: int, inside: float, device: torch.device) -> torch.Tensor:
    """1 x 1 x patch x patch weights: `inside` within `border` pixels of an edge, else 1; mean 1."""
    weight = torch.full((1, 1, patch, patch), inside, device=device)
    weight[..., border : patch - border, border : patch - border] = 1
    return weight / weight.mean()
