"""The weights that ship, their file, the golden files, and the evaluation of them."""

import json

import numpy as np
import pytest
import torch
from conftest import drawing
from PIL import Image

from upluma_training import checkpoint, evaluate, export, goldens, pictures, protocol, train
from upluma_training.car_recipes import CAR_RECIPES
from upluma_training.networks.sp_vdsr import LAYER_NAMES, SPVDSR
from upluma_training.recipes import RECIPES

SHIPPED = export.SHIPPED / "sp-vdsr.safetensors"


def test_shipped_file_is_complete():
    network, facts = export.load_weights(SHIPPED)
    assert set(export.METADATA_KEYS) <= set(facts) and all(facts.values())
    assert (facts["architecture"], facts["scale"]) == ("sp-vdsr", "2")
    assert facts["widths"] == "1-8-8-8-8-8-4" and float(facts["psnr_y_set5"]) > 36.5
    settings = json.loads(facts["settings"])
    assert settings["name"] == facts["recipe"] and int(facts["iterations"]) == settings["steps"]
    widths = [int(width) for width in facts["widths"].split("-")]
    state = network.state_dict()
    assert len(state) == 2 * len(LAYER_NAMES)
    for name, inputs, outputs in zip(LAYER_NAMES, widths, widths[1:]):
        assert state[f"{name}.weight"].shape == (outputs, inputs, 3, 3)
        assert state[f"{name}.bias"].shape == (outputs,)
    assert all(tensor.dtype == torch.float32 and tensor.isfinite().all() for tensor in state.values())


EVERY = sorted(export.SHIPPED.glob("*.safetensors"))


def _belongs_to_a_pair(path) -> bool:
    """Whether it is a downscaler, or was trained with one: on pictures that `protocol` does not make."""
    facts = export.load_weights(path)[1]
    return facts["recipe"] in CAR_RECIPES


FILES = [path for path in EVERY if not _belongs_to_a_pair(path)]
RESIDUAL = "sp-vdsr"
"""The architecture whose networks correct an enlargement; they are held to closer bounds."""
RESAMPLING = "dair"
"""The architecture whose results are weighted sums of the picture."""


def _bounds(path, facts) -> tuple[float, tuple[float, float, float]]:
    """Least gain over Lanczos 3 in dB, and what a flat picture may be off by, in code values at 8 bits: inside,
    at the sides, in the corners. Those of sp-vdsr stand in Docs/Models.md."""
    if path == SHIPPED:
        return 2, (0.3, 2, 6)
    if facts["architecture"] == RESAMPLING:
        return 2, (0.1, 2, 7)
    return (2, (0.6, 4, 7)) if facts["architecture"] == RESIDUAL else (0, (4, 8, 24))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_every_file_says_where_it_comes_from(path):
    network, facts = export.load_weights(path)
    assert set(export.METADATA_KEYS) <= set(facts) and all(facts.values())
    settings = json.loads(facts["settings"])
    # A run may have been stopped before its schedule's end; its card says so.
    assert settings["name"] == facts["recipe"] and 0 <= int(facts["iterations"]) <= settings["steps"]
    assert facts["recipe"] in RECIPES | CAR_RECIPES, "a recipe of this package made it"
    assert facts["recipe"] in (path.stem, facts.get("downscaler"))
    assert all(tensor.isfinite().all() for tensor in network.state_dict().values())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_weights_beat_lanczos(path, seed):
    network, facts = export.load_weights(path)
    picture, scale = drawing(144, 192, seed), int(facts["scale"])
    network_db, lanczos_db = (
        protocol.score(picture, upscale, scale, with_ssim=False)["psnr_y"]
        for upscale in (protocol.by_network(network), protocol.lanczos3(scale))
    )
    assert network_db > lanczos_db + _bounds(path, facts)[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_weights_keep_flat_pictures_flat(path):
    """Measured before anything is clipped."""
    network, facts = export.load_weights(path)
    _, (inside, side, corner) = _bounds(path, facts)
    reach, scale = 20 * int(facts["scale"]), int(facts["scale"])
    # Networks that make the whole picture were taught limited range, and know no other.
    beyond = (0, 255) if facts["architecture"] in (RESIDUAL, RESAMPLING) else ()
    for code in (16, 64, 128, 200, 235, *beyond):
        luma = torch.full((1, 1, 64, 64), code / 255)
        base = torch.full((1, scale**2, 64, 64), code / 255)
        with torch.inference_mode():
            error = 255 * torch.nn.functional.pixel_shuffle(network.predict(luma, base) - base, scale)[0, 0].abs()
        assert error[reach:-reach, reach:-reach].max() < inside, code
        assert max(error[:, reach:-reach].max(), error[reach:-reach].max()) < side, code
        assert error.max() < corner, code


def test_export_and_load_round_trip(tmp_path):
    torch.manual_seed(1)
    network = SPVDSR()
    recipe = RECIPES["sp-vdsr"]
    state = {"recipe": recipe.as_dict(), "step": 7, "seconds": 90.0, "commit": "abc"}
    checkpoint.write(tmp_path / train.CHECKPOINT, state | {"average": network.state_dict()})
    written = export.export(tmp_path / train.CHECKPOINT, tmp_path / "w.safetensors")
    loaded, facts = export.load_weights(tmp_path / "w.safetensors")
    assert facts == written and set(export.METADATA_KEYS) < set(facts)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, loaded.state_dict()[name])


