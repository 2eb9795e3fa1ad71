"""CAR's resampling, its gradients, its losses, and the two networks that predict kernels."""

import math

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from PIL import Image
from upluma_training import car_chroma, car_losses
from upluma_training.export import SHIPPED
from upluma_training.networks.car import CAR
from upluma_training.networks.car_light import CARLight, Shape
from upluma_training.networks.displaced import Rounded, Taps, to_codes
from upluma_training.networks.edsr import EDSR

TAPS = [Taps(6, 2), Taps(7, 2, reflected=True), Taps(5, 4, reflected=True), Taps(3, 1)]
SHAPE = Shape((4, 5, 108), (3, 1), 2, 6)


def drawn(taps: Taps, small: tuple[int, int], seed: int = 1, spread: float = 0.7):
    """A picture of two channels and, for each small pixel, weights and displacements; float64."""
    random = np.random.default_rng(seed)
    height, width = small

    def array(*shape: int) -> torch.Tensor:
        return torch.from_numpy(random.uniform(-1, 1, shape))

    picture = array(2, 2, height * taps.scale, width * taps.scale)
    return picture, *(scale * array(2, taps.count, height, width) for scale in (1.0, spread, spread))


def literal(taps: Taps, picture, weights, horizontal, vertical) -> np.ndarray:
    """Equations 1 to 3, pixel by pixel."""
    picture, weights, horizontal, vertical = (part.detach().numpy() for part in (picture, weights, horizontal, vertical))
    if taps.reflected:
        margin = taps.size // 2
        picture = np.pad(picture, ((0, 0), (0, 0), (margin,) * 2, (margin,) * 2), mode="reflect")
    else:
        margin = 0
    batch, channels, height, width = picture.shape
    result = np.zeros((batch, channels, *weights.shape[2:]))

    def index(position: float, length: int) -> tuple[int, int, float]:
        before = math.floor(position)
        first = min(max(before, 0), length - 1)
        return first, min(first + 1, length - 1), position - before

    for n, t, y, x in np.ndindex(weights.shape):
        ky, kx = divmod(t, taps.size)
        middle = [(p + 0.5) * taps.scale - 0.5 + margin - (taps.size - 1) / 2 for p in (y, x)]
        top, bottom, beta = index(middle[0] + ky + taps.scale * vertical[n, t, y, x], height)
        left, right, alpha = index(middle[1] + kx + taps.scale * horizontal[n, t, y, x], width)
        for c in range(channels):
            s = picture[n, c]
            sample = (1 - alpha) * (1 - beta) * s[top, left] + alpha * (1 - beta) * s[top, right]
            sample += (1 - alpha) * beta * s[bottom, left] + alpha * beta * s[bottom, right]
            result[n, c, y, x] += weights[n, t, y, x] * sample
    return result


@pytest.mark.parametrize("taps", TAPS, ids=str)
def test_resampling_is_what_the_equations_say(taps: Taps):
    parts = drawn(taps, (4, 5), spread=1.5)
    assert np.allclose(taps.resample(*parts).numpy(), literal(taps, *parts), atol=1e-12)


@pytest.mark.parametrize("taps", TAPS, ids=str)
def test_gradients_are_those_of_finite_differences(taps: Taps):
    """Equations 4 to 6, away from whole positions, where a bilinear sample has a corner."""
    picture, weights, horizontal, vertical = (part[:1] for part in drawn(taps, (2, 3)))
    reach = (taps.size - 1) / 2 + taps.scale / 2
    for displacements in (horizontal, vertical):
        positions = displacements * taps.scale + reach
        fraction = positions - positions.floor()
        displacements += (fraction.clamp(0.1, 0.9) - fraction) / taps.scale
    learned = [part.requires_grad_() for part in (weights, horizontal, vertical)]
    assert torch.autograd.gradcheck(lambda *parts: taps.resample(picture, *parts), learned, eps=1e-6, atol=1e-7)


def test_a_displaced_tap_follows_a_slope():
    """On a ramp of slope 1 a displacement of 1 moves the sample by the scale, and the gradient says so."""
    taps = Taps(6, 2)
    ramp = torch.arange(40.0).repeat(1, 1, 40, 1)
    weights = torch.full((1, 36, 20, 20), 1 / 36)
    shift = torch.full_like(weights, 0.25).requires_grad_()
    result = taps.resample(ramp, weights, shift, torch.zeros_like(weights))
    assert torch.allclose(result[0, 0, :, 4:15], 2 * torch.arange(4.0, 15.0) + 0.5 + 0.5, atol=1e-4)
    result[0, 0, 10, 10].backward()
    assert torch.allclose(shift.grad[0, :, 10, 10], torch.full((36,), 2 / 36), atol=1e-6)


