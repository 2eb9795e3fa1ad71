"""`train`: runs a recipe, checkpoints it, and goes on from a checkpoint."""

import dataclasses
import math
import time
from collections.abc import Callable
from pathlib import Path

import torch

from . import checkpoint, data, export, losses, pictures, protocol
from .families import FAMILIES
from .optimizers import OPTIMIZERS
from .recipes import Recipe
from .sources import SOURCES, Sized

CHECKPOINT = "checkpoint.pt"
CURVE = "curve.csv"
CHANGEABLE = ("steps", "finish", "precision", "scalings")
"""Settings that may differ when a run goes on: when it ends, how it computes, the sizes of its pictures."""
COLUMNS = ("step", "minutes", "loss", "rate", "held_out", "set5")
BF16_SHARE = {"f32": 0.0, "bf16": None, "bf16-long": 0.98}
"""Share of the steps that compute in bfloat16, by `Recipe.precision`; None is up to the finish."""


def rate_at(recipe: Recipe, step: int) -> float:
    """Learning rate of a step: linear warmup, then the recipe's schedule."""
    if step < recipe.warmup:
        return recipe.rate * (step + 1) / recipe.warmup
    progress = (step - recipe.warmup) / max(recipe.steps - recipe.warmup, 1)
    if recipe.schedule == "halved":
        return recipe.rate * 0.5 ** int(4 * progress)
    share = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
    return recipe.rate * (recipe.final_rate + (1 - recipe.final_rate) * share)


class Trainer:
    """One run: network, optimizer, averaged weights, and the number of steps done."""

    def __init__(self, recipe: Recipe, pairs: list[data.Pair], device: str = "cpu") -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, torch.device(device)
        self.patches = data.Patches(pairs, recipe.patch, recipe.batch, recipe.seed)
        family = FAMILIES[recipe.network]
        network = family.in_training(recipe)
        if recipe.start:
            network.start_from(export.load_weights(export.SHIPPED / recipe.start)[0])
        self.network = network.to(self.device)
        self.optimizer = OPTIMIZERS[recipe.optimizer](self.network.parameters(), lr=recipe.rate)
        self.average = family.of_recipe(recipe).to(self.device)
        self.step, self.seconds, self.commit = 0, 0.0, checkpoint.commit()
        self.weights = losses.border_weights(
            recipe.patch, recipe.border, recipe.border_weight, self.device
        )

    def advance(self) -> float:
        """One step; returns its loss, the recipe's `loss` or, near the end, `finish_loss`."""
        luma, base, large = (tensor.to(self.device) for tensor in self.patches(self.step))
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(self.recipe, self.step)
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(luma, base, large)
        loss.backward()
        self.optimizer.step()
        self._update_average()
        self.step += 1
        return float(loss.detach())

    def loss(self, luma: torch.Tensor, base: torch.Tensor, large: torch.Tensor) -> torch.Tensor:
        """What this step minimises, of `Patches`' tensors."""
        recipe = self.recipe
        finishing = self.step >= recipe.steps * (1 - recipe.finish)
        loss_of = losses.LOSSES[recipe.finish_loss if finishing else recipe.loss]
        share = BF16_SHARE[recipe.precision]
        exact = finishing if share is None else self.step >= recipe.steps * share
        precision = None if exact else torch.bfloat16
        return loss_of(self.network.predict(luma, base, precision), large, self.weights)

    @torch.no_grad()
    def _update_average(self) -> None:
        """Moves the averaged folded weights; starts as a plain mean, so no early bias stays."""
        move_average(self.average, self.network, self.step, self.recipe.average)

    def state(self) -> dict:
        """All of the run, in plain values and tensors."""
        return {
            "recipe": self.recipe.as_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "commit": self.commit,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
        }

    def restore(self, state: dict) -> None:
        """Continues the run of `state`, made with this recipe or one that `check_resumable` lets pass."""
        check_resumable(Recipe.from_dict(state["recipe"]), self.recipe)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        self.step, self.seconds, self.commit = state["step"], state["seconds"], state["commit"]

    def psnr(self, sized: list[Sized]) -> str:
        """Mean PSNR in dB of the averaged weights; empty without pictures."""
        if not sized:
            return ""
        scores = protocol.scores(sized, protocol.by_network(self.average))
        return f"{sum(scores) / len(scores):.3f}"


