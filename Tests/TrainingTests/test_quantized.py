"""Networks in 8 bits: their arithmetic, how they are calibrated and trained, and those that ship."""

import dataclasses
import hashlib
import json
from fractions import Fraction

import numpy as np
import pytest
import torch
from conftest import drawing

from upluma_training import checkpoint, data, export, precisions, protocol, quantize, sources, train
from upluma_training.families import FAMILIES
from upluma_training.networks.fake_quantized import _Codes, best_range, best_scales, rounded
from upluma_training.networks.quantized import CODES, QuantizedLayer, QuantizedSPVDSR, fused
from upluma_training.networks.sp_vdsr import SPVDSR, Shape
from upluma_training.recipes import QUANTIZED, RECIPES

TINY = dataclasses.replace(RECIPES["sp-vdsr-int8"], patch=16, batch=4, scalings=(1.0,), steps=6, warmup=2, border=2)


@pytest.fixture(scope="module")
def pairs(data_folder):
    sized, _ = sources.SOURCES[TINY.source].load(TINY, data_folder, data_folder)
    return data.make_pairs(sized, TINY.patch)


def _random_layer(inputs: int, outputs: int, seed: int, extreme: bool = False) -> QuantizedLayer:
    random = np.random.default_rng(seed)
    layer = QuantizedLayer(inputs, outputs)
    shape = tuple(layer.weight.shape)
    weight = random.choice([-127, 127], shape) if extreme else random.integers(-127, 128, shape)
    layer.weight.copy_(torch.from_numpy(weight))
    layer.input_zero.copy_(torch.from_numpy(random.choice([0, 255] if extreme else [0, 3, 130, 255], inputs)))
    return layer


@pytest.mark.parametrize(("inputs", "extreme"), [(1, False), (8, False), (32, True), (64, True)])
def test_sums_are_exact(inputs, extreme):
    """Against whole numbers, at the largest sums too; outside the picture are zero points."""
    layer = _random_layer(inputs, 4, inputs, extreme)
    random = np.random.default_rng(2)
    codes = random.choice([0, 255], (inputs, 5, 6)) if extreme else random.integers(0, 256, (inputs, 5, 6))
    zeros = layer.input_zero.numpy().astype(np.int64)
    padded = np.empty((inputs, 7, 8), np.int64)
    padded[:] = zeros[:, None, None]
    padded[:, 1:-1, 1:-1] = codes
    weight = layer.weight.numpy().astype(np.int64)
    expected = np.zeros((4, 5, 6), np.int64)
    for dy in range(3):
        for dx in range(3):
            expected += np.einsum("oi,ihw->ohw", weight[:, :, dy, dx], padded[:, dy : dy + 5, dx : dx + 6])
    found = layer.sums(torch.from_numpy(codes)[None])[0].numpy()
    assert np.array_equal(found, expected)
    assert np.array_equal(layer.zero_sums().numpy(), (weight.sum(axis=(2, 3)) * zeros).sum(axis=1))


def test_fused_rounds_once():
    random = np.random.default_rng(3)
    a, b = (random.normal(0, 1, 500).astype(np.float32) for _ in range(2))
    # Sums that nearly cancel, where rounding twice would show.
    c = (-a * b * (1 + random.normal(0, 1e-6, 500))).astype(np.float32)
    found = fused(*(torch.from_numpy(part) for part in (a, b, c))).numpy()
    for x, y, z, result in zip(*(part.tolist() for part in (a, b, c, found))):
        exact = Fraction(x) * Fraction(y) + Fraction(z)
        neighbours = np.nextafter(np.float32(result), np.float32([-np.inf, np.inf])).tolist()
        assert all(abs(exact - Fraction(result)) <= abs(exact - Fraction(other)) for other in neighbours)


def test_a_network_by_hand():
    """The one of the Swift tests: rounding half to even, limits, zero points outside, the slope."""
    network = QuantizedSPVDSR(Shape(widths=(1, 2, 1), scale=1))
    first, second = network.conv2d, network.conv2d_1
    first.weight.zero_()
    first.bias.zero_()
    first.weight[0, 0, 1, 1], first.weight[1, 0, 1, 1] = 1, -1
    second.weight[0, 0, 1, 0], second.weight[0, 0, 1, 1], second.weight[0, 1, 1, 1] = 100, 1, 10
    second.weight_scale.fill_(0.5)
    second.bias.fill_(3)
    second.input_scale.copy_(torch.tensor([0.25, 0.0625]))
    second.input_zero.copy_(torch.tensor([1, 4]))
    # 3.5 is code 4, 2.5 code 2. Channel 1: slope 0.3 makes -0.1875 of -0.625, 3 steps; -0.1125 of -0.375, 1.8.
    found = network.residual(torch.tensor([[[[0.625, 0.375]]]])).flatten().tolist()
    zeros = 100 * 1 + 1 * 1 + 10 * 4
    assert found == [0.5 * (100 * 1 + 4 + 10 * 1 - zeros) + 3, 0.5 * (100 * 4 + 2 + 10 * 2 - zeros) + 3]


