"""DAIR's networks: the paper's text by hand, their sizes, their files, and their training form."""

import dataclasses

import numpy as np
import pytest
import torch
from test_adaptive import literally
from test_classics import convolved
from torch.nn import functional as F

from upluma_training import goldens
from upluma_training.export import load_weights, save_weights
from upluma_training.families import FAMILIES
from upluma_training.filters import matrix
from upluma_training.goldens import picture
from upluma_training.networks.dair import DAIR, SHAPES, CollapsibleDAIR, Shape, Stage
from upluma_training.recipes import DAIR_5
from upluma_training.seeded import SEEDED, seeded_network

CASES = [case for case, facts in SEEDED.items() if facts["architecture"] == "dair"]
PUBLISHED = [
    (name, scale) for name, make in SHAPES.items() for scale in (2, 3, 4) if make(scale).scale == scale
]


def by_hand(network: DAIR, luma: np.ndarray) -> np.ndarray:
    """The unclipped result for H x W luma: an independent reading of sections 3.1 and 3.2."""
    state = {key: value.detach().numpy() for key, value in network.state_dict().items()}
    facts = {key: value.split() for key, value in network.metadata().items()}
    result = luma
    for number, widths in enumerate(facts["widths"]):
        prefix = f"stage{number + 1}." if number else ""
        factor = int(facts["factors"][number])
        intervals = [factor * int(interval) for interval in facts["intervals"][number].split("-")]
        # The source as large as what the stage reads, by nearest neighbour.
        ratio = len(result) // len(luma)
        nearest = luma.repeat(ratio, axis=0).repeat(ratio, axis=1)
        for _ in range(int(facts["repeats"][number])):
            maps = np.stack([result, nearest]) if widths.startswith("2-") else result[None]
            count = widths.count("-")
            for layer in range(1, count + 1):
                maps = convolved(maps, state[f"{prefix}conv{layer}.weight"], state[f"{prefix}conv{layer}.bias"])
                maps = np.maximum(maps, 0) if layer < count else maps
            result = literally(result, maps, factor, intervals)
    return result


@pytest.mark.parametrize("size", [(1, 1), (2, 9), (6, 5)])
@pytest.mark.parametrize("case", CASES)
def test_networks_follow_their_equations(case, size):
    network = seeded_network(7, SEEDED[case]).double()
    luma = np.random.default_rng(3).uniform(0, 1, size)
    tensor = torch.from_numpy(luma)[None, None]
    with torch.inference_mode():
        made, output = network.made(tensor)[0, 0].numpy(), network(tensor)[0, 0].numpy()
    expected = by_hand(network, luma)
    # Double precision twice, sums in two orders; values of order one.
    assert np.abs(made - expected).max() < 1e-12
    assert np.abs(output - np.clip(expected, 0, 1)).max() < 1e-12


def test_seeded_networks_are_of_every_form():
    """What the goldens, and the test above, are to cover."""
    shapes = [Shape.from_metadata(SEEDED[case]) for case in CASES]
    stages = [stage for shape in shapes for stage in shape.stages]
    assert {shape.scale for shape in shapes} == {2, 3, 4} and {len(shape.stages) for shape in shapes} == {1, 2, 3}
    assert {len(stage.intervals) for stage in stages} == {1, 2, 3} and {stage.size for stage in stages} == {3, 5, 7}
    assert {stage.repeats for stage in stages} == {1, 2} and {1, 3, 5} == {k for s in stages for k in s.kernels}
    assert any(stage.widths[0] == 2 and stage.factor == 2 for stage in stages), "progressive"


def test_kernels_are_those_the_first_stage_is_made_by():
    network = seeded_network(5, SEEDED["dair-x3-seeded"]).double()
    luma = picture(5, 4, 2).astype(np.float64)
    tensor = torch.from_numpy(luma)[None, None]
    with torch.inference_mode():
        kernels, made = network.kernels(tensor)[0].numpy(), network.made(tensor)[0, 0].numpy()
    assert kernels.shape == (25, 15, 12)
    large = luma.repeat(3, axis=0).repeat(3, axis=1)
    padded = np.pad(large, 6, mode="edge")
    for i, j in ((0, 0), (7, 5), (14, 11), (3, 10)):
        window = padded[i : i + 15 : 3, j : j + 15 : 3]
        # Double precision, 25 products.
        assert abs((kernels[:, i, j].reshape(5, 5) * window).sum() - made[i, j]) < 1e-13


def layers_of_paper(count: int, inputs: int, factor: int) -> int:
    """Numbers in `count` 3x3 layers of 64 filters, the last making 5 x 5 elements for each of factor^2 pixels;
    section 4, "Implementation details"."""
    last = 5 * 5 * factor * factor
    weights = 9 * (inputs * 64 + (count - 2) * 64 * 64 + 64 * last)
    return weights + (count - 1) * 64 + last


