"""`export` for downscalers: a checkpoint's averaged weights, and those of the upscaler that learned with them."""

import json
from pathlib import Path

from torch import nn

from . import car_training, checkpoint, export, guides
from .car_recipes import CarRecipe
from .data import FOLDERS


def is_pair(state: dict) -> bool:
    """Whether a checkpoint is that of a downscaler."""
    return "guide_average" in state


def restored(state: dict) -> tuple[CarRecipe, nn.Module, nn.Module]:
    """(recipe, resampler network, upscaler) of a checkpoint, in use."""
    recipe = CarRecipe.from_dict(state["recipe"])
    network, guide = car_training.untrained(recipe), guides.in_use(recipe)
    network.load_state_dict(state["average"])
    guide.load_state_dict(state["guide_average"])
    return recipe, network.eval(), guide.eval()


def write(checkpoint_path: Path, out: Path, guide_out: Path | None = None) -> dict[str, str]:
    """Writes the downscaler to `out`; returns its metadata.

    An upscaler that learned with it goes to `guide_out`, and each file names the other. Raises ValueError when there is
    one and no place for it, or the other way round.
    """
    state = checkpoint.read(checkpoint_path)
    recipe, network, guide = restored(state)
    if recipe.guide_learns != (guide_out is not None):
        raise ValueError(
            f"{checkpoint_path} has {'an upscaler that learned: name a file' if recipe.guide_learns else 'no upscaler'}"
            f" for --guide-out"
        )
    common = {
        "sample_range": "0..1, code value / 255 at 8 bits",
        "recipe": recipe.name,
        "settings": json.dumps(state["recipe"], sort_keys=True),
        "datasets": ", ".join(Path(folder).name for folder in FOLDERS),
        "iterations": str(state["step"]),
        "minutes": f"{state['seconds'] / 60:.0f}",
        "commit": state["commit"],
    }
    # A model has one name, and a file for each scale: that of scale 2 is called after it.
    partner = Path(guide_out).stem.removesuffix(f"-x{recipe.scale}") if guide_out is not None else recipe.guide
    facts = network.metadata() | common | {"guide": partner}
    export.save_weights(network, out, facts)
    if guide_out is not None:
        export.save_weights(guide, guide_out, guide.metadata() | common | {"downscaler": Path(out).stem})
    return facts
