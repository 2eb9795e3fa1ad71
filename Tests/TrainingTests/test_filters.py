"""The resampling rule: laws of its matrix, hand-made values, and the zimg vectors when present."""

import math

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from upluma_training.filters import FILTERS, matrix, resample
from upluma_training.lanczos import enlarge, enlarge_tensor

SIZES = ((1, 2), (2, 4), (5, 10), (16, 48), (20, 15), (16, 8), (13, 20))


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("source,target", SIZES)
@pytest.mark.parametrize("shift", [0.0, 0.25, -1.7])
def test_rows_sum_to_one(name, source, target, shift):
    assert np.allclose(matrix(name, source, target, shift).sum(axis=1), 1, atol=1e-14)


@pytest.mark.parametrize("name", ["bilinear", "catmullrom", "lanczos3"])
def test_same_size_without_shift_changes_nothing(name):
    assert np.allclose(matrix(name, 9, 9), np.eye(9), atol=1e-15)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("source,target", SIZES)
def test_mirrored_input_gives_mirrored_output(name, source, target):
    # Exact ties of begin positions round up on both sides, with zero weights at the end.
    assert np.allclose(matrix(name, source, target)[::-1, ::-1], matrix(name, source, target), atol=1e-12)


@pytest.mark.parametrize("name", FILTERS)
def test_a_whole_sample_of_shift_moves_by_one_sample(name):
    still, moved = matrix(name, 24, 24), matrix(name, 24, 24, 1.0)
    assert np.allclose(moved[4:-5], still[5:-4], atol=1e-14)


def test_lanczos_doubling_by_hand():
    # Output 20 of 16 -> 32 sits at source 9.75: taps 7..12 at 2.75, 1.75, … -2.25.
    law = lambda x: 9 / math.pi**2 / 3 * math.sin(math.pi * x) * math.sin(math.pi * x / 3) / x**2
    weights = np.array([law(d) for d in (2.75, 1.75, 0.75, -0.25, -1.25, -2.25)])
    row = matrix("lanczos3", 16, 32)[20]
    assert np.allclose(row[7:13], weights / weights.sum(), atol=1e-14)
    assert np.count_nonzero(row) == 6


def test_borders_fold_after_normalising():
    # Output 0 of a bilinear doubling sits at -0.25: a quarter of sample -1, which is sample 0.
    assert matrix("bilinear", 4, 8)[0].tolist() == [1, 0, 0, 0]
    assert matrix("bilinear", 4, 8)[1].tolist() == [0.75, 0.25, 0, 0]
    # The same with Catmull-Rom: sample -2 folds to 1, sample -1 to 0.
    inner = matrix("catmullrom", 16, 32)[16, 6:10]
    row = matrix("catmullrom", 8, 16)[0]
    assert np.allclose(row[:2], [inner[1] + inner[2], inner[0] + inner[3]], atol=1e-14)


def test_reducing_widens_the_filter():
    assert np.count_nonzero(matrix("bilinear", 16, 8)[4]) == 4
    assert np.allclose(matrix("bilinear", 16, 8)[4, 7:11], [0.125, 0.375, 0.375, 0.125])


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
@pytest.mark.parametrize("source", [1, 2, 7])
def test_nearest_repeats_samples(source, scale):
    assert np.array_equal(matrix("nearest", source, scale * source), np.eye(source).repeat(scale, axis=0))


def test_nearest_by_hand():
    # Three of four: centres at 0.67, 2 and 3.33, the second between samples 1 and 2; the later one counts.
    assert matrix("nearest", 4, 3).argmax(axis=1).tolist() == [0, 2, 3]
    assert matrix("nearest", 2, 1).tolist() == [[0, 1]]
    assert matrix("nearest", 5, 5, 1.0).argmax(axis=1).tolist() == [1, 2, 3, 4, 4]
    assert matrix("nearest", 5, 5, -1.7).argmax(axis=1).tolist() == [0, 0, 0, 1, 2]
    assert matrix("nearest", 3, 6, 0.25).argmax(axis=1).tolist() == [0, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(("source", "target"), SIZES)
@pytest.mark.parametrize("shift", [0.0, 0.25, -1.7])
def test_nearest_takes_one_sample_each(source, target, shift):
    rows = matrix("nearest", source, target, shift)
    assert set(np.unique(rows)) <= {0, 1} and (rows.sum(axis=1) == 1).all() and not rows.flags.writeable


def test_tensor_and_array_forms_agree():
    plane = np.random.default_rng(5).uniform(0, 1, (7, 11))
    tensor = enlarge_tensor(torch.from_numpy(plane)[None, None], 2)
    assert np.allclose(tensor[0, 0].numpy(), enlarge(plane, 2), atol=1e-14)
    assert np.array_equal(enlarge(plane, 2), resample(plane, "lanczos3", 14, 22))


def test_zimg_vectors(shared):
    tensors = load_file(shared / "reference/lanczos3.case1.safetensors")
    names = [name for name in tensors if name.startswith("output_zimg")]
    assert len(names) == 4
    for name in names:
        expected = tensors[name][0, 0]
        found = resample(tensors["input"][0, 0], "lanczos3", *expected.shape)
        # zimg works in float32; the file's own README asks for 2e-6.
        assert np.abs(found - expected).max() < 2e-6, name