def test_ranges_hold_zero_and_leave_out_what_is_rare():
    scale, zero = best_range(torch.linspace(-1, 3, 4001))
    assert 4 / 255 * 0.97 <= scale <= 4 / 255 * 1.001 and abs(zero - 64) <= 1
    # Limited to 4.2, one of 400,000 values costs less than a coarser step costs all of them.
    assert best_range(torch.cat([torch.linspace(0, 4, 400_000), torch.tensor([7.0])]))[0] < 5 / 255
    assert best_range(torch.linspace(2, 3, 100))[1] == 0 and best_range(torch.linspace(-3, -2, 100))[1] == 255
    assert best_range(torch.zeros(10))[0] > 0


def test_weight_scales_keep_what_matters():
    torch.manual_seed(1)
    weight = torch.randn(3, 2, 3, 3)
    scale = best_scales(weight, torch.ones(2))
    assert ((weight.abs().amax(dim=(1, 2, 3)) / scale) >= 127 * 0.999).all()
    # A large weight of an input that is always 0 gives way to the others.
    weight[0, 1, 0, 0] = 40
    assert best_scales(weight, torch.tensor([1.0, 0.0]))[0] < 0.5 * 40 / 127
    assert (best_scales(torch.zeros(2, 1, 3, 3), torch.ones(1)) > 0).all()


def test_calibration_keeps_the_network(pairs):
    """Half a code at each input: far below what the network adds to the enlargement."""
    teacher, _ = export.load_weights(export.SHIPPED / "sp-vdsr.safetensors")
    trainer = quantize.Quantizer(TINY, pairs)
    luma = torch.from_numpy(drawing(60, 80, 4).astype(np.float32) / 255)[None, None]
    with torch.no_grad():
        wanted, found = teacher.residual(luma), trainer.network.quantized().residual(luma)
    assert (found - wanted).square().mean() < 0.01 * wanted.square().mean()
    assert not torch.equal(found, wanted)


def test_training_sees_what_ships(pairs):
    """Forward passes differ by how they round single precision, so a code may be the other of two, rarely."""
    trainer = quantize.Quantizer(TINY, pairs)
    for _ in range(3):
        trainer.advance()
    luma, base, _ = trainer.patches(9)
    with torch.no_grad():
        seen = trainer.network.predict(luma, base)
        ships = trainer.network.quantized().predict(luma, base)
    # One step of a code comes to a few tenths of a code value.
    assert (seen - ships).abs().max() < 1 / 255
    assert ((seen - ships).abs() > 0.01 / 255).float().mean() < 0.05


def test_training_nears_the_teacher(pairs):
    recipe = dataclasses.replace(TINY, steps=60, rate=1e-3)
    trainer = quantize.Quantizer(recipe, pairs)
    costs = [trainer.advance() for _ in range(60)]
    assert np.mean(costs[-15:]) < np.mean(costs[:15]), costs


def test_gradients_reach_everything(pairs):
    trainer = quantize.Quantizer(TINY, pairs)
    trainer.advance()
    for name, parameter in trainer.network.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_codes_have_the_gradients_of_what_they_are_made_of():
    """Limited and not, with zero points at both ends and between."""
    torch.manual_seed(2)
    features, gradient = 3 * torch.randn(2, 3, 5, 4), torch.randn(2, 3, 5, 4)
    scale, zero = torch.tensor([0.02, 0.03, 0.01]), torch.tensor([0.0, 120.0, 255.0])
    parts = (features, scale[:, None, None], zero[:, None, None])
    results = []
    for codes in (_Codes.apply, lambda x, s, z: rounded((x / s + z).clamp(0, CODES)) - z):
        inputs = [part.clone().requires_grad_() for part in parts]
        codes(*inputs).backward(gradient)
        results.append([codes(*parts), *(part.grad for part in inputs)])
    for found, expected in zip(*results):
        assert torch.allclose(found, expected, rtol=1e-5, atol=1e-5 * expected.abs().max())


def test_resuming_changes_nothing(pairs, tmp_path):
    whole, first, second = (quantize.Quantizer(TINY, pairs) for _ in range(3))
    losses = [whole.advance() for _ in range(6)]
    halves = [first.advance() for _ in range(2)]
    checkpoint.write(tmp_path / "c.pt", first.state())
    second.restore(checkpoint.read(tmp_path / "c.pt"))
    halves += [second.advance() for _ in range(4)]
    assert halves == losses
    for name, tensor in whole.state()["average"].items():
        assert torch.equal(tensor, second.state()["average"][name]), name


def test_hard_pictures_are_nearly_black_and_white():
    picture = drawing(40, 50, 1)
    hard = quantize.hardened(picture)
    assert hard.dtype == np.uint8 and hard.min() == 16 and hard.max() == 235
    assert np.isin(hard, (16, 235)).mean() > 2 * np.isin(picture, (16, 235)).mean()
    assert np.isin(quantize.hardened(np.full((8, 8), 90, np.uint8)), (125, 126)).all()