PARAMETERS = {
    "dair-5": lambda scale: layers_of_paper(5, 1, scale),
    "dair-10": lambda scale: layers_of_paper(10, 1, scale),
    "dair-20": lambda scale: layers_of_paper(20, 1, scale),
    # "Without drastically increasing the number of parameters": the weights are those of one interval.
    "dair-asp2-20": lambda scale: layers_of_paper(20, 1, scale),
    "dair-asp3-20": lambda scale: layers_of_paper(20, 1, scale),
    "dair-prog-10": lambda scale: layers_of_paper(10, 1, 2) + layers_of_paper(10, 2, 2),
    # "The number of parameters for Recur1 10 and Recur2 10 are the same".
    "dair-recur1-10": lambda scale: layers_of_paper(10, 1, scale) + layers_of_paper(10, 2, 1),
    "dair-recur2-10": lambda scale: layers_of_paper(10, 1, scale) + layers_of_paper(10, 2, 1),
    "dair-final": lambda scale: PARAMETERS["dair-prog-10" if scale == 4 else "dair-10"](scale)
    + layers_of_paper(10, 2, 1),
    # Our own: seven layers of 16 filters, the last 1x1.
    "dair-light": lambda scale: 9 * (16 + 5 * 256) + 16 * 25 * scale**2 + 6 * 16 + 25 * scale**2,
}


@pytest.mark.parametrize(("name", "scale"), PUBLISHED)
def test_sizes_are_those_of_the_text(name, scale):
    network = DAIR(SHAPES[name](scale))
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name](scale)


def test_networks_are_those_of_the_tables():
    scales = {name: {scale for known, scale in PUBLISHED if known == name} for name in SHAPES}
    assert scales.pop("dair-prog-10") == {4} and set(map(frozenset, scales.values())) == {frozenset((2, 3, 4))}
    assert SHAPES["dair-final"](3) == SHAPES["dair-recur2-10"](3)
    final = SHAPES["dair-final"](4)
    assert final.stages[:2] == SHAPES["dair-prog-10"](4).stages and final.stages[2].repeats == 2
    assert final.stages[2] == SHAPES["dair-recur2-10"](4).stages[1]
    for name, intervals in {"dair-20": (1,), "dair-asp2-20": (1, 2), "dair-asp3-20": (1, 2, 3)}.items():
        assert [stage.intervals for stage in SHAPES[name](4).stages] == [intervals]


@pytest.mark.parametrize(("name", "scale"), PUBLISHED)
def test_shapes_survive_metadata(name, scale):
    shape = SHAPES[name](scale)
    assert Shape.from_metadata(shape.metadata()) == shape
    assert shape.metadata()["architecture"] == DAIR.ARCHITECTURE and shape.metadata()["scale"] == str(scale)
    recipe = dataclasses.replace(DAIR_5, shape=name, scale=scale)
    assert FAMILIES["dair"].of_recipe(recipe).metadata() == shape.metadata()


@pytest.mark.parametrize("case", CASES)
def test_files_rebuild_the_network(case, tmp_path):
    network = seeded_network(5, SEEDED[case])
    save_weights(network, tmp_path / "a.safetensors", network.metadata())
    again, facts = load_weights(tmp_path / "a.safetensors")
    assert facts == network.metadata() == again.metadata()
    luma = torch.from_numpy(picture(4, 5, 1))[None, None]
    with torch.inference_mode():
        assert torch.equal(again(luma), network(luma))


def test_what_metadata_leaves_out():
    shape = Shape.from_metadata({"widths": "1-4-225", "scale": "3"})
    assert shape == Shape((Stage((1, 4, 225), 3, (1,), 1, (3, 3)),))


PROGRESSIVE = Shape((Stage((1, 4, 100), 2), Stage((2, 4, 100), 2))).metadata()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"widths": ""}, "'widths' is missing"),
        ({"widths": "1-4-100"}, "'factors' has 2 entries for 1 stages"),
        ({"factors": "2"}, "'factors' has 1 entries for 2 stages"),
        ({"intervals": "1 1 1"}, "'intervals' has 3 entries"),
        ({"kernels": "3-3"}, "'kernels' has 1 entries"),
        ({"repeats": "1"}, "'repeats' has 1 entries"),
        ({"kernels": "3-3 3"}, "one odd number between each two"),
        ({"kernels": "3-3 3-2"}, "one odd number between each two"),
        ({"widths": "1-4-100 2-4-64"}, "64 is not an odd square times 2 squared"),
        ({"widths": "1-4-100 2-4-101"}, "101 is not an odd square"),
        ({"widths": "1-4-100 3-4-100"}, "reads one picture or two"),
        ({"repeats": "1 2"}, "repeated at its own size only"),
        ({"repeats": "1 0"}, "below 1"),
        ({"intervals": "1 0"}, "below 1"),
        ({"factors": "2 1", "widths": "1-4-100 2-4-25"}, "'scale' is 4, but the stages enlarge by 2"),
        ({"scale": "2"}, "'scale' is 2, but the stages enlarge by 4"),
        ({"widths": "1-4-100 2-four-100"}, "invalid literal"),
    ],
)
def test_broken_metadata_is_refused(changes, message):
    assert Shape.from_metadata(PROGRESSIVE).scale == 4
    with pytest.raises(ValueError, match=message):
        Shape.from_metadata(PROGRESSIVE | changes)


