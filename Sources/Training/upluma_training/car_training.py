"""`train` for downscalers: a resampler network learns through an upscaler, which may learn with it."""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import car_losses, checkpoint, data, export, guides, losses, metrics, pictures, train
from .car_recipes import CarRecipe
from .imresize import round_to_codes
from .networks.car import CAR
from .networks.car_light import CARLight, Shape
from .networks.displaced import to_codes
from .optimizers import OPTIMIZERS


def light_shape(recipe: CarRecipe) -> Shape:
    """The sizes of a `car-light`."""
    return Shape(recipe.widths, recipe.kernels, recipe.scale, recipe.size)


def untrained(recipe: CarRecipe) -> nn.Module:
    """The resampler network of a recipe."""
    return CAR(recipe.scale) if recipe.network == CAR.ARCHITECTURE else CARLight(light_shape(recipe))


class Crops:
    """Batches of patches of large pictures by number: batch `step` depends on the seed and the step alone."""

    def __init__(self, large: list[np.ndarray], patch: int, batch: int, seed: int) -> None:
        self.large = [picture for picture in large if min(picture.shape) >= patch]
        if not self.large:
            raise ValueError(f"no picture is as large as {patch} pixels each way")
        self.patch, self.batch, self.seed = patch, batch, seed
        # By area, so that every patch position is equally likely.
        area = np.array([picture.size for picture in self.large], dtype=np.float64)
        self.cumulative = np.cumsum(area / area.sum())

    def __call__(self, step: int) -> torch.Tensor:
        """batch x 1 x patch x patch luma 0..1, each in one of the eight rotations and flips."""
        random = np.random.default_rng((self.seed, step))
        chosen = np.searchsorted(self.cumulative, random.random(self.batch), side="right")
        crops = np.empty((self.batch, 1, self.patch, self.patch), np.float32)
        for n, index in enumerate(np.minimum(chosen, len(self.large) - 1)):
            picture = self.large[index]
            y, x = (int(random.integers(side - self.patch + 1)) for side in picture.shape)
            turns, flip = divmod(int(random.integers(8)), 2)
            crop = np.rot90(picture[y : y + self.patch, x : x + self.patch], turns)
            crops[n, 0] = crop[:, ::-1] if flip else crop
        return torch.from_numpy(crops / 255)