@torch.no_grad()
def move_average(average: torch.nn.Module, network, step: int, half_life: float) -> None:
    """Moves averaged weights towards a network's folded ones; starts as a plain mean, so no early bias stays."""
    keep = min(0.5 ** (1 / half_life), step / (step + 1))
    state = network.folded_state()
    for name, tensor in average.state_dict().items():
        tensor.lerp_(state[name], 1 - keep)


def check_resumable(made, recipe) -> None:
    """Raises ValueError unless a run made with one recipe can go on with another: equal but for what `CHANGEABLE` names.

    Another number of steps lets a run end sooner or later; the learning rate then jumps to where the new schedule has it.
    """
    changes = {name: getattr(recipe, name) for name in CHANGEABLE}
    if dataclasses.replace(made, **changes) != recipe:
        raise ValueError("the checkpoint was made with other settings; start another run")


def run(
    recipe: Recipe,
    data_folder: Path,
    out: Path,
    minutes: float | None = None,
    resume: bool = False,
    device: str = "cpu",
    threads: int = 2,
    report_every: int = 1000,
    cache: Path | None = None,
    make: Callable[[Recipe, list[data.Pair], str], Trainer] | None = None,
) -> Trainer:
    """Trains until the schedule ends or `minutes` of this call are over; writes `out`/checkpoint.pt.

    `out`/curve.csv is the learning curve. Set5, when present, is only logged: nothing is chosen by
    it. `cache` keeps pictures that are made once; `out` without one. `make` makes the trainer.
    """
    torch.set_num_threads(threads)
    out = Path(out)
    sized, held = SOURCES[recipe.source].load(recipe, Path(data_folder), Path(cache or out))
    pairs = data.make_pairs(sized, recipe.patch, recipe.base)
    del sized
    set5_folder = Path(data_folder) / "test/set5"
    set5 = pictures.files(set5_folder) if set5_folder.exists() else []
    tests = [data.reduced(pictures.read_luma(file), recipe.scale) for file in set5]
    return loop((make or Trainer)(recipe, pairs, device), out, held, tests, minutes, resume, report_every)


def loop(trainer, out: Path, held: list, tests: list, minutes: float | None, resume: bool, report_every: int):
    """What `run` does with a trainer (of any kind: `advance`, `psnr`, `state`, `restore`); returns it.

    `held` and `tests` are what its `psnr` takes.
    """
    recipe, path = trainer.recipe, out / CHECKPOINT
    if path.exists() and not resume:
        raise FileExistsError(f"{path} exists; pass --resume or another --out")
    out.mkdir(parents=True, exist_ok=True)
    if resume and path.exists():
        trainer.restore(checkpoint.read(path, str(trainer.device)))
    start, saved = time.monotonic(), time.monotonic()
    total, counted, before = 0.0, 0, trainer.seconds
    while trainer.step < recipe.steps:
        total += trainer.advance()
        counted += 1
        now = time.monotonic()
        trainer.seconds = before + now - start
        out_of_time = minutes is not None and now - start > 60 * minutes
        if trainer.step % report_every == 0 or out_of_time or trainer.step == recipe.steps:
            row = {
                "step": trainer.step,
                "minutes": f"{trainer.seconds / 60:.1f}",
                "loss": f"{total / counted:.4f}",
                "rate": f"{rate_at(recipe, trainer.step):.2e}",
                "held_out": trainer.psnr(held),
                "set5": trainer.psnr(tests),
            }
            _log(out / CURVE, row)
            total, counted = 0.0, 0
        if now - saved > 120 or out_of_time:
            checkpoint.write(path, trainer.state())
            saved = now
        if out_of_time:
            break
    checkpoint.write(path, trainer.state())
    return trainer


def _log(path: Path, row: dict) -> None:
    """Appends to the learning curve and prints it."""
    new = not path.exists()
    with open(path, "a", encoding="utf-8") as file:
        if new:
            file.write(",".join(COLUMNS) + "\n")
        file.write(",".join(str(row[column]) for column in COLUMNS) + "\n")
    print(" ".join(f"{column} {value}" for column, value in row.items()), flush=True)
