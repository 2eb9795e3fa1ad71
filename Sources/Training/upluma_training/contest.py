"""The comparison of the SP-VDSR article: networks of one depth, trained for the same time each."""

import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from . import article, data, export
from .lineart import sets
from .protocol import by_network
from .recipes import ARTICLE, Recipe
from .sources import SOURCES
from .train import Trainer

TIMED = 10
"""Steps from which the length of a run is foretold."""


def _trained(recipe: Recipe, pairs: list[data.Pair], minutes: float) -> Trainer:
    """A whole schedule of about `minutes` of processor time, which other work does not change."""
    trial = Trainer(dataclasses.replace(recipe, steps=10_000), pairs)
    trial.advance()
    start = time.process_time()
    for _ in range(TIMED):
        trial.advance()
    steps = int(60 * minutes / (time.process_time() - start) * TIMED)
    trainer = Trainer(dataclasses.replace(recipe, steps=max(steps, 2 * recipe.warmup)), pairs)
    start = time.process_time()
    while trainer.step < trainer.recipe.steps:
        trainer.advance()
        trainer.seconds = time.process_time() - start
    return trainer


def _say(line: str) -> None:
    """Progress; results alone go to standard output."""
    print(line, file=sys.stderr, flush=True)


def run(cache: Path, minutes: float, out: Path | None = None, report: Callable[[str], None] = _say) -> dict:
    """`article.compare` on the held-out drawings, with every network of `recipes.ARTICLE` trained first.

    Processor time on one thread counts, not time by the clock. `out` receives the weights.
    """
    torch.set_num_threads(1)
    trained, steps = {}, {}
    for recipe in ARTICLE:
        sized, _ = SOURCES[recipe.source].load(recipe, cache, cache)
        trainer = _trained(recipe, data.make_pairs(sized, recipe.patch, recipe.base), minutes)
        trained[recipe.name], steps[recipe.name] = trainer.average.eval(), trainer.step
        report(f"{recipe.name}: {trainer.step} steps in {trainer.seconds / 60:.1f} minutes")
        if out is not None:
            facts = export.metadata(trainer.average, trainer.state())
            export.save_weights(trainer.average, Path(out) / f"{recipe.name}.safetensors", facts)
    pictures = sets.held_out(folder=cache)
    networks = {name: by_network(network) for name, network in trained.items()}
    result = article.compare(pictures, [], ARTICLE[0].scale, networks)
    for name, count in steps.items():
        result["models"][name]["steps"] = count
    return result | {"minutes": minutes}
