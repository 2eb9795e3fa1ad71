"""Per-pixel resampling: equations 1 and 2 of DAIR read literally, and the laws that need no training."""

import numpy as np
import pytest
import torch

from upluma_training.goldens import picture
from upluma_training.lanczos import enlarge_tensor
from upluma_training.networks.adaptive import offsets, resample
from upluma_training.networks.dair import Stage

# (factor, kernel size, intervals): the paper's own, at every factor; then distances that are no multiples of the
# factor, where neighbouring pixels of the result read different ones of the source.
PAPER = [
    (factor, size, intervals)
    for factor in (1, 2, 3, 4)
    for size in (3, 5)
    for intervals in (None, (factor, 2 * factor), (factor, 2 * factor, 3 * factor))
]
ODD = [(2, 5, (1,)), (2, 3, (3,)), (3, 7, (2,)), (3, 5, (1, 2, 3)), (4, 3, (2, 3, 5)), (4, 5, (4, 6)), (1, 7, (1, 4))]


def literally(small: np.ndarray, kernels: np.ndarray, factor: int, intervals: tuple[int, ...]) -> np.ndarray:
    """h x w by (f^2 s^2) x h x w kernels to sh x sw: the source enlarged first, then read at intervals, the edges
    of the enlarged picture repeated."""
    large = small.repeat(factor, axis=0).repeat(factor, axis=1)
    size = round((len(kernels) / factor**2) ** 0.5)
    # The sub-pixel layer: channels of the low resolution become pixels of the high one.
    spread = np.zeros((size * size, *large.shape))
    for channel, plane in enumerate(kernels):
        tap, phase = divmod(channel, factor**2)
        spread[tap, phase // factor :: factor, phase % factor :: factor] = plane
    result = np.zeros(large.shape)
    rows, columns = map(np.arange, large.shape)
    for interval in intervals:
        for k1, k2 in np.ndindex(size, size):
            y = np.clip(rows + interval * (k1 - size // 2), 0, len(rows) - 1)
            x = np.clip(columns + interval * (k2 - size // 2), 0, len(columns) - 1)
            result += spread[k1 * size + k2] * large[np.ix_(y, x)]
    return result


def joined(parts: torch.Tensor, factor: int) -> np.ndarray:
    """N x s^2 x h x w sub-pixels as N x sh x sw."""
    return torch.nn.functional.pixel_shuffle(parts, factor)[:, 0].numpy()


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (4, 3)])
@pytest.mark.parametrize(("factor", "taps", "intervals"), PAPER + ODD)
def test_resampling_is_the_equations(factor, taps, intervals, size):
    random = np.random.default_rng(taps * factor)
    small = random.uniform(0, 1, (2, *size))
    kernels = random.normal(0, 0.3, (2, (taps * factor) ** 2, *size))
    found = joined(resample(torch.from_numpy(small)[:, None], torch.from_numpy(kernels), factor, intervals), factor)
    for n in range(2):
        expected = literally(small[n], kernels[n], factor, intervals or (factor,))
        # Double precision twice, sums of up to 75 products of order one in two orders.
        assert np.abs(found[n] - expected).max() < 1e-12


def test_offsets_by_hand():
    assert offsets(3, 2, 2) == [[-1, 0, 1], [-1, 0, 1]]
    # Result pixel 2y reads enlarged pixels 2y - 1, 2y, 2y + 1; pixel 2y + 1 those after it.
    assert offsets(3, 2, 1) == [[-1, 0, 0], [0, 0, 1]]
    assert offsets(5, 3, 3) == [[-2, -1, 0, 1, 2]] * 3
    assert offsets(3, 3, 4) == [[-2, 0, 1], [-1, 0, 1], [-1, 0, 2]]


@pytest.mark.parametrize("taps", [1, 3, 5, 7])
@pytest.mark.parametrize("factor", [1, 2, 3, 4])
def test_a_kernel_of_one_is_the_nearest_neighbour(factor, taps):
    small = torch.from_numpy(picture(6, 5, 3))[None, None]
    kernels = torch.zeros(1, taps**2, factor**2, 6, 5)
    kernels[:, taps**2 // 2] = 1
    found = Stage((1, (taps * factor) ** 2), factor).resample(small, kernels.flatten(1, 2))
    assert torch.equal(found, small.repeat_interleave(factor, dim=2).repeat_interleave(factor, dim=3))
    assert torch.equal(found, enlarge_tensor(small, factor, "nearest"))


@pytest.mark.parametrize("taps", [5, 7])
@pytest.mark.parametrize("factor", [1, 2, 3, 4])
def test_catmull_rom_weights_are_its_enlargement(factor, taps):
    """What training starts from; beyond the picture resampling repeats the edge, and the filter mirrors."""
    small = torch.from_numpy(picture(11, 9, 4))[None, None].double()
    stage = Stage((1, (taps * factor) ** 2), factor)
    kernels = stage.plain_kernels().double()[None, :, None, None].expand(-1, -1, 11, 9)
    inside = (..., slice(2 * factor, -2 * factor), slice(2 * factor, -2 * factor))
    found, expected = stage.resample(small, kernels)[inside], enlarge_tensor(small, factor, "catmullrom")[inside]
    # The weights are single precision; 16 products of order one.
    assert (found - expected).abs().max() < 1e-6
    assert found.std() > 0.1


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_several_intervals_start_at_the_size_of_one(levels):
    """Each interval has its share of the kernels that training starts from: a flat picture stays what it is."""
    stage = Stage((1, 100), 2, intervals=tuple(range(1, levels + 1)))
    kernels = stage.plain_kernels()[None, :, None, None].expand(-1, -1, 3, 4)
    found = stage.resample(torch.full((1, 1, 3, 4), 0.7), kernels)
    # Single precision, 75 products.
    assert (found - 0.7).abs().max() < 1e-6


@pytest.mark.parametrize(
    ("factor", "taps", "intervals", "size"),
    [
        (1, 3, None, (3, 4)),
        (2, 3, None, (2, 3)),
        (2, 3, (1, 3), (2, 2)),
        (3, 3, (3, 6), (1, 3)),
        (4, 3, (2, 4), (2, 1)),
    ],
)
def test_gradients_are_those_of_the_sum(factor, taps, intervals, size):
    torch.manual_seed(factor)
    small = torch.rand(1, 1, *size, dtype=torch.float64, requires_grad=True)
    kernels = torch.randn(1, (taps * factor) ** 2, *size, dtype=torch.float64, requires_grad=True)
    # Against differences over 1e-6, to gradcheck's own 1e-5: the sum is linear in either.
    assert torch.autograd.gradcheck(lambda *both: resample(*both, factor, intervals), (small, kernels))
