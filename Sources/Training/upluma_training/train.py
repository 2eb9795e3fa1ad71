"""`train`: runs a recipe, checkpoints it, and goes on from a checkpoint."""

import dataclasses
import math
import time
from pathlib import Path

import torch

from . import checkpoint, data, losses, pictures, protocol
from .networks.collapsible import CollapsibleSPVDSR
from .networks.sp_vdsr import LAYER_NAMES, SPVDSR, run_layers
from .optimizers import OPTIMIZERS
from .recipes import Recipe

CHECKPOINT = "checkpoint.pt"
LOG = "log.txt"


def rate_at(recipe: Recipe, step: int) -> float:
    """Learning rate of a step: linear warmup, then half a cosine down to `final_rate` x peak."""
    if step < recipe.warmup:
        return recipe.rate * (step + 1) / recipe.warmup
    progress = (step - recipe.warmup) / max(recipe.steps - recipe.warmup, 1)
    share = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
    return recipe.rate * (recipe.final_rate + (1 - recipe.final_rate) * share)


class Trainer:
    """One run: network, optimizer, averaged weights, and the number of steps done."""

    def __init__(self, recipe: Recipe, pairs: list[data.Pair], device: str = "cpu") -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, torch.device(device)
        self.patches = data.Patches(pairs, recipe.scale, recipe.patch, recipe.batch, recipe.seed)
        network = CollapsibleSPVDSR(recipe.expansion) if recipe.expansion else SPVDSR()
        self.network = network.to(self.device)
        self.optimizer = OPTIMIZERS[recipe.optimizer](self.network.parameters(), lr=recipe.rate)
        self.average = SPVDSR().to(self.device)
        self.step, self.seconds, self.commit = 0, 0.0, checkpoint.commit()
        self.weights = losses.border_weights(
            recipe.patch, recipe.border, recipe.border_weight, self.device
        )

    def advance(self) -> float:
        """One step; returns its loss, the recipe's `loss` or, near the end, `finish_loss`."""
        recipe = self.recipe
        luma, target = (tensor.to(self.device) for tensor in self.patches(self.step))
        finishing = self.step >= recipe.steps * (1 - recipe.finish)
        loss_of = losses.LOSSES[recipe.finish_loss if finishing else recipe.loss]
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(recipe, self.step)
        self.optimizer.zero_grad(set_to_none=True)
        # Convolutions this narrow run more than twice as fast with channels last.
        layers = [
            (weight.contiguous(memory_format=torch.channels_last), bias)
            for weight, bias in self.network.layers()
        ]
        loss = loss_of(run_layers(layers, luma) - target, self.weights)
        loss.backward()
        self.optimizer.step()
        self._update_average()
        self.step += 1
        return float(loss.detach())

    @torch.no_grad()
    def _update_average(self) -> None:
        """Moves the averaged folded weights; starts as a plain mean, so no early bias stays."""
        keep = min(0.5 ** (1 / self.recipe.average), self.step / (self.step + 1))
        for name, (weight, bias) in zip(LAYER_NAMES, self.network.layers()):
            layer = getattr(self.average, name)
            layer.weight.lerp_(weight, 1 - keep)
            layer.bias.lerp_(bias, 1 - keep)

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
        """Continues the run of `state`; its recipe must be this one, but may differ in length.

        Another number of steps lets a run end sooner or later; the learning rate then jumps to
        where the new schedule has it.
        """
        made = dataclasses.replace(Recipe.from_dict(state["recipe"]), steps=self.recipe.steps)
        if made != self.recipe:
            raise ValueError("the checkpoint was made with other settings; start another run")
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        self.step, self.seconds, self.commit = state["step"], state["seconds"], state["commit"]


def run(
    recipe: Recipe,
    data_folder: Path,
    out: Path,
    minutes: float | None = None,
    resume: bool = False,
    device: str = "cpu",
    threads: int = 2,
    report_every: int = 2000,
) -> Trainer:
    """Trains until the schedule ends or `minutes` of this call are over; writes `out`/checkpoint.pt.

    Set5, when present, is only logged: nothing is chosen by it.
    """
    torch.set_num_threads(threads)
    path = Path(out) / CHECKPOINT
    if path.exists() and not resume:
        raise FileExistsError(f"{path} exists; pass --resume or another --out")
    train_files, held_files = data.training_files(data_folder)
    pairs = data.make_pairs(train_files, recipe.scale, recipe.scalings, recipe.patch)
    held = [pictures.read_luma(file) for file in held_files]
    set5_folder = Path(data_folder) / "test/set5"
    set5 = [pictures.read_luma(f) for f in pictures.files(set5_folder)] if set5_folder.exists() else []
    trainer = Trainer(recipe, pairs, device)
    if resume and path.exists():
        trainer.restore(checkpoint.read(path, device))
    start, saved = time.monotonic(), time.monotonic()
    total, counted, before = 0.0, 0, trainer.seconds
    while trainer.step < recipe.steps:
        total += trainer.advance()
        counted += 1
        now = time.monotonic()
        trainer.seconds = before + now - start
        out_of_time = minutes is not None and now - start > 60 * minutes
        if trainer.step % report_every == 0 or out_of_time or trainer.step == recipe.steps:
            upscale = protocol.by_network(trainer.average)
            line = (
                f"step {trainer.step} minutes {trainer.seconds / 60:.1f} loss {total / counted:.4f}"
                f" rate {rate_at(recipe, trainer.step):.2e}"
                f" held_out {protocol.mean_psnr(held, upscale, recipe.scale):.3f}"
            )
            if set5:
                line += f" set5 {protocol.mean_psnr(set5, upscale, recipe.scale):.3f}"
            _log(Path(out), line)
            total, counted = 0.0, 0
        if now - saved > 120 or out_of_time:
            checkpoint.write(path, trainer.state())
            saved = now
        if out_of_time:
            break
    checkpoint.write(path, trainer.state())
    return trainer


def _log(out: Path, line: str) -> None:
    print(line, flush=True)
    out.mkdir(parents=True, exist_ok=True)
    with open(out / LOG, "a", encoding="utf-8") as file:
        file.write(line + "\n")
