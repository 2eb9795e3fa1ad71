"""The yardsticks' own checks; runtimes that are not installed are reported as skipped."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from upluma_training import chains, export, yardsticks
from upluma_training.export import SHIPPED
from upluma_training.goldens import picture
from upluma_training.runtimes import REDUCED_RUNTIMES, RUNTIMES, Unavailable
from upluma_training.seeded import SEEDED, seeded_network


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
    assert chains.of_file(SHIPPED / "sp-vdsr.safetensors").operations_per_pixel == 2 * 2664
    assert chains.of_chain("1-8x5-4").operations_per_pixel == 2 * 2664


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ("1-64x4-100", [1, 64, 64, 64, 64, 100]),
        ("1-1", [1, 1]),
        ("1-8x5-4", [1, 8, 8, 8, 8, 8, 4]),
        ("1x2-9", [1, 1, 9]),
        ("1-2x99-1024", [1, *[2] * 99, 1024]),
    ],
)
def test_chains_are_written_as_for_the_benchmark(chain, expected):
    assert chains.channels(chain) == expected
    layers = chains.of_chain(chain).layers
    assert [weight.shape for weight, _ in layers] == [(b, a, 3, 3) for a, b in zip(expected, expected[1:])]
    assert all(weight.dtype == bias.dtype == torch.float32 for weight, bias in layers)


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ("", "neither a number"),
        ("1", "begins with 1"),
        ("1-", "neither a number"),
        ("1--4", "neither a number"),
        ("2-8-4", "begins with 1"),
        ("1-8x2x2-4", "neither a number"),
        ("1-8x-4", "neither a number"),
        ("1-8.5-4", "neither a number"),
        ("1-0-4", "beyond 1024 channels"),
        ("1-1025-4", "beyond 1024 channels"),
        ("1-8x101-4", "beyond 1024 channels or 100 layers"),
        ("1-8x100-4", "at most 100 layers"),
        ("1-8-5", "a square"),
        ("1-8-0", "or 0"),
    ],
)
def test_what_is_no_chain_is_refused(chain, message):
    with pytest.raises(ValueError, match=message):
        chains.channels(chain)


def test_seeded_chains_keep_the_size_of_the_input():
    """So that the error of a deep one says something."""
    plane = picture(*yardsticks.CHECK_SIZE, 1)[None, None]
    for chain in ("1-8x5-4", "1-64x4-100", "1-64x19-4"):
        assert 0.1 < np.sqrt(np.mean(chains.of_chain(chain).exact(plane) ** 2)) < 10


def written(folder: Path, case: str) -> tuple[Path, torch.nn.Module]:
    network = seeded_network(3, SEEDED[case])
    export.save_weights(network, folder / f"{case}.safetensors", network.metadata())
    return folder / f"{case}.safetensors", network.double()


@pytest.mark.parametrize(
    ("case", "part"),
    [
        ("dair-x3-seeded", "FCN alone, without the resampling"),
        ("dair-light-seeded", "FCN alone, without the resampling"),
        ("dair-recur2-seeded", "FCN alone of stage 1 of 2, without the resampling"),
        ("dair-prog-recur2-x4-seeded", "FCN alone of stage 1 of 3, without the resampling"),
    ],
)
def test_of_dair_the_kernels_are_made(case, part, tmp_path):
    path, network = written(tmp_path, case)
    subject = chains.of_file(path)
    assert (subject.name, subject.part) == (case, part)
    plane = picture(6, 7, 1)[None, None]
    with torch.inference_mode():
        kernels = network.kernels(torch.from_numpy(plane).double())
        expected = F.pixel_unshuffle(kernels, network.shape.stages[0].factor).numpy()
    # Double precision twice.
    assert np.abs(subject.exact(plane) - expected).max() < 1e-13


def test_of_sp_vdsr_the_residual_is_made(tmp_path):
    path, network = written(tmp_path, "sp-vdsr-x3-seeded")
    plane = picture(6, 7, 1)[None, None]
    with torch.inference_mode():
        expected = network.residual(torch.from_numpy(plane).double()).numpy()
    assert np.abs(chains.of_file(path).exact(plane) - expected).max() < 1e-13


@pytest.mark.parametrize("case", ["vdsr-seeded", "sp-vdsr-int8-seeded"])
def test_other_files_are_refused(case, tmp_path):
    network = seeded_network(3, SEEDED[case])
    export.save_weights(network, tmp_path / "a.safetensors", network.metadata())
    with pytest.raises(ValueError, match="time sp-vdsr in f32 and dair"):
        chains.of_file(tmp_path / "a.safetensors")


KINDS = [(precision, name) for precision, runtimes in yardsticks.BY_PRECISION.items() for name in runtimes]


@pytest.mark.parametrize(("precision", "name"), KINDS)
@pytest.mark.parametrize("what", ["dair-light-seeded", "dair-size7-seeded", "1-64x4-100"])
def test_runtimes_compute_what_is_timed(precision, name, what, tmp_path):
    """Kernels of 1x1 and 5x5, ReLU, and wide layers, to `yardsticks.TOLERANCE`."""
    subject = chains.of_file(written(tmp_path, what)[0]) if what in SEEDED else chains.of_chain(what)
    threads = torch.get_num_threads()
    try:
        error = yardsticks.checked_error(name, subject, precision, 1)
    except Unavailable as reason:
        pytest.skip(f"{name}: {reason}")
    finally:
        torch.set_num_threads(threads)
    assert 0 < error <= yardsticks.TOLERANCE[precision]


def test_a_runtime_that_computes_something_else_is_refused(monkeypatch):
    def prepare(layers, slope, scale, plane, threads):
        return "1", lambda: 1.001 * chains.of_chain("1-4").exact(plane)

    monkeypatch.setitem(yardsticks.BY_PRECISION, "f32", {"wrong": prepare})
    with pytest.raises(ValueError, match="wrong computes something else: off by 0.001"):
        yardsticks.measure(chains.of_chain("1-4"), 8, 9, 1, frames=1)


def test_f32_is_not_reported_as_bf16(monkeypatch):
    monkeypatch.setitem(yardsticks.BY_PRECISION, "bf16", {"PyTorch": RUNTIMES["PyTorch"]})
    threads = torch.get_num_threads()
    result = yardsticks.measure(chains.of_chain("1-4"), 8, 9, 1, frames=1, precision="bf16")
    torch.set_num_threads(threads)
    assert result["results"] == [{"runtime": "PyTorch", "unavailable": "computes in f32 on this processor"}]


def test_measured_are_the_runtimes_of_a_name():
    threads = torch.get_num_threads()
    result = yardsticks.measure(chains.of_chain("1-4-9"), 8, 9, 1, frames=2, precision="bf16", runtimes="PyTorch")
    torch.set_num_threads(threads)
    assert [row["runtime"] for row in result["results"]] == ["PyTorch, channels last"]
    assert (result["network"], result["part"], result["precision"]) == ("1-4-9", "layers alone", "bf16")
    assert "1-4-9 (layers alone), 9x8, bf16, 1 threads" in yardsticks.table(result)
    with pytest.raises(ValueError, match="no runtime 'Abacus' in f32"):
        yardsticks.measure(chains.of_chain("1-4-9"), 8, 9, 1, runtimes="Abacus")


def test_table_names_what_is_missing():
    rows = [
        {"runtime": "A", "unavailable": "not installed"},
        {"runtime": "B", "version": "1", "ms_median": 2.0, "ms_min": 1.5, "gflops": 3.0},
    ]
    facts = {"network": "n", "part": "p", "precision": "f32", "width": 8, "height": 4, "threads": 1}
    text = yardsticks.table(facts | {"results": rows})
    assert text.index("B ") < text.index("A ") and "not installed" in text