@pytest.mark.parametrize("steps", [0, 2])
def test_quantise_and_export(steps, data_folder, tmp_path):
    """No steps are calibration alone."""
    recipe = dataclasses.replace(TINY, steps=steps)
    train.run(recipe, data_folder, tmp_path, report_every=2, make=quantize.Quantizer)
    facts = export.export(tmp_path / train.CHECKPOINT, tmp_path / "w.safetensors")
    network, found = export.load_weights(tmp_path / "w.safetensors")
    assert isinstance(network, QuantizedSPVDSR) and found == facts
    assert (found["precision"], found["architecture"], found["iterations"]) == ("int8", "sp-vdsr", str(steps))
    origin = (export.SHIPPED / "sp-vdsr.safetensors").read_bytes()
    assert found["quantized_from"] == hashlib.sha256(origin).hexdigest()
    dtypes = {name.split(".")[1]: tensor.dtype for name, tensor in network.state_dict().items() if "_1." in name}
    assert dtypes == {
        "weight": torch.int8,
        "weight_scale": torch.float32,
        "bias": torch.float32,
        "input_scale": torch.float32,
        "input_zero": torch.uint8,
    }


def test_an_unknown_precision_and_too_few_layers_are_refused():
    with pytest.raises(ValueError, match="int4"):
        FAMILIES["sp-vdsr"].of_metadata({"precision": "int4"})
    with pytest.raises(ValueError, match="one layer"):
        QuantizedSPVDSR(Shape(widths=(1, 4)))


def _has_8_bits(path) -> bool:
    """Whether it is an SP-VDSR, and none that belongs to a downscaler: what is measured here is for other pictures."""
    network, facts = export.load_weights(path)
    return isinstance(network, SPVDSR) and "downscaler" not in facts


FLOATING = sorted(path for path in export.SHIPPED.glob("*.safetensors") if _has_8_bits(path))
MOST = 0.08
"""dB that 8 bits may cost on any test set or clip."""
MOST_OF_ONE = 0.25
"""The same on any picture: single pictures of Set14 came to 0.21 dB before hard ones were trained on."""


def test_every_network_of_the_family_ships_in_8_bits():
    assert precisions.shipped() == FLOATING and len(FLOATING) > 5
    assert {f"{path.stem}-int8" for path in FLOATING} == {
        name for name, recipe in RECIPES.items() if recipe.network in QUANTIZED
    }


@pytest.mark.parametrize("path", FLOATING, ids=lambda path: path.stem)
def test_8_bits_are_made_of_the_weights_beside_them(path):
    _, facts = export.load_weights(path)
    small, small_facts = export.load_weights(precisions.in_8_bits(path))
    assert small_facts["quantized_from"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert json.loads(small_facts["settings"])["start"] == path.name
    assert all(small_facts[key] == facts[key] for key in ("architecture", "scale", "widths", "base", "leaky_slope"))
    costs = json.loads(small_facts["psnr_y_cost"])
    assert set(precisions.SETS) < set(costs) and max(costs.values()) < MOST
    for name in small.shape.names[1:]:
        assert getattr(small, name).weight.abs().amax() == 127, "weights use their range"


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("path", FLOATING, ids=lambda path: path.stem)
def test_8_bits_cost_little_on_drawings(path, seed):
    """Hard edges and flat areas alone, which no training picture has like this: a single picture's own cost."""
    exact, facts = export.load_weights(path)
    small, _ = export.load_weights(precisions.in_8_bits(path))
    scores = precisions.compare(exact, small, {"drawing": [drawing(144, 192, seed)]})["drawing"]
    assert precisions.cost(scores) < MOST_OF_ONE


def test_costs_in_the_metadata_are_those_measured(shared):
    path = export.SHIPPED / "sp-vdsr.safetensors"
    small, facts = export.load_weights(precisions.in_8_bits(path))
    large = precisions.planes(shared / "data")
    scores = precisions.compare(export.load_weights(path)[0], small, large)
    noted = json.loads(facts["psnr_y_cost"])
    for name in precisions.SETS:
        # Rounded to 0.001; another version of PyTorch sums the float32 network in another order.
        assert precisions.cost(scores[name]) == pytest.approx(noted[name], abs=0.002)


def test_the_table_of_costs():
    rows = [{"network": "n", "psnr_y": {"set5": {"f32": 30.0, "int8": 29.984}, "a.mp4": {"f32": 40.0, "int8": 40.5}}}]
    assert precisions.table(rows).splitlines() == [
        "| network | set5 | a.mp4 |",
        "|---|---|---|",
        "| `n` | 30.00 -0.016 | 40.00 +0.500 |",
    ]
    assert json.loads(precisions.as_json(rows)) == rows
