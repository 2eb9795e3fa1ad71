"""Downscalers in training: every guide, going on after a stop, export of pairs, and the table beside the paper's."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from conftest import drawing
from PIL import Image

from upluma_training import car_export, car_training, checkpoint, export, guides, pictures, protocol, round_trips, train
from upluma_training.__main__ import parser
from upluma_training.car_recipes import CAR_RECIPES, CarRecipe
from upluma_training.networks.car import CAR
from upluma_training.networks.car_light import CARLight

LIGHT = CAR_RECIPES["car-2x"]
# What decides a run, by kind: downscaler, upscaler, whether that learns, precision.
RUNS = {
    "bicubic": {"guide": "bicubic", "guide_sizes": (), "guide_start": "", "guide_learns": False},
    "lanczos3": {"guide": "lanczos3", "guide_sizes": (), "guide_start": "", "guide_learns": False},
    "sp-vdsr": {"precision": "bf16", "finish": 0.5},
    "sp-vdsr-still": {"guide_learns": False},
    "edsr": {"guide": "edsr", "guide_sizes": (1, 4), "guide_start": ""},
    "started": {"start": "car-2x.safetensors", "widths": LIGHT.widths, "kernels": LIGHT.kernels},
}


def tiny(**changes) -> CarRecipe:
    base = dataclasses.replace(
        LIGHT,
        widths=(4, 6, 108),
        kernels=(3, 1),
        patch=32,
        batch=3,
        scalings=(1.0,),
        steps=6,
        warmup=2,
        border=2,
    )
    return dataclasses.replace(base, **changes)


@pytest.fixture(scope="module")
def large(data_folder):
    return [pictures.read_luma(path) for path in pictures.files(data_folder / "train/yang91")]


@pytest.mark.parametrize("name", RUNS)
def test_every_kind_of_run_learns(name, large):
    """The loss falls on one batch seen again and again, and what is not to learn stays as it is."""
    recipe = tiny(**RUNS[name], steps=40, rate=5e-4)
    trainer = car_training.CarTrainer(recipe, large)
    batch = trainer.crops(0)
    trainer.crops = lambda step: batch
    before = {key: value.clone() for key, value in trainer.guide.state_dict().items()}
    first, *_, last = [trainer.advance() for _ in range(30 if name != "started" else 12)]
    assert np.isfinite(last) and last < first
    changed = any(not torch.equal(value, before[key]) for key, value in trainer.guide.state_dict().items())
    assert changed == recipe.guide_learns


def test_the_papers_network_learns(large):
    trainer = car_training.CarTrainer(tiny(network="car", widths=(), kernels=(), size=0, rate=1e-4), large)
    trainer.network = CAR(2, width=4)
    trainer.average = CAR(2, width=4)
    trainer.optimizer = torch.optim.Adam(trainer.network.parameters(), lr=1e-3)
    batch = trainer.crops(0)
    trainer.crops = lambda step: batch
    losses = [trainer.advance() for _ in range(6)]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]


def test_order_of_the_taps_costs_what_the_recipe_says(large):
    """Equation 11: the regularizers come in with their shares, and nothing else."""
    parts = []
    for shares in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.25), (0.5, 0.25)):
        recipe = tiny(offset_share=shares[0], variation_share=shares[1])
        trainer = car_training.CarTrainer(recipe, large)
        torch.nn.init.normal_(trainer.network.conv2.weight, std=0.1, generator=torch.manual_seed(1))
        parts.append([float(part.detach()) if torch.is_tensor(part) else part for part in trainer.losses(trainer.crops(0))])
    errors, orders = zip(*parts)
    assert len(set(errors)) == 1
    assert orders[0] == 0 and orders[1] > 0 and orders[2] > 0
    assert orders[3] == pytest.approx(orders[1] + orders[2], rel=1e-5)


def test_a_run_goes_on_as_if_it_had_never_stopped(data_folder, tmp_path):
    recipe = tiny()
    whole = car_training.run(recipe, data_folder, tmp_path / "whole", threads=1, report_every=3)
    car_training.run(dataclasses.replace(recipe, steps=3), data_folder, tmp_path / "parts", threads=1)
    # The rate's schedule is that of the whole run, so a stop is made by hand.
    stopped = car_training.CarTrainer(recipe, whole.crops.large)
    for _ in range(3):
        stopped.advance()
    checkpoint.write(tmp_path / "parts" / train.CHECKPOINT, stopped.state())
    again = car_training.run(recipe, data_folder, tmp_path / "parts", threads=1, resume=True)
    for a, b in ((whole.average, again.average), (whole.guide_average, again.guide_average)):
        for key, value in a.state_dict().items():
            assert torch.allclose(value, b.state_dict()[key], atol=1e-6), key
    with pytest.raises(ValueError, match="other settings"):
        again.restore(dataclasses.replace(recipe, seed=2).as_dict() and whole.state() | {"recipe": tiny(seed=2).as_dict()})


def test_recipes_survive_a_checkpoint():
    for recipe in CAR_RECIPES.values():
        assert CarRecipe.from_dict(json.loads(json.dumps(recipe.as_dict()))) == recipe
        assert recipe.guide in guides.GUIDES
    with pytest.raises(ValueError, match="keys differ"):
        CarRecipe.from_dict({})


def test_a_pair_is_exported_as_two_files_that_name_each_other(large, tmp_path):
    trainer = car_training.CarTrainer(tiny(), large)
    trainer.advance()
    path = tmp_path / "c.pt"
    checkpoint.write(path, trainer.state())
    arguments = parser().parse_args(
        ["export", "--checkpoint", str(path), "--out", str(tmp_path / "small.safetensors")]
        + ["--guide-out", str(tmp_path / "large.safetensors")]
    )
    arguments.run(arguments)
    (down, down_facts), (up, up_facts) = (
        export.load_weights(tmp_path / f"{name}.safetensors") for name in ("small", "large")
    )
    assert down_facts["guide"] == "large" and up_facts["downscaler"] == "small"
    assert down_facts["recipe"] == up_facts["recipe"] == LIGHT.name and down_facts["iterations"] == "1"
    picture = large[0]
    expected = car_training.round_trip(picture, trainer.average, trainer.guide_average)
    assert car_training.round_trip(picture, down, up) == pytest.approx(expected, abs=1e-3)
    with pytest.raises(ValueError, match="--guide-out"):
        car_export.write(path, tmp_path / "alone.safetensors")


@pytest.fixture(scope="module")
def tests(tmp_path_factory):
    """Two pictures as set5."""
    folder = tmp_path_factory.mktemp("tests")
    (folder / "test/set5").mkdir(parents=True)
    for seed in (1, 2):
        Image.fromarray(drawing(50, 61, seed)).save(folder / f"test/set5/{seed}.png")
    return folder


def test_the_table_has_our_figures_and_the_papers(tests, capsys):
    down, up = (export.SHIPPED / f"{name}.safetensors" for name in ("car-2x", "sp-vdsr-car"))
    pairs = ["bicubic->bicubic", f"{down}->{up}", f"{down}->bicubic"]
    arguments = parser().parse_args(["round-trips", "--data", str(tests), "--json", "--pairs", *pairs])
    arguments.run(arguments)
    rows = {row["pair"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert {"bicubic->bicubic", "car-2x->sp-vdsr-car", "car-2x->bicubic", "paper: car->edsr"} <= set(rows)
    files = pictures.files(tests / "test/set5")
    scores = [protocol.score(pictures.read_luma(path), protocol.bicubic(2), 2)["psnr_y"] for path in files]
    assert rows["bicubic->bicubic"]["sets"]["set5"][0] == pytest.approx(np.mean(scores))
    networks = [export.load_weights(path)[0] for path in (down, up)]
    scores = [car_training.round_trip(pictures.read_luma(path), *networks) for path in files]
    assert rows["car-2x->sp-vdsr-car"]["sets"]["set5"][0] == pytest.approx(np.mean(scores))
    # As printed in table I.
    assert rows["paper: car->edsr"]["sets"]["set5"] == [38.94, 0.9658]
    assert round_trips.PRINTED["car->bicubic"][4]["set14"] == (26.39, 0.7326)
    assert "| car-2x->sp-vdsr-car | 2 |" in round_trips.table(round_trips.measure(tests, pairs[1:2]))


@pytest.mark.parametrize("up", ["bicubic", "sp-vdsr"])
def test_fitted_pictures_are_better_than_bicubic_ones(up, tests):
    up = up if up == "bicubic" else str(export.SHIPPED / f"{up}.safetensors")
    rows = round_trips.measure(tests, [f"bicubic->{up}", f"fitted->{up}"])["rows"]
    (bicubic, _), (fitted, _) = (row["sets"]["set5"] for row in rows[:2])
    assert fitted > bicubic + 0.3


@pytest.mark.parametrize(("text", "what"), [("bicubic", "DOWN->UP"), ("->bicubic", "DOWN->UP")])
def test_what_is_no_pair_is_refused(text, what, tests):
    with pytest.raises(ValueError, match=what):
        round_trips.measure(tests, [text])


def test_files_for_other_scales_are_no_pair(tests):
    down, up = (export.SHIPPED / f"{name}.safetensors" for name in ("car-2x", "sp-vdsr-car-x4"))
    with pytest.raises(ValueError, match="other scales"):
        round_trips.measure(tests, [f"{down}->{up}"])


DOWNSCALERS = [
    path for path in sorted(export.SHIPPED.glob("*.safetensors")) if "guide" in export.load_weights(path)[1]
]


@pytest.mark.parametrize("path", DOWNSCALERS, ids=lambda path: path.stem)
def test_shipped_downscalers_beat_bicubic_through_their_upscalers(path):
    """On drawings that nothing was trained on, over bicubic through the model that the upscaler started from."""
    network, facts = export.load_weights(path)
    assert isinstance(network, CARLight)
    scale, guide = int(facts["scale"]), facts["guide"]
    suffix = "" if scale == 2 else f"-x{scale}"
    if guide == "bicubic":
        upscaler, start = protocol.bicubic(scale), protocol.bicubic(scale)
    else:
        upscaler, start = (
            protocol.by_network(export.load_weights(export.SHIPPED / f"{name}{suffix}.safetensors")[0])
            for name in (guide, "sp-vdsr")
        )
    gains = []
    for seed in (1, 2, 3):
        picture = drawing(144, 192, seed)
        small = protocol.round_to_codes(car_training.reduce(picture, network))
        ours = round_trips.metrics.psnr(picture, protocol.round_to_codes(upscaler(small)), scale)
        gains.append(ours - protocol.score(picture, start, scale, with_ssim=False)["psnr_y"])
    assert np.mean(gains) > 0.1, gains


@pytest.mark.parametrize("path", DOWNSCALERS, ids=lambda path: path.stem)
def test_shipped_downscalers_keep_flat_pictures_flat(path):
    network, _ = export.load_weights(path)
    for code in (0, 16, 128, 235, 255):
        small = car_training.reduce(np.full((40, 40), code, np.uint8), network)
        assert np.abs(small - code).max() < 0.01, code
