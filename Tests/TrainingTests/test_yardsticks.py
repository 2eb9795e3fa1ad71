"""The yardsticks' own checks; runtimes that are not installed are reported as skipped."""

import numpy as np
import pytest
import torch

from upluma_training import yardsticks
from upluma_training.goldens import seeded_network
from upluma_training.runtimes import RUNTIMES, Unavailable


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