def test_rounding_has_the_slope_of_soft_rounding():
    values = torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0, 2.5, -1.5], dtype=torch.float64, requires_grad=True)
    rounded = Rounded.apply(values, 0.8)
    assert rounded.tolist() == [0, 0, 0, 1, 1, 2, -2]
    rounded.sum().backward()
    # The derivative of x - alpha sin(2 pi x) / (2 pi), numerically.
    soft = lambda x: x - 0.8 * torch.sin(2 * torch.pi * x) / (2 * torch.pi)  # noqa: E731
    slope = (soft(values.detach() + 1e-6) - soft(values.detach() - 1e-6)) / 2e-6
    assert torch.allclose(values.grad, slope, atol=1e-8)


def test_codes_are_limited_and_whole():
    codes = to_codes(torch.tensor([-0.2, 0.0, 0.4999, 1.0, 1.3]), 0.5) * 255
    assert torch.allclose(codes, torch.tensor([0.0, 0.0, 127.0, 255.0, 255.0]), atol=1e-4)


def test_offset_loss_of_a_known_displacement():
    """Equation 9 for one kernel whose taps all move by (0.3, 0.4): half the sum of floor + w."""
    taps = Taps(3, 2)
    horizontal, vertical = torch.full((2, 9, 4, 5), 0.3), torch.full((2, 9, 4, 5), -0.4)
    rests = [math.hypot(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    expected = 0.5 * sum(1.25 + rest / math.sqrt(3**2 / 2) for rest in rests)
    assert float(car_losses.offset(horizontal, vertical, taps, 1.25)) == pytest.approx(expected, rel=1e-4)


def test_variation_loss_counts_each_direction_where_the_paper_has_it():
    """Equation 10: vertical displacements along a row, horizontal ones down a column, by the kernel's weights."""
    weights = torch.full((1, 4, 3, 3), -0.5)
    still = torch.zeros(1, 4, 3, 3)
    along = torch.arange(3.0).expand(1, 4, 3, 3)
    down = along.transpose(2, 3)
    # Four taps, each changing by 1 with a weight of one half.
    assert float(car_losses.variation(weights, still, along)) == pytest.approx(2)
    assert float(car_losses.variation(weights, down, still)) == pytest.approx(2)
    assert float(car_losses.variation(weights, along, down)) == 0


def test_the_light_network_starts_as_a_reduction():
    network = CARLight(SHAPE)
    for _, parameter in network.named_parameters():
        assert torch.isfinite(parameter).all()
    ramp = torch.linspace(0, 1, 40).repeat(1, 1, 40, 1)
    assert torch.allclose(network(ramp)[0, 0, :, 3:-3], torch.nn.functional.avg_pool2d(ramp, 2)[0, 0, :, 3:-3], atol=0.02)


@pytest.mark.parametrize("size", [(40, 40), (39, 40), (37, 33), (1, 1)])
def test_the_light_networks_kernels_sum_to_one(size: tuple[int, int]):
    torch.manual_seed(1)
    network = CARLight(SHAPE)
    torch.nn.init.normal_(network.conv2.weight)
    torch.nn.init.normal_(network.conv2.bias)
    picture = torch.rand(2, 1, *size)
    weights, horizontal, vertical = network.predict(picture)
    assert weights.shape == (2, 36, -(-size[0] // 2), -(-size[1] // 2))
    assert torch.allclose(weights.sum(dim=1), torch.ones(()), atol=1e-4)
    assert max(horizontal.abs().max(), vertical.abs().max()) <= 1
    assert torch.allclose(network(torch.full_like(picture, 0.7)), torch.tensor(0.7), atol=1e-4)


def test_the_state_that_ships_is_the_same_function():
    torch.manual_seed(2)
    network, shipped = CARLight(SHAPE), CARLight(Shape.from_metadata(SHAPE.metadata()))
    torch.nn.init.normal_(network.conv2.weight)
    shipped.load_state_dict(network.folded_state())
    picture = torch.rand(1, 1, 20, 22)
    assert torch.allclose(network(picture), shipped(picture), atol=1e-5)


@pytest.mark.parametrize("size", [(32, 24), (33, 47)])
@pytest.mark.parametrize("scale", [2, 4])
def test_the_papers_network_reduces_any_size(scale: int, size: tuple[int, int]):
    torch.manual_seed(3)
    network = CAR(scale, width=8)
    result = network(torch.rand(1, 1, *size))
    assert result.shape == (1, 1, -(-size[0] // scale), -(-size[1] // scale))
    assert 0 <= result.min() and result.max() <= 1


@pytest.mark.parametrize("scale", [2, 4])
def test_the_papers_network_is_the_authors(scale: int, shared):
    """Whole, with seeded weights of the authors' class; tolerances are those of the reference."""
    reference = shared / "reference"
    packed = load_file(reference / "car_2x.weights.safetensors")
    if scale == 4:
        packed |= load_file(reference / "car_4x.weights.safetensors")
    state = {
        name: tensor.float() * packed[f"{name}.scale"] if f"{name}.scale" in packed else tensor
        for name, tensor in packed.items()
        if not name.endswith(".scale")
    }
    network = CAR(scale, channels=3)
    network.load_state_dict(state)
    case = load_file(reference / f"car_{scale}x.case1.safetensors")
    with torch.no_grad():
        weights, horizontal, vertical = network.predict(case["input"])
        raw = network(case["input"])
    assert (weights - case["kernels"]).abs().max() < 2e-6
    assert (horizontal - case["offsets_h"]).abs().max() < 2e-5
    assert (vertical - case["offsets_v"]).abs().max() < 2e-5
    assert (raw - case["output_raw"]).abs().max() < 1e-5
    assert ((raw.clamp(0, 1) * 255).round() - case["output"]).abs().max() <= 1


@pytest.mark.parametrize("scale", [2, 4])
def test_edsr_is_the_authors(scale: int, shared):
    reference = shared / "reference"
    state = load_file(reference / f"edsr_small_{scale}x.weights.safetensors")
    network = EDSR(scale, blocks=4, features=16, channels=3)
    network.load_state_dict({name: state[name] for name in network.state_dict()})
    case = load_file(reference / f"edsr_small_{scale}x.case1.safetensors")
    with torch.no_grad():
        assert (network(case["input"]) - case["output"]).abs().max() < 1e-5


def test_chroma_stays_where_it_is_by_every_method():
    """A smooth slope of chroma keeps its values at the small picture's own left-sited places."""
    network = CARLight(SHAPE)
    # Its kernels are then all the symmetric one that training starts from.
    torch.nn.init.zeros_(network.conv2.weight)
    columns, rows = np.meshgrid(np.arange(48.0), np.arange(40.0))
    plane = 60 + 1.5 * columns + 0.7 * rows
    luma = np.random.default_rng(1).integers(16, 235, (80, 96)).astype(np.uint8)
    small_columns, small_rows = np.meshgrid(2 * np.arange(24.0) + 0.25, 2 * np.arange(20.0) + 0.5)
    expected = 60 + 1.5 * small_columns + 0.7 * small_rows
    for method in car_chroma.METHODS:
        error = np.abs(car_chroma.reduced(plane, method, luma, network) - expected)[4:-4, 4:-4]
        # Symmetric kernels are all but exact on slopes; a quarter of a sample would be 0.375.
        assert error.max() < 0.02, method


def test_chroma_is_measured_on_colour_alone(tmp_path):
    folder = tmp_path / "test/set5"
    folder.mkdir(parents=True)
    y, x = np.mgrid[0:56, 0:64]
    colour = np.stack([(3 * x) % 256, (4 * y) % 256, (2 * x + y) % 256], axis=-1).astype(np.uint8)
    Image.fromarray(colour).save(folder / "a.png")
    Image.fromarray(colour[..., 0]).save(folder / "grey.png")
    alone = car_chroma.measure(tmp_path, SHIPPED / "car-2x.safetensors")
    (folder / "grey.png").unlink()
    assert car_chroma.measure(tmp_path, SHIPPED / "car-2x.safetensors") == alone
    assert set(alone) == {"set5"} and set(alone["set5"]) == set(car_chroma.METHODS)
    assert all(20 < score < 70 for score in alone["set5"].values())
    assert "| lanczos3 |" in car_chroma.table(alone)
