"""The losses in code values, by hand."""

import math

import numpy as np
import pytest
import torch

from upluma_training import metrics
from upluma_training.losses import LOSSES, border_weights


def test_known_values():
    weight = border_weights(8, 2, 0.25, torch.device("cpu"))
    truth = torch.full((3, 4, 8, 8), 0.4)
    expected = {
        "squared": 36,
        "absolute": 6,
        "charbonnier": 36.25**0.5,
        "decibels": 10 * math.log10(40),
        # A constant error has no gradient.
        "gradient": 36,
    }
    for name, value in expected.items():
        assert float(LOSSES[name](truth + 6 / 255, truth, weight)) == pytest.approx(value, rel=1e-4), name


def test_gradient_loss_sees_edges():
    """A picture off by 6 in every other column: neighbours differ by 6 across, by 0 down."""
    weight = torch.ones(1, 1, 8, 8)
    result = torch.zeros(1, 4, 8, 8)
    result[:, 1::2] = 6 / 255
    loss = float(LOSSES["gradient"](result, torch.zeros(1, 4, 8, 8), weight))
    assert loss == pytest.approx(18 + 0.5 * 36, rel=1e-4)


def test_ssim_loss_agrees_with_the_metric():
    random = np.random.default_rng(2)
    truth = random.uniform(40, 200, (16, 16)).round()
    result = (truth + random.normal(0, 9, truth.shape)).clip(0, 255).round()

    def subpixels(picture: np.ndarray) -> torch.Tensor:
        return torch.nn.functional.pixel_unshuffle(torch.from_numpy(picture / 255)[None, None], 2)

    loss = float(LOSSES["ssim"](subpixels(result), subpixels(truth), torch.ones(1, 1, 8, 8)))
    index = metrics.ssim(truth.astype(np.uint8), result.astype(np.uint8), 0)
    assert loss == pytest.approx(0.8 * np.abs(truth - result).mean() + 0.2 * 255 * (1 - index), rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_pull_towards_the_truth(name):
    generator = torch.Generator().manual_seed(1)
    truth = torch.rand(2, 4, 8, 8, generator=generator, dtype=torch.float64)
    result = (truth + 0.1 * torch.rand(truth.shape, generator=generator)).requires_grad_()
    weight = torch.ones(1, 1, 8, 8, dtype=torch.float64)
    before = LOSSES[name](result, truth, weight)
    before.backward()
    after = LOSSES[name](result - 1e-3 * result.grad / result.grad.norm(), truth, weight)
    assert after < before and LOSSES[name](truth, truth, weight) < before


def test_decibels_count_patches_alike():
    weight = torch.ones(1, 1, 8, 8)
    result = torch.stack([torch.full((4, 8, 8), 5 / 255), torch.full((4, 8, 8), 50 / 255)])
    result.requires_grad_()
    LOSSES["decibels"](result, torch.zeros_like(result), weight).backward()
    easy, hard = result.grad.abs().mean(dim=(1, 2, 3))
    # d/de of log(e^2 + floor) is near 2 / e: ten times the error pulls a tenth as hard.
    assert float(easy / hard) == pytest.approx(10, rel=0.2)


def test_border_weights_average_to_one():
    weight = border_weights(16, 3, 0.25, torch.device("cpu"))
    assert float(weight.mean()) == pytest.approx(1, rel=1e-6)
    assert float(weight[0, 0, 2, 8] / weight[0, 0, 8, 8]) == pytest.approx(0.25)
    assert float(weight[0, 0, 3, 3] / weight[0, 0, 8, 8]) == 1
