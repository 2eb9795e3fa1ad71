"""The losses in code values, by hand."""

import math

import pytest
import torch

from upluma_training.losses import LOSSES, border_weights


def test_known_values():
    weight = border_weights(8, 2, 0.25, torch.device("cpu"))
    difference = torch.full((3, 4, 8, 8), 6 / 255)
    assert float(LOSSES["squared"](difference, weight)) == pytest.approx(36, rel=1e-5)
    assert float(LOSSES["charbonnier"](difference, weight)) == pytest.approx(36.25**0.5, rel=1e-5)
    assert float(LOSSES["decibels"](difference, weight)) == pytest.approx(10 * math.log10(40), rel=1e-5)


def test_decibels_count_patches_alike():
    weight = torch.ones(1, 1, 8, 8)
    difference = torch.stack([torch.full((4, 8, 8), 5 / 255), torch.full((4, 8, 8), 50 / 255)])
    difference.requires_grad_()
    LOSSES["decibels"](difference, weight).backward()
    easy, hard = difference.grad.abs().mean(dim=(1, 2, 3))
    # d/de of log(e^2 + floor) is near 2 / e: ten times the error pulls a tenth as hard.
    assert float(easy / hard) == pytest.approx(10, rel=0.2)


def test_border_weights_average_to_one():
    weight = border_weights(16, 3, 0.25, torch.device("cpu"))
    assert float(weight.mean()) == pytest.approx(1, rel=1e-6)
    assert float(weight[0, 0, 2, 8] / weight[0, 0, 8, 8]) == pytest.approx(0.25)
    assert float(weight[0, 0, 3, 3] / weight[0, 0, 8, 8]) == 1