def test_a_shape_of_another_scale_is_refused():
    with pytest.raises(ValueError, match="dair-prog-10 enlarges by 4, not by 2"):
        FAMILIES["dair"].of_recipe(dataclasses.replace(DAIR_5, shape="dair-prog-10", scale=2))


def _twin(case: str, expansion: int = 12) -> CollapsibleDAIR:
    """A training form away from where training starts."""
    torch.manual_seed(4)
    twin = CollapsibleDAIR(Shape.from_metadata(SEEDED[case]), expansion).double()
    for parameter in twin.parameters():
        parameter.data += 0.03 * torch.randn_like(parameter)
    return twin


@pytest.mark.parametrize("case", CASES)
def test_training_form_folds_exactly(case):
    twin = _twin(case)
    luma = torch.from_numpy(picture(6, 5, 3))[None, None].double()
    plain = DAIR(twin.shape).double()
    plain.load_state_dict(twin.folded_state())
    with torch.inference_mode():
        result, reached = luma, 1
        for stage, blocks in zip(twin.shape.stages, twin.stages):
            nearest = luma.repeat_interleave(reached, dim=2).repeat_interleave(reached, dim=3)
            for _ in range(stage.repeats):
                features = torch.cat([result, nearest][: stage.widths[0]], dim=1)
                for block in blocks[:-1]:
                    features = F.relu(block(features))
                result = stage.resample(result, blocks[-1](features))
            reached *= stage.factor
        predicted = F.pixel_shuffle(twin.predict(luma, luma), twin.shape.scale)
        # Double precision, sums in other orders; values of order one.
        assert (predicted - result).abs().max() < 1e-12
        assert (plain.made(luma) - result).abs().max() < 1e-12
        assert (F.pixel_shuffle(plain.predict(luma, luma), plain.scale) - result).abs().max() < 1e-12
    assert result.std() > 0.01


@pytest.mark.parametrize("case", ["dair-light-seeded", "dair-prog-recur2-x4-seeded"])
def test_folding_keeps_gradients(case):
    twin = _twin(case)
    twin.predict(torch.rand(1, 1, 5, 4).double(), None).square().mean().backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in twin.parameters())


@pytest.mark.parametrize("expansion", [0, 8])
@pytest.mark.parametrize(("name", "scale"), [("dair-5", 2), ("dair-asp2-20", 4), ("dair-final", 4), ("dair-light", 3)])
def test_training_starts_at_an_enlargement(name, scale, expansion):
    """The layers scatter about the kernels of Catmull-Rom, and find nothing in a black picture."""
    torch.manual_seed(3)
    shape = SHAPES[name](scale)
    network = CollapsibleDAIR(shape, expansion) if expansion else DAIR(shape)
    plain = DAIR(shape)
    plain.load_state_dict(network.folded_state())
    factor, levels = shape.stages[0].factor, len(shape.stages[0].intervals)
    with torch.inference_mode():
        kernels = F.pixel_unshuffle(plain.kernels(torch.zeros(1, 1, 3, 4)), factor)
    rows = matrix("catmullrom", 8, 8 * factor)[4 * factor : 5 * factor, 2:7]
    expected = torch.from_numpy(np.einsum("yr,xc->rcyx", rows, rows).reshape(-1) / levels)
    # Weights of single precision below one.
    assert (kernels - expected[None, :, None, None]).abs().max() < 1e-6


@pytest.mark.parametrize("form", ["plain", "training"])
def test_another_scale_starts_from_the_inner_layers(form):
    """Every layer but the last, which makes another number of elements."""
    torch.manual_seed(5)
    source, shape = DAIR(Shape((Stage((1, 6, 6, 100), 2),))), Shape((Stage((1, 6, 6, 225), 3),))
    network = DAIR(shape) if form == "plain" else CollapsibleDAIR(shape, 8)
    before = network.folded_state()["conv3.weight"].clone()
    network.start_from(source)
    state = network.folded_state()
    assert torch.equal(state["conv1.weight"], source.conv1.weight)
    assert torch.equal(state["conv2.weight"], source.conv2.weight)
    assert torch.equal(state["conv3.weight"], before)


def test_goldens_reach_both_clips():
    """And stay of order one, as the tolerance of their comparison supposes."""
    found = {name: tensors for name, (tensors, _) in goldens.network_goldens().items() if name.startswith("dair-")}
    large = {name: tensors for name, tensors in found.items() if name.endswith("-seeded.9x11.safetensors")}
    assert len(large) == len(CASES)
    for name, tensors in large.items():
        assert 0.5 < abs(tensors["layers"]).max() < 4 and abs(tensors["kernels"]).max() < 4, name
        height, width = tensors["layers"].shape[2:]
        assert tensors["output"].shape == (1, 1, height, width) and "interpolated" not in tensors
    for clip in (0, 1):
        assert sum((tensors["output"] == clip).mean() > 0.005 for tensors in large.values()) > len(large) // 2