def test_export_refuses_broken_weights(tmp_path):
    network = SPVDSR()
    network.conv2d.bias.data[0] = float("nan")
    state = {"recipe": RECIPES["sp-vdsr"].as_dict(), "step": 1, "seconds": 1.0, "commit": "abc"}
    checkpoint.write(tmp_path / "c.pt", state | {"average": network.state_dict()})
    with pytest.raises(ValueError, match="not finite"):
        export.export(tmp_path / "c.pt", tmp_path / "w.safetensors")
    assert not (tmp_path / "w.safetensors").exists()


def test_goldens_are_up_to_date():
    assert goldens.check() == []


def test_goldens_check_notices_changes(tmp_path):
    goldens.write(tmp_path)
    names = sorted((tmp_path / goldens.RESAMPLING).glob("*.safetensors"))
    data = bytearray(names[0].read_bytes())
    data[-1] ^= 0x40
    names[0].write_bytes(data)
    names[1].unlink()
    (tmp_path / goldens.NETWORKS / "stray.safetensors").write_bytes(names[2].read_bytes())
    problems = goldens.check(tmp_path)
    assert len(problems) == 3
    assert names[0].name in problems[0] and "missing" in problems[1] and "stray" in problems[2]


def test_goldens_reach_both_clips():
    tensors, _ = goldens.network_goldens()["sp-vdsr-seeded.17x23.safetensors"]
    raw = tensors["interpolated"] + tensors["layers"]
    assert raw.min() < 0 and raw.max() > 1
    assert tensors["output"].min() == 0 and tensors["output"].max() == 1


def test_evaluate_leaves_out_blank_frames(tmp_path):
    folder = tmp_path / "test/set5"
    folder.mkdir(parents=True)
    Image.fromarray(drawing(48, 64, 5)).save(folder / "a.png")
    Image.fromarray(np.full((48, 64), 90, np.uint8)).save(folder / "b.png")
    result = evaluate.evaluate(tmp_path, SHIPPED)
    models = json.loads(evaluate.as_json(result))["sets"]["set5"]["models"]
    assert list(models) == ["bicubic", "lanczos3", "sp-vdsr"]
    for scores in models.values():
        assert scores["left_out"] == ["b.png"]
        assert scores["psnr_y"] == scores["images"]["a.png"]["psnr_y"]
    assert models["sp-vdsr"]["psnr_y"] > models["lanczos3"]["psnr_y"] > models["bicubic"]["psnr_y"]
    assert "set5" in evaluate.table(result)


def test_published_bicubic_values(shared):
    files = pictures.files(shared / "data/test/set5")
    named = [(path.name, pictures.read_luma(path)) for path in files]
    scores = evaluate.evaluate_set(named, {"bicubic": protocol.bicubic(2)}, 2, rounded=False)
    bicubic = scores["bicubic"]
    assert (round(bicubic["psnr_y"], 2), round(bicubic["ssim_y"], 4)) == (33.66, 0.9299)
