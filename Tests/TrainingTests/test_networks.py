"""SP-VDSR: its equations by hand, its folding, and the authors' layer list when present."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from upluma_training.lanczos import enlarge_tensor
from upluma_training.networks.collapsible import CollapsibleSPVDSR
from upluma_training.networks.sp_vdsr import LAYER_NAMES, SPVDSR, Shape
from upluma_training.seeded import seeded_network


def by_hand(network: SPVDSR, luma: np.ndarray) -> np.ndarray:
    """The residual of H x W luma with plain loops: an independent reading of the article."""
    maps = luma[None]
    for i, name in enumerate(LAYER_NAMES):
        layer = getattr(network, name)
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
        height, width = maps.shape[1:]
        result = np.zeros((len(bias), height, width)) + bias[:, None, None]
        for dy in range(3):
            for dx in range(3):
                window = padded[:, dy : dy + height, dx : dx + width]
                result += np.einsum("oi,ihw->ohw", weight[:, :, dy, dx], window)
        maps = np.where(result > 0, result, 0.3 * result) if i < 5 else result
    residual = np.zeros((2 * height, 2 * width))
    for channel in range(4):
        residual[channel // 2 :: 2, channel % 2 :: 2] = maps[channel]
    return residual


@pytest.mark.parametrize("size", [(1, 1), (2, 9), (13, 7)])
def test_network_follows_its_equations(size):
    network = seeded_network(7)
    luma = np.random.default_rng(3).uniform(0, 1, size)
    tensor = torch.from_numpy(luma)[None, None]
    with torch.inference_mode():
        residual = network.double().residual(tensor)[0, 0].numpy()
        output = network(tensor)[0, 0].numpy()
    expected = by_hand(network, luma)
    assert np.abs(residual - expected).max() < 1e-12
    picture = np.clip(enlarge_tensor(tensor, 2)[0, 0].numpy() + expected, 0, 1)
    assert np.abs(output - picture).max() < 1e-12


def test_training_form_folds_exactly():
    torch.manual_seed(4)
    twin = CollapsibleSPVDSR(24, Shape(widths=(1, 6, 6, 9), scale=3))
    for parameter in twin.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    luma = torch.rand(2, 1, 11, 14)
    with torch.inference_mode():
        features = luma
        for i, block in enumerate(twin.blocks):
            features = block(features)
            if i < len(twin.blocks) - 1:
                features = torch.nn.functional.leaky_relu(features, 0.3)
        unfolded = torch.nn.functional.pixel_shuffle(features, 3)
        folded = twin.fold().residual(luma)
    # float32 sums of 72 products in two orders; values are of order one.
    assert (folded - unfolded).abs().max() < 1e-6 * max(1, float(unfolded.abs().max()))
    assert unfolded.std() > 0.01


def test_folding_keeps_gradients():
    twin = CollapsibleSPVDSR(8)
    twin(torch.rand(1, 1, 8, 8)).square().mean().backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in twin.parameters())


def test_shapes_survive_metadata():
    shape = Shape(widths=(1, 6, 16), scale=4, base="bilinear")
    assert Shape.from_metadata(shape.metadata()) == shape and Shape.from_metadata({}) == Shape()
    with pytest.raises(ValueError, match="from 1 to 2 squared"):
        Shape(widths=(1, 6, 16))


def test_reference_weights(shared):
    network = SPVDSR()
    network.load_state_dict(load_file(shared / "reference/sp_vdsr_5x8.weights.safetensors"))
    case = load_file(shared / "reference/sp_vdsr_5x8.case1.safetensors")
    with torch.inference_mode():
        residual = network.residual(case["input"] / 255)
        output = 255 * network(case["input"] / 255, case["input.interpolated"] / 255)
    # Tolerances of the reference's own README.
    assert (residual - case["residual"]).abs().max() < 1e-5
    assert (output - case["output"]).abs().max() < 2e-3