class CarTrainer:
    """One run: both networks, one optimizer, their averaged weights, and the number of steps done."""

    def __init__(self, recipe: CarRecipe, large: list[np.ndarray], device: str = "cpu") -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.device = recipe, torch.device(device)
        self.crops = Crops(large, recipe.patch, recipe.batch, recipe.seed)
        self.network = untrained(recipe)
        if recipe.start:
            self.network.load_state_dict(export.load_weights(export.SHIPPED / recipe.start)[0].state_dict())
        self.network.to(self.device)
        self.guide = guides.in_training(recipe).to(self.device)
        learned = [p for p in (*self.network.parameters(), *self.guide.parameters()) if p.requires_grad]
        self.optimizer = OPTIMIZERS[recipe.optimizer](learned, lr=recipe.rate)
        self.average = untrained(recipe).to(self.device)
        self.guide_average = guides.in_use(recipe).to(self.device)
        self.guide_average.load_state_dict(self.guide.folded_state())
        self.step, self.seconds, self.commit = 0, 0.0, checkpoint.commit()
        self.border = losses.border_weights(
            recipe.patch // recipe.scale, recipe.border, recipe.border_weight, self.device
        )

    def advance(self) -> float:
        """One step; returns its loss without what keeps the taps in order."""
        large = self.crops(self.step).to(self.device)
        for group in self.optimizer.param_groups:
            group["lr"] = train.rate_at(self.recipe, self.step)
        self.optimizer.zero_grad(set_to_none=True)
        error, order = self.losses(large)
        (error + order).backward()
        self.optimizer.step()
        self._update_averages()
        self.step += 1
        return float(error.detach())

    def losses(self, large: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(the upscaler's error, the regularizers), whose sum is equation 11."""
        recipe = self.recipe
        finishing = self.step >= recipe.steps * (1 - recipe.finish)
        precision = torch.bfloat16 if recipe.precision == "bf16" and not finishing else None
        taps = self.network.taps
        weights, horizontal, vertical = self.network.predict(large, precision)
        small = to_codes(taps.resample(large, weights, horizontal, vertical), recipe.softness)
        result = self.guide(small, precision)
        loss_of = losses.LOSSES[recipe.finish_loss if finishing else recipe.loss]
        error = loss_of(*(F.pixel_unshuffle(part, recipe.scale) for part in (result, large)), self.border)
        order = recipe.offset_share * car_losses.offset(horizontal, vertical, taps, recipe.offset_floor)
        return error, order + recipe.variation_share * car_losses.variation(weights, horizontal, vertical)

    @torch.no_grad()
    def _update_averages(self) -> None:
        for average, network in ((self.average, self.network), (self.guide_average, self.guide)):
            train.move_average(average, network, self.step, self.recipe.average)

    def state(self) -> dict:
        """All of the run, in plain values and tensors."""
        return {
            "recipe": self.recipe.as_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "commit": self.commit,
            "network": self.network.state_dict(),
            "guide": self.guide.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
            "guide_average": self.guide_average.state_dict(),
        }

    def restore(self, state: dict) -> None:
        """Continues the run of `state`; see `train.Trainer.restore`."""
        train.check_resumable(CarRecipe.from_dict(state["recipe"]), self.recipe)
        for name in ("network", "guide", "optimizer", "average", "guide_average"):
            getattr(self, name).load_state_dict(state[name])
        self.step, self.seconds, self.commit = state["step"], state["seconds"], state["commit"]

    def psnr(self, large: list[np.ndarray]) -> str:
        """Mean PSNR in dB of the averaged weights over a round trip with 8-bit small pictures; empty without pictures."""
        if not large:
            return ""
        scores = [round_trip(picture, self.average, self.guide_average) for picture in large]
        return f"{sum(scores) / len(scores):.3f}"


@torch.inference_mode()
def reduce(picture: np.ndarray, network: nn.Module) -> np.ndarray:
    """H x W codes to h x w float64 codes, neither limited nor rounded."""
    tensor = torch.from_numpy(np.asarray(picture, dtype=np.float32) / 255)[None, None]
    return network(tensor)[0, 0].double().numpy() * 255


@torch.inference_mode()
def enlarge(small: np.ndarray, guide: nn.Module) -> np.ndarray:
    """h x w codes to sh x sw float64 codes, neither limited nor rounded."""
    tensor = torch.from_numpy(np.asarray(small, dtype=np.float32) / 255)[None, None]
    return guide(tensor)[0, 0].double().numpy() * 255


def round_trip(picture: np.ndarray, network: nn.Module, guide: nn.Module) -> float:
    """PSNR-Y in dB of H x W uint8 luma, reduced, rounded to 8 bits, enlarged and rounded; by the protocol otherwise."""
    scale = int(network.metadata()["scale"])
    picture = pictures.crop_to_multiple(picture, scale)
    small = round_to_codes(reduce(picture, network))
    return metrics.psnr(picture, round_to_codes(enlarge(small, guide)), scale)


def run(
    recipe: CarRecipe,
    data_folder: Path,
    out: Path,
    minutes: float | None = None,
    resume: bool = False,
    device: str = "cpu",
    threads: int = 2,
    report_every: int = 1000,
) -> CarTrainer:
    """As `train.run`."""
    torch.set_num_threads(threads)
    learned, held = data.training_files(Path(data_folder))
    large = [size for path in learned for size in data.scaled(pictures.read_luma(path), recipe.scalings)]
    set5 = Path(data_folder) / "test/set5"
    test_files = pictures.files(set5) if set5.exists() else []
    held_large, tests = ([pictures.read_luma(path) for path in part] for part in (held, test_files))
    trainer = CarTrainer(recipe, large, device)
    return train.loop(trainer, Path(out), held_large, tests, minutes, resume, report_every)
