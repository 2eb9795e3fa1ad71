"""PSNR, SSIM and luma: values worked out by hand, and laws."""

import numpy as np
import pytest
from conftest import drawing

from upluma_training.metrics import psnr, ssim
from upluma_training.pictures import crop_to_multiple, luma, stretched


def test_psnr_of_a_known_error():
    a = np.full((8, 8), 100.0)
    assert psnr(a, a + 5) == pytest.approx(10 * np.log10(255**2 / 25), abs=1e-12)
    assert psnr(a, a) == float("inf")


def test_psnr_leaves_out_exactly_the_border():
    a = np.full((9, 9), 50.0)
    b = a.copy()
    b[1, :] += 100
    assert psnr(a, b, border=2) == float("inf")
    assert psnr(a, b, border=1) < 40
    with pytest.raises(ValueError, match="leaves nothing"):
        psnr(a, b, border=5)


def test_ssim_laws():
    a = drawing(40, 48, 3)
    noisy = a + np.random.default_rng(0).normal(0, 10, a.shape)
    assert ssim(a, a) == pytest.approx(1, abs=1e-12)
    assert ssim(a, noisy) == pytest.approx(ssim(noisy, a), abs=1e-12)
    assert ssim(a, noisy) < 0.95
    assert ssim(a, noisy) > ssim(a, a + 2 * (noisy - a))


def test_ssim_of_two_flat_pictures_is_its_luminance_term():
    a, b, c1 = 100.0, 120.0, (0.01 * 255) ** 2
    expected = (2 * a * b + c1) / (a * a + b * b + c1)
    assert ssim(np.full((16, 16), a), np.full((16, 16), b)) == pytest.approx(expected, abs=1e-10)


def test_luma_spans_the_limited_range():
    rgb = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0]]])
    assert luma(rgb)[0].tolist() == pytest.approx([16, 235, 81.481])
    assert stretched(np.array([[16, 235, 0, 255]])).tolist() == [[0, 255, 0, 255]]


def test_crop_keeps_the_top_left():
    plane = np.arange(35).reshape(5, 7)
    assert np.array_equal(crop_to_multiple(plane, 2), plane[:4, :6])
