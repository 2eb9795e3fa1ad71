"""The networks that can be trained and evaluated: how each is made from a recipe or from a file's metadata.

A network has `predict(luma, base, precision)` for training, `forward(luma)` for use, `scale`-fold
enlargement of N x 1 x H x W luma 0..1 both, and `metadata()`, which rebuilds it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from .networks.car import CAR
from .networks.car_light import CARLight
from .networks.car_light import Shape as CARShape
from .networks.chain import Chain
from .networks.collapsible import CollapsibleSPVDSR
from .networks.dair import DAIR, SHAPES, CollapsibleDAIR
from .networks.dair import Shape as StagedShape
from .networks.espcn import ESPCN
from .networks.fake_quantized import FakeQuantizedSPVDSR
from .networks.fcn import FCN
from .networks.fsrcnn import FSRCNN
from .networks.quantized import QuantizedSPVDSR
from .networks.sp_vdsr import SPVDSR, Shape
from .networks.srcnn import SRCNN
from .networks.vdsr import VDSR
from .recipes import Recipe


@dataclass(frozen=True)
class Family:
    """One architecture."""

    of_recipe: Callable[[Recipe], nn.Module]
    """The network that ships, untrained."""
    of_metadata: Callable[[dict[str, str]], nn.Module]
    """The network a weights file describes, untrained."""
    in_training: Callable[[Recipe], nn.Module]
    """The network that is trained; its `folded_state()` is the state of the one that ships."""


def _shape(recipe: Recipe) -> Shape:
    return Shape(recipe.widths, recipe.scale, recipe.base)


def _sp_vdsr(facts: dict[str, str]) -> nn.Module:
    """In the precision that the file names; float32 when it names none."""
    kinds = {"f32": SPVDSR, "int8": QuantizedSPVDSR}
    precision = facts.get("precision", "f32")
    if precision not in kinds:
        raise ValueError(f"the precision '{precision}' is none of {', '.join(kinds)}")
    return kinds[precision](Shape.from_metadata(facts))


def _of_recipe(network: type[Chain]) -> Callable[[Recipe], nn.Module]:
    """The paper's sizes where the recipe names no widths; `base` is what the layers read, if they do."""

    def make(recipe: Recipe) -> nn.Module:
        sizes = {"widths": recipe.widths} if recipe.widths else {}
        enlarged = {} if network.base is None else {"base": recipe.base}
        return network(recipe.scale, **sizes, **enlarged)

    return make


def _stages(recipe: Recipe) -> StagedShape:
    shape = SHAPES[recipe.shape](recipe.scale)
    if shape.scale != recipe.scale:
        raise ValueError(f"{recipe.shape} enlarges by {shape.scale}, not by {recipe.scale}")
    return shape


FAMILIES = {
    "sp-vdsr": Family(
        lambda recipe: SPVDSR(_shape(recipe)),
        _sp_vdsr,
        lambda recipe: CollapsibleSPVDSR(recipe.expansion, _shape(recipe))
        if recipe.expansion
        else SPVDSR(_shape(recipe)),
    ),
    "sp-vdsr-int8": Family(
        lambda recipe: FakeQuantizedSPVDSR(_shape(recipe)),
        _sp_vdsr,
        lambda recipe: FakeQuantizedSPVDSR(_shape(recipe)),
    ),
    DAIR.ARCHITECTURE: Family(
        lambda recipe: DAIR(_stages(recipe)),
        lambda facts: DAIR(StagedShape.from_metadata(facts)),
        lambda recipe: CollapsibleDAIR(_stages(recipe), recipe.expansion, recipe.unit_sum)
        if recipe.expansion
        else DAIR(_stages(recipe)),
    ),
} | {
    network.ARCHITECTURE: Family(_of_recipe(network), network.of_metadata, _of_recipe(network))
    for network in (SRCNN, FSRCNN, ESPCN, VDSR, FCN)
}

OF_METADATA: dict[str, Callable[[dict[str, str]], nn.Module]] = {
    name: family.of_metadata for name, family in FAMILIES.items()
} | {
    CAR.ARCHITECTURE: CAR.from_metadata,
    CARLight.ARCHITECTURE: lambda facts: CARLight(CARShape.from_metadata(facts)),
}
"""Every network that a weights file can describe, upscalers and downscalers, untrained."""
