"""imresize against known values and against the laws of its kernel."""

import numpy as np
import pytest

from upluma_training.imresize import cubic, imresize, reduce_to_codes, round_to_codes, taps


def test_kernel_is_keys_cubic():
    # Keys 1981 with a = -0.5: interpolates, and the known value at one half.
    assert cubic(np.array([0.0, 1.0, 2.0, 3.0])).tolist() == [1, 0, 0, 0]
    assert cubic(np.array([0.5, -0.5])).tolist() == [0.5625, 0.5625]
    assert cubic(np.array([1.5])).tolist() == [-0.0625]


def test_known_taps_of_halving():
    # MATLAB's antialiased bicubic at 1/2, far from the border: eight taps, symmetric.
    indices, weights = taps(32, 0.5)
    row = dict(zip(indices[8].tolist(), weights[8].tolist()))
    expected = np.array([-0.01171875, -0.03515625, 0.11328125, 0.43359375])
    expected = np.concatenate([expected, expected[::-1]])
    assert np.allclose([row[i] for i in range(13, 21)], expected, atol=1e-15)


def test_known_taps_of_doubling():
    indices, weights = taps(16, 2)
    row = dict(zip(indices[8].tolist(), weights[8].tolist()))
    # Output 8 sits at source 3.75.
    known = [-0.0234375, 0.2265625, 0.8671875, -0.0703125]
    assert np.allclose([row[i] for i in (2, 3, 4, 5)], known, atol=1e-15)


@pytest.mark.parametrize("scale", [0.5, 1 / 3, 0.25, 0.7, 2, 3])
@pytest.mark.parametrize("length", [1, 2, 7, 24])
def test_weights_sum_to_one_and_stay_inside(length, scale):
    indices, weights = taps(length, scale)
    assert np.allclose(weights.sum(axis=1), 1, atol=1e-14)
    assert indices.min() >= 0 and indices.max() < length


def test_straight_lines_survive_doubling():
    # A cubic with a = -0.5 reproduces straight lines exactly, away from the mirrored border.
    ramp = np.add.outer(3.0 * np.arange(12), 5.0 * np.arange(14))
    centre = lambda count: (np.arange(2 * count) + 0.5) / 2 - 0.5
    expected = np.add.outer(3 * centre(12), 5 * centre(14))
    assert np.allclose(imresize(ramp, 2)[4:-4, 4:-4], expected[4:-4, 4:-4], atol=1e-11)


def test_axes_are_treated_alike():
    plane = np.random.default_rng(1).uniform(0, 255, (17, 23))
    assert np.allclose(imresize(plane.T, 0.6), imresize(plane, 0.6).T, atol=1e-11)
    assert imresize(plane, 0.6).shape == (11, 14)
    even = plane[:16]
    assert np.allclose(imresize(even[::-1], 0.5)[::-1], imresize(even, 0.5), atol=1e-11)


def test_rounding_is_half_up_and_clipped():
    codes = round_to_codes(np.array([[-3.0, 0.49, 0.5, 1.5, 2.5, 300.0]]))
    assert codes.dtype == np.uint8 and codes.tolist() == [[0, 0, 1, 2, 3, 255]]


def test_refuses_what_it_would_misread():
    with pytest.raises(ValueError, match="multiples"):
        reduce_to_codes(np.zeros((5, 4), np.uint8), 2)
    with pytest.raises(ValueError, match="plane"):
        imresize(np.zeros((4, 4, 3)), 2)
