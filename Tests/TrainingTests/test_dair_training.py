"""DAIR in training: the paper's recipes as data, the loop on a network of tiny stages, and going on after a stop."""

import dataclasses

import numpy as np
import pytest
import torch

from upluma_training import checkpoint, data, export, losses, sources, train
from upluma_training.families import FAMILIES
from upluma_training.networks import dair
from upluma_training.networks.dair import SHAPES, Shape, Stage
from upluma_training.optimizers import OPTIMIZERS
from upluma_training.recipes import DAIR_5, PAPER, RECIPES

TINY_STAGES = {
    "one": lambda scale: Shape((Stage((1, 8, 8, 25 * scale**2), scale),)),
    "progressive": lambda scale: Shape((Stage((1, 6, 100), 2), Stage((2, 6, 100), 2))),
    "recursive": lambda scale: Shape((Stage((1, 6, 25 * scale**2), scale), Stage((2, 6, 25), 1, repeats=2))),
    "light": lambda scale: Shape((Stage((1, 8, 8, 25 * scale**2), scale, kernels=(3, 3, 1)),)),
}
# (stages, scale, expansion, precision): the training form and the plain one, both precisions.
RUNS = [
    ("one", 2, 0, "f32"),
    ("one", 3, 8, "bf16"),
    ("progressive", 4, 0, "bf16-long"),
    ("recursive", 2, 8, "f32"),
    ("light", 3, 8, "f32"),
]


@pytest.fixture(autouse=True)
def tiny_shapes(monkeypatch):
    for name, make in TINY_STAGES.items():
        monkeypatch.setitem(dair.SHAPES, name, make)


def tiny(stages: str, scale: int, expansion: int, precision: str, **changes) -> train.Recipe:
    base = dataclasses.replace(
        DAIR_5,
        shape=stages,
        scale=scale,
        expansion=expansion,
        precision=precision,
        patch=12,
        batch=4,
        scalings=(1.0,),
        steps=8,
        warmup=2,
        border=2,
    )
    return dataclasses.replace(base, **changes)


@pytest.fixture(scope="module")
def pairs_of(data_folder):
    """The pairs of a recipe; made once for each scale."""
    made = {}

    def pairs(recipe) -> list[data.Pair]:
        if recipe.scale not in made:
            sized, _ = sources.SOURCES[recipe.source].load(recipe, data_folder, data_folder)
            made[recipe.scale] = data.make_pairs(sized, recipe.patch, recipe.base)
        return made[recipe.scale]

    return pairs


@pytest.mark.parametrize("run", RUNS, ids=lambda run: "-".join(map(str, run)))
def test_training_learns(run, pairs_of):
    recipe = tiny(*run, steps=100, warmup=10, average=10, finish=0.0)
    trainer = train.Trainer(recipe, pairs_of(recipe))
    # Batches that no step trains on, before and after; the averaged weights are what ships.
    fresh = data.Patches(pairs_of(recipe), recipe.patch, 16, seed=99)

    def error() -> float:
        with torch.inference_mode():
            return float(np.mean([_error(trainer, fresh(step)) for step in range(4)]))

    trainer.advance()
    before = error()
    for _ in range(80):
        trainer.advance()
    assert error() < 0.7 * before


def _error(trainer, batch) -> float:
    luma, base, large = batch
    return float(losses.charbonnier(trainer.average.predict(luma, base), large, trainer.weights))


@pytest.mark.parametrize("run", RUNS, ids=lambda run: "-".join(map(str, run)))
def test_resuming_changes_nothing(run, pairs_of, tmp_path):
    recipe = tiny(*run)
    pairs = pairs_of(recipe)
    whole, first, second = (train.Trainer(recipe, pairs) for _ in range(3))
    expected = [whole.advance() for _ in range(6)]
    halves = [first.advance() for _ in range(3)]
    checkpoint.write(tmp_path / "c.pt", first.state())
    second.restore(checkpoint.read(tmp_path / "c.pt"))
    assert halves + [second.advance() for _ in range(3)] == expected
    for part in ("network", "average"):
        for name, tensor in whole.state()[part].items():
            assert torch.equal(tensor, second.state()[part][name]), name


def test_a_checkpoint_is_exported_whole(pairs_of, tmp_path):
    """The file rebuilds the averaged network, stages and all."""
    recipe = tiny("recursive", 2, 8, "f32")
    trainer = train.Trainer(recipe, pairs_of(recipe))
    trainer.advance()
    checkpoint.write(tmp_path / "c.pt", trainer.state())
    export.export(tmp_path / "c.pt", tmp_path / "w.safetensors")
    network, facts = export.load_weights(tmp_path / "w.safetensors")
    assert set(export.METADATA_KEYS) <= set(facts)
    assert Shape.from_metadata(facts) == TINY_STAGES["recursive"](2)
    for name, tensor in trainer.average.state_dict().items():
        assert torch.equal(tensor, network.state_dict()[name]), name


