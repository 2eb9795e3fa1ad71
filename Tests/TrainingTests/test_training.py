"""Patches, the loop, and going on after a stop."""

import dataclasses

import numpy as np
import pytest
import torch

from upluma_training import checkpoint, data, export, sources, train
from upluma_training.__main__ import changed
from upluma_training.imresize import reduce_to_codes
from upluma_training.lanczos import enlarge
from upluma_training.optimizers import SOAP
from upluma_training.pictures import read_luma
from upluma_training.recipes import RECIPES, Recipe

TINY = dataclasses.replace(
    RECIPES["sp-vdsr"], expansion=8, patch=16, batch=4, scalings=(1.0, 0.8), steps=8, warmup=2, border=2
)


@pytest.fixture(scope="module")
def pairs(data_folder):
    sized, _ = sources.SOURCES[TINY.source].load(TINY, data_folder, data_folder)
    return data.make_pairs(sized, TINY.patch)


def test_held_out_pictures_are_not_trained_on(data_folder):
    files, held = data.training_files(data_folder)
    assert len(held) == 10 and len(files) == 6 and not set(files) & set(held)


def test_a_pair_adds_up_to_its_picture(data_folder):
    picture = read_luma(data.training_files(data_folder)[0][0])
    pair = data.make_pair(*data.reduced(picture, 2))
    assert np.array_equal(pair.small, reduce_to_codes(picture, 2)) and np.array_equal(pair.large, picture)
    rebuilt = enlarge(pair.small, 2) + 255 * pair.residual.astype(np.float64)
    # float16 keeps eleven bits of a residual below 255.
    assert np.abs(rebuilt - picture).max() < 0.1


def test_patches_are_a_function_of_seed_and_step(pairs):
    patches = data.Patches(pairs, 16, 4, seed=5)
    again = data.Patches(pairs, 16, 4, seed=5)
    assert all(torch.equal(a, b) for a, b in zip(patches(3), again(3)))
    assert not torch.equal(patches(3)[0], patches(4)[0])
    assert not torch.equal(patches(3)[0], data.Patches(pairs, 16, 4, seed=6)(3)[0])


def test_patches_turn_all_parts_alike(pairs):
    """The base is Lanczos of the luma, and the picture whole codes, away from patch edges."""
    patches = data.Patches(pairs, 16, 8, seed=9)
    for step in range(4):
        luma, base, large = (tensor.double() for tensor in patches(step))
        for n in range(8):
            codes = 255 * torch.nn.functional.pixel_shuffle(large[n : n + 1], 2)[0, 0].numpy()
            assert np.abs(codes - np.round(codes)).max() < 1e-4
            lanczos = enlarge(luma[n, 0].numpy(), 2)
            found = torch.nn.functional.pixel_shuffle(base[n : n + 1], 2)[0, 0].numpy()
            # float16 residuals of up to one, in 0..1 units.
            assert np.abs(found - lanczos)[6:-6, 6:-6].max() < 1e-3
            assert np.abs(codes / 255 - lanczos)[6:-6, 6:-6].mean() < 0.1


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_every_scale_trains(scale, data_folder):
    widths = (1, 4, scale * scale)
    recipe = dataclasses.replace(TINY, scale=scale, widths=widths, patch=12, scalings=(1.0,), precision="bf16")
    sized, held = sources.SOURCES["natural"].load(recipe, data_folder, data_folder)
    trainer = train.Trainer(recipe, data.make_pairs(sized, recipe.patch))
    for _ in range(3):
        assert np.isfinite(trainer.advance())
    small, large = held[0]
    assert trainer.average(torch.zeros(1, 1, *small.shape)).shape[-2:] == large.shape


def test_a_run_starts_from_shipped_weights(pairs):
    """Before the first step the training form computes what the weights file does."""
    trainer = train.Trainer(dataclasses.replace(TINY, start="sp-vdsr.safetensors"), pairs)
    shipped, _ = export.load_weights(export.SHIPPED / "sp-vdsr.safetensors")
    folded = trainer.network.folded_state()
    for name, tensor in shipped.state_dict().items():
        assert torch.equal(folded[name], tensor), name
    trainer.advance()
    assert not torch.equal(trainer.network.folded_state()["conv2d.weight"], folded["conv2d.weight"])


def test_learning_rate_rises_then_falls():
    recipe = dataclasses.replace(TINY, steps=100, warmup=10)
    rates = [train.rate_at(recipe, step) for step in range(101)]
    assert rates[9] == rates[10] == recipe.rate == max(rates)
    assert all(a < b for a, b in zip(rates[:9], rates[1:10]))
    assert all(a > b for a, b in zip(rates[10:100], rates[11:]))
    assert rates[100] == pytest.approx(recipe.rate * recipe.final_rate)


