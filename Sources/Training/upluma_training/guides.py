"""The upscalers that a downscaler can be trained through: N x 1 x h x w luma 0..1 to N x 1 x sh x sw, differentiable."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F

from . import export
from .car_recipes import CarRecipe
from .lanczos import enlarge_tensor
from .networks.collapsible import CollapsibleSPVDSR
from .networks.edsr import EDSR
from .networks.sp_vdsr import SPVDSR, Shape

FILTERS = {"bicubic": "catmullrom", "lanczos3": "lanczos3"}
"""Enlargements by a filter, and its name in `filters.FILTERS`."""
EXPANSION = 256
"""Hidden channels of the collapsible convolutions of an SP-VDSR in training."""


class FilterGuide(nn.Module):
    """Enlargement by a filter; learns nothing."""

    def __init__(self, scale: int, name: str) -> None:
        super().__init__()
        self.scale, self.name = scale, FILTERS[name]

    def forward(self, luma: torch.Tensor, precision: torch.dtype | None = None) -> torch.Tensor:
        return enlarge_tensor(luma, self.scale, self.name)

    def folded_state(self) -> dict[str, torch.Tensor]:
        return {}


class SPVDSRGuide(nn.Module):
    """An SP-VDSR in training form over its own enlargement."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.network = CollapsibleSPVDSR(EXPANSION, shape)

    def forward(self, luma: torch.Tensor, precision: torch.dtype | None = None) -> torch.Tensor:
        shape = self.network.shape
        base = F.pixel_unshuffle(enlarge_tensor(luma, shape.scale, shape.base), shape.scale)
        luma = luma.contiguous(memory_format=torch.channels_last)
        return F.pixel_shuffle(self.network.predict(luma, base, precision), shape.scale)

    def start_from(self, network: SPVDSR) -> None:
        self.network.start_from(network)

    def folded_state(self) -> dict[str, torch.Tensor]:
        return self.network.folded_state()


class EDSRGuide(EDSR):
    """An EDSR for luma."""

    def forward(self, luma: torch.Tensor, precision: torch.dtype | None = None) -> torch.Tensor:
        with torch.autocast(luma.device.type, torch.bfloat16, enabled=precision is not None):
            return super().forward(luma).float()

    def folded_state(self) -> dict[str, torch.Tensor]:
        return self.state_dict()


def _filter(recipe: CarRecipe) -> nn.Module:
    return FilterGuide(recipe.scale, recipe.guide)


def _edsr(recipe: CarRecipe) -> nn.Module:
    blocks, features = recipe.guide_sizes
    return EDSRGuide(recipe.scale, blocks, features)


def _shape(recipe: CarRecipe) -> Shape:
    return Shape(recipe.guide_sizes, recipe.scale)


GUIDES: dict[str, Callable[[CarRecipe], nn.Module]] = {
    **{name: _filter for name in FILTERS},
    "sp-vdsr": lambda recipe: SPVDSRGuide(_shape(recipe)),
    "edsr": _edsr,
}
"""In training form."""


def in_training(recipe: CarRecipe) -> nn.Module:
    """The upscaler of a recipe as its run starts."""
    guide = GUIDES[recipe.guide](recipe)
    if recipe.guide_start:
        guide.start_from(export.load_weights(export.SHIPPED / recipe.guide_start)[0])
    return guide.requires_grad_(recipe.guide_learns)


def in_use(recipe: CarRecipe) -> nn.Module:
    """The same as it ships, its weights not set."""
    return SPVDSR(_shape(recipe)) if recipe.guide == "sp-vdsr" else GUIDES[recipe.guide](recipe)