# The paper's own training, section 4: one row for each network and scale of table 1, and the final ones of table 2.
TABLE_1 = {
    "dair-5": (2, 3, 4),
    "dair-10": (2, 3, 4),
    "dair-20": (2, 3, 4),
    "fcn": (2, 3, 4),
    "dair-asp2-20": (4,),
    "dair-asp3-20": (4,),
    "dair-prog-10": (4,),
    "dair-recur1-10": (2, 3, 4),
    "dair-recur2-10": (2, 3, 4),
}


def test_every_network_of_the_tables_has_a_recipe():
    names = {f"{network}-paper-x{scale}" for network, scales in TABLE_1.items() for scale in scales}
    assert {recipe.name for recipe in PAPER} == names | {"dair-final-paper-x4"}
    assert len(PAPER) == len(names) + 1 and all(RECIPES[recipe.name] == recipe for recipe in PAPER)
    for recipe in PAPER:
        network = FAMILIES[recipe.network].of_recipe(recipe)
        assert int(network.metadata()["scale"]) == recipe.scale
        if recipe.network == "dair":
            assert network.shape == SHAPES[recipe.shape](recipe.scale)
        else:
            assert network.widths == (1, *[64] * 19, 1) and network.base == "nearest"


@pytest.mark.parametrize("recipe", PAPER, ids=lambda recipe: recipe.name)
def test_recipes_are_the_papers(recipe):
    # "Patches of size 96, 144 and 192 for 2x, 3x and 4x", "downsample the cropped patches to 48".
    assert recipe.patch * recipe.scale == {2: 96, 3: 144, 4: 192}[recipe.scale] and recipe.patch == 48
    # "Scale factors of 0.6, 0.7, 0.8, 0.9" beside the pictures as they are; 91 and 200 pictures.
    assert sorted(recipe.scalings) == [0.6, 0.7, 0.8, 0.9, 1.0] and recipe.source == "natural"
    # "200,000 iterations with mini-batches of size 16"; "initially set to 1e-4 and halved every 50,000 iterations".
    assert (recipe.steps, recipe.batch) == (200_000, 16)
    rates = {0: 1e-4, 49_999: 1e-4, 50_000: 5e-5, 99_999: 5e-5, 100_000: 2.5e-5, 150_000: 1.25e-5, 199_999: 1.25e-5}
    assert {step: train.rate_at(recipe, step) for step in rates} == rates
    # "Mean absolute error (L1 loss)", of every pixel alike, throughout.
    assert recipe.loss == "absolute" and recipe.finish == 0 and recipe.border_weight == 1
    weights = losses.border_weights(recipe.patch, recipe.border, recipe.border_weight, torch.device("cpu"))
    assert torch.equal(weights, torch.ones(1, 1, 48, 48))
    assert recipe.precision == "f32" and recipe.expansion == 0 and recipe.start == ""
    # "Adam with beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8".
    optimizer = OPTIMIZERS[recipe.optimizer]([torch.nn.Parameter(torch.zeros(1))], lr=recipe.rate)
    group = optimizer.param_groups[0]
    assert type(optimizer) is torch.optim.Adam and group["weight_decay"] == 0 and not group["amsgrad"]
    assert (group["betas"], group["eps"]) == ((0.9, 0.999), 1e-8)


def test_patches_are_turned_in_all_ways():
    """Rotations by 90, 180 and 270 degrees and horizontal flips: eight ways, each as often."""
    corner = np.zeros((24, 24), np.uint8)
    corner[:12, :12] = np.arange(144).reshape(12, 12)
    pair = data.make_pair(corner[::2, ::2].copy(), corner, "nearest")
    patches = data.Patches([pair], 12, 64, seed=1)
    seen = {luma.numpy().tobytes() for step in range(4) for luma in patches(step)[0]}
    assert len(seen) == 8


def test_the_base_of_a_patch_is_the_nearest_neighbour(pairs_of):
    recipe = tiny("one", 3, 0, "f32")
    luma, base, large = data.Patches(pairs_of(recipe), recipe.patch, 8, seed=3)(0)
    # Residuals are kept in eleven bits, of numbers below one.
    assert (base - luma).abs().max() < 1e-3 and (large - luma).abs().mean() > 1e-3
