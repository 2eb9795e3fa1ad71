"""SRCNN, FSRCNN, ESPCN, VDSR and FCN: their equations by hand, their sizes, and what training needs of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from upluma_training.families import FAMILIES
from upluma_training.goldens import picture
from upluma_training.lanczos import enlarge
from upluma_training.networks.espcn import ESPCN
from upluma_training.networks.fcn import FCN
from upluma_training.networks.fsrcnn import FSRCNN
from upluma_training.networks.srcnn import SRCNN
from upluma_training.networks.vdsr import VDSR
from upluma_training.recipes import RECIPES
from upluma_training.seeded import SEEDED, seeded_network

PLAIN = {kind.ARCHITECTURE: kind for kind in (SRCNN, FSRCNN, ESPCN, VDSR, FCN)}
CLASSICS = [case for case, facts in SEEDED.items() if facts["architecture"] in PLAIN]


def convolved(maps: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """C x H x W to O x H x W by plain loops over the kernel, zeros outside."""
    reach = weight.shape[-1] // 2
    padded = np.pad(maps, ((0, 0), (reach, reach), (reach, reach)))
    height, width = maps.shape[1:]
    result = np.zeros((len(bias), height, width)) + bias[:, None, None]
    for dy in range(weight.shape[2]):
        for dx in range(weight.shape[3]):
            window = padded[:, dy : dy + height, dx : dx + width]
            result += np.einsum("oi,ihw->ohw", weight[:, :, dy, dx], window)
    return result


def transposed(maps: np.ndarray, weight: np.ndarray, bias: float, scale: int) -> np.ndarray:
    """C x H x W to scale*H x scale*W: every pixel adds its kernel, `scale` apart."""
    size, (height, width) = weight.shape[-1], maps.shape[1:]
    large = np.zeros((scale * height + size, scale * width + size))
    for y in range(height):
        for x in range(width):
            kernel = np.einsum("i,iyx->yx", maps[:, y, x], weight[:, 0])
            large[scale * y : scale * y + size, scale * x : scale * x + size] += kernel
    reach = size // 2
    return bias + large[reach : reach + scale * height, reach : reach + scale * width]


def by_hand(network: torch.nn.Module, luma: np.ndarray) -> np.ndarray:
    """The result for H x W luma: an independent reading of the papers."""
    state = {key: value.detach().numpy() for key, value in network.state_dict().items()}
    scale, kind = network.scale, network.ARCHITECTURE
    enlarged = luma.repeat(scale, 0).repeat(scale, 1) if kind == "fcn" else enlarge(luma, scale, "catmullrom")
    maps = (enlarged if kind in ("srcnn", "vdsr", "fcn") else luma)[None]
    count = sum(name.startswith("conv") and name.endswith(".weight") for name in state)
    for layer in range(1, count + 1):
        maps = convolved(maps, state[f"conv{layer}.weight"], state[f"conv{layer}.bias"])
        if kind == "fsrcnn":
            maps = np.where(maps > 0, maps, state[f"conv{layer}.slope"][:, None, None] * maps)
        elif layer < count:
            maps = np.tanh(maps) if kind == "espcn" else np.maximum(maps, 0)
    if kind == "fsrcnn":
        result = transposed(maps, state["deconv.weight"], state["deconv.bias"][0], scale)
    elif kind == "espcn":
        result = np.zeros((scale * luma.shape[0], scale * luma.shape[1]))
        for channel in range(scale * scale):
            result[channel // scale :: scale, channel % scale :: scale] = maps[channel]
    else:
        result = maps[0] + (enlarged if kind == "vdsr" else 0)
    return np.clip(result, 0, 1)


@pytest.mark.parametrize("case", CLASSICS)
@pytest.mark.parametrize("size", [(1, 1), (2, 9), (8, 5)])
def test_networks_follow_their_equations(case, size):
    network = seeded_network(7, SEEDED[case]).double()
    luma = np.random.default_rng(3).uniform(0, 1, size)
    with torch.inference_mode():
        output = network(torch.from_numpy(luma)[None, None])[0, 0].numpy()
    # Double precision twice, sums in two orders; values of order one.
    assert np.abs(output - by_hand(network, luma)).max() < 1e-12


def test_sizes_are_those_of_the_papers():
    def weights(network: torch.nn.Module) -> int:
        return sum(tensor.numel() for key, tensor in network.state_dict().items() if key.endswith(".weight"))

    # The papers count weights without biases and slopes.
    assert weights(FCN()) == weights(VDSR()) == 9 * (64 + 18 * 64 * 64 + 64)
    assert weights(SRCNN()) == 8032 and weights(FSRCNN()) == 12464 and weights(VDSR()) == 664704
    assert weights(ESPCN(3)) == 5 * 5 * 64 + 9 * 64 * 32 + 9 * 32 * 9


@pytest.mark.parametrize("case", CLASSICS)
def test_metadata_rebuilds_the_network(case):
    network = seeded_network(5, SEEDED[case])
    again = FAMILIES[network.ARCHITECTURE].of_metadata(network.metadata())
    assert again.metadata() == network.metadata()
    again.load_state_dict(network.state_dict())


@pytest.mark.parametrize("case", CLASSICS)
def test_training_predicts_what_the_network_makes(case):
    network = seeded_network(6, SEEDED[case]).double()
    luma = np.random.default_rng(4).uniform(0, 1, (6, 7))
    base = torch.from_numpy(enlarge(luma, network.scale, network.base or "catmullrom"))[None, None]
    tensor = torch.from_numpy(luma)[None, None]
    predicted = network.predict(tensor, F.pixel_unshuffle(base, network.scale))
    output = F.pixel_shuffle(predicted, network.scale).clamp(0, 1)
    assert (output - network(tensor)).abs().max() < 1e-12
    predicted.square().mean().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


@pytest.mark.parametrize("architecture", PLAIN)
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_recipes_without_widths_give_the_papers_network(architecture, scale):
    base = PLAIN[architecture].base or "catmullrom"
    recipe = replace(
        RECIPES["sp-vdsr"], network=architecture, scale=scale, widths=(), base=base, expansion=0
    )
    family = FAMILIES[architecture]
    network, trained = family.of_recipe(recipe), family.in_training(recipe)
    assert network.metadata() == family.of_metadata({"scale": str(scale)}).metadata()
    assert network.state_dict().keys() == trained.folded_state().keys()
    with torch.inference_mode():
        assert network(torch.rand(1, 1, 5, 4)).shape == (1, 1, 5 * scale, 4 * scale)


def test_sizes_that_cannot_be():
    with pytest.raises(ValueError, match="odd"):
        SRCNN(kernels=(9, 2, 5))
    with pytest.raises(ValueError, match="activation"):
        ESPCN(activation="gelu")


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("kind", [SRCNN, FSRCNN, ESPCN, VDSR])
def test_networks_start_near_an_enlargement(kind, scale):
    """Untrained: away from the edges, where padding shows, within 8 % of white of what a filter makes."""
    torch.manual_seed(3)
    luma = torch.from_numpy(picture(20, 24, 5))[None, None]
    luma = F.avg_pool2d(luma, 5, 1, 2, count_include_pad=False)
    expected = enlarge(luma[0, 0].numpy(), scale, "bilinear" if kind in (FSRCNN, ESPCN) else "catmullrom")
    with torch.inference_mode():
        found = kind(scale)(luma)[0, 0].numpy()
    inside = (slice(6 * scale, -6 * scale),) * 2
    assert np.abs(found - expected)[inside].mean() < 0.08
