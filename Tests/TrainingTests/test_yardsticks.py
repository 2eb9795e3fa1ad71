"""The yardsticks' own checks; runtimes that are not installed are reported as skipped."""

import numpy as np
import pytest
import torch

from upluma_training import yardsticks
from upluma_training.runtimes import REDUCED_RUNTIMES, RUNTIMES, Unavailable
from upluma_training.seeded import seeded_network


REDUCED = [(precision, name) for precision, runtimes in REDUCED_RUNTIMES.items() for name in runtimes]


@pytest.mark.parametrize(("precision", "name"), REDUCED)
def test_reduced_runtime_computes_the_network(precision, name):
    network = seeded_network(3)
    plane = np.random.default_rng(1).uniform(0, 1, (1, 1, 130, 118)).astype(np.float32)
    threads = torch.get_num_threads()
    try:
        _, run = REDUCED_RUNTIMES[precision][name](network.layers(), 0.3, 1, plane, 1)
    except Unavailable as error:
        pytest.skip(f"{name}: {error}")
    finally:
        torch.set_num_threads(threads)
    result = run()
    _, exact = RUNTIMES["PyTorch"](network.layers(), 0.3, 1, plane, threads)
    expected = exact()
    assert result.shape == expected.shape == (1, 4, 130, 118)
    # Of the result's own size: eight bits of mantissa in six layers, or 256 steps of each feature's range.
    error = np.sqrt(np.mean((result - expected) ** 2) / np.mean(expected**2))
    assert 1e-6 < error < {"bf16": 0.03, "int8": 0.15}[precision]


@pytest.mark.parametrize("name", RUNTIMES)
def test_runtime_computes_the_network(name):
    network = seeded_network(3)
    plane = np.random.default_rng(1).uniform(0, 1, (1, 1, 12, 18)).astype(np.float32)
    threads = torch.get_num_threads()
    try:
        _, run = RUNTIMES[name](network.layers(), 0.3, 2, plane, 1)
    except Unavailable as error:
        pytest.skip(f"{name}: {error}")
    finally:
        torch.set_num_threads(threads)
    with torch.inference_mode():
        expected = network.residual(torch.from_numpy(plane)).numpy()
    assert np.abs(run() - expected).max() < 1e-5


def test_operations_are_those_of_the_layers():
    # 72 + 4 * 576 + 288 multiplications, and as many additions.
    assert yardsticks.operations_per_pixel(seeded_network(3).layers()) == 2 * 2664


def test_table_names_what_is_missing():
    rows = [
        {"runtime": "A", "unavailable": "not installed"},
        {"runtime": "B", "version": "1", "ms_median": 2.0, "ms_min": 1.5, "gflops": 3.0},
    ]
    text = yardsticks.table({"width": 8, "height": 4, "threads": 1, "results": rows})
    assert text.index("B ") < text.index("A ") and "not installed" in text