def test_resuming_changes_nothing(pairs, tmp_path):
    whole, first, second = (train.Trainer(TINY, pairs) for _ in range(3))
    losses = [whole.advance() for _ in range(8)]
    halves = [first.advance() for _ in range(3)]
    checkpoint.write(tmp_path / "c.pt", first.state())
    second.restore(checkpoint.read(tmp_path / "c.pt"))
    halves += [second.advance() for _ in range(5)]
    assert halves == losses
    for name, tensor in whole.state()["average"].items():
        assert torch.equal(tensor, second.state()["average"][name]), name
    for name, tensor in whole.state()["network"].items():
        assert torch.equal(tensor, second.state()["network"][name]), name


def test_only_some_settings_of_a_run_may_change(pairs):
    state = train.Trainer(TINY, pairs).state()
    changes = {"steps": 20, "finish": 0.5, "precision": "bf16-long", "scalings": (1.0, 0.9)}
    assert set(changes) == set(train.CHANGEABLE)
    train.Trainer(dataclasses.replace(TINY, **changes), pairs).restore(state)
    with pytest.raises(ValueError, match="other settings"):
        train.Trainer(dataclasses.replace(TINY, rate=1.0), pairs).restore(state)


def test_training_learns(pairs):
    recipe = dataclasses.replace(TINY, steps=150, warmup=10, average=10)
    trainer = train.Trainer(recipe, pairs)
    losses = [trainer.advance() for _ in range(110)]
    assert np.mean(losses[-20:]) < 0.9 * np.mean(losses[:5])


def test_run_stops_resumes_and_refuses_to_overwrite(data_folder, tmp_path):
    arguments = {"data_folder": data_folder, "out": tmp_path, "report_every": 4}
    stopped = train.run(TINY, minutes=0, **arguments)
    assert stopped.step == 1
    with pytest.raises(FileExistsError, match="--resume"):
        train.run(TINY, **arguments)
    done = train.run(TINY, resume=True, **arguments)
    assert done.step == checkpoint.read(tmp_path / train.CHECKPOINT)["step"] == TINY.steps
    curve = (tmp_path / train.CURVE).read_text().splitlines()
    assert curve[0] == ",".join(train.COLUMNS) and curve[-1].startswith("8,")
    assert not list(tmp_path.glob("*.partial"))


def test_recipes_survive_a_checkpoint_and_take_changes():
    assert Recipe.from_dict(TINY.as_dict()) == TINY
    with pytest.raises(ValueError, match="rate"):
        Recipe.from_dict({key: value for key, value in TINY.as_dict().items() if key != "rate"})
    recipe = changed(TINY, ["rate=0.5", "steps=7", "scalings=1,0.5"])
    assert (recipe.rate, recipe.steps, recipe.scalings) == (0.5, 7, (1.0, 0.5))
    assert changed(TINY, ["widths=1,3,4"]).widths == (1, 3, 4)
    with pytest.raises(SystemExit, match="no such setting"):
        changed(TINY, ["speed=1"])


def test_soap_undoes_a_bad_basis():
    """A quadratic whose long axis Adam cannot see: SOAP gets far lower in the same steps."""
    torch.manual_seed(0)
    basis, _ = torch.linalg.qr(torch.randn(30, 30))
    scales = torch.logspace(0, -2, 30)

    def final(optimizer_of) -> float:
        x = torch.nn.Parameter(basis @ torch.ones(30))
        optimizer = optimizer_of([x])
        generator = torch.Generator().manual_seed(1)
        for step in range(600):
            optimizer.param_groups[0]["lr"] = 0.03 * (1 - step / 600)
            optimizer.zero_grad()
            noise = scales * torch.randn(30, generator=generator)
            ((basis.T @ x).square() @ scales / 2 + 0.3 * x @ (basis @ noise)).backward()
            optimizer.step()
        return float(((basis.T @ x).square() @ scales).detach())

    adam = final(lambda p: torch.optim.Adam(p, lr=1, betas=(0.9, 0.99)))
    assert final(lambda p: SOAP(p, lr=1, renew=20)) < 0.5 * adam
    with pytest.raises(ValueError, match="too large"):
        wide = torch.nn.Parameter(torch.ones(2000))
        wide.sum().backward()
        SOAP([wide], lr=1).step()


def test_contest_trains_every_network_alike(tmp_path, monkeypatch):
    from upluma_training import contest, sources as source_module

    monkeypatch.setattr(source_module, "LINE_ART", 3)
    monkeypatch.setattr(source_module, "LINE_ART_SIZE", (112, 112))
    monkeypatch.setattr(data, "HELD_OUT", 1)
    monkeypatch.setattr(contest.sets, "held_out", lambda folder: contest.sets.training_pictures(1, (64, 64), 9))
    tiny = [dataclasses.replace(recipe, warmup=2, batch=2) for recipe in contest.ARTICLE]
    monkeypatch.setattr(contest, "ARTICLE", tiny)
    threads = torch.get_num_threads()
    result = contest.run(tmp_path, 0.0, tmp_path / "weights", report=lambda line: None)
    torch.set_num_threads(threads)
    for recipe in tiny:
        assert result["models"][recipe.name]["steps"] == 4
        assert np.isfinite(result["models"][recipe.name]["psnr_y"])
        assert (tmp_path / "weights" / f"{recipe.name}.safetensors").exists()
    assert "lanczos3" in result["models"]
