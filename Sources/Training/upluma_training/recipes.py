"""Training recipes as data: everything that decides a run, apart from the pictures."""

from dataclasses import MISSING, asdict, dataclass, fields, replace


@dataclass(frozen=True)
class Recipe:
    """One way to train one network; stored whole in every checkpoint."""

    name: str
    network: str
    """A name in `families.FAMILIES`."""
    scale: int
    widths: tuple[int, ...]
    """Channels before, between and after the layers; empty for networks of fixed size."""
    shape: str
    """A name in `networks.dair.SHAPES`; empty for networks that are no sequence of stages."""
    base: str
    """A name in `filters.FILTERS`, or `nearest`: the enlargement that the network reads or corrects."""
    expansion: int
    """Hidden channels of each collapsible convolution; 0 trains the network as it is."""
    start: str
    """A shipped weights file to start from; empty for random weights."""
    source: str
    """A name in `sources.SOURCES`: the pictures."""
    patch: int
    """Side of a patch in small-picture pixels."""
    batch: int
    scalings: tuple[float, ...]
    """Each training picture is used at these sizes."""
    optimizer: str
    """A name in `optimizers.OPTIMIZERS`."""
    rate: float
    """Peak learning rate."""
    schedule: str
    """How the rate falls after the warmup: `cosine`, or `halved` after every quarter of the steps."""
    final_rate: float
    """Learning rate at the last step of a cosine, as a share of the peak."""
    warmup: int
    """Steps of linear warmup."""
    steps: int
    """Length of the whole schedule."""
    loss: str
    """A name in `losses.LOSSES`, or `TEACHER`."""
    finish: float
    """Share of the steps, at the end, that minimise `finish_loss` instead."""
    finish_loss: str
    """As `loss`."""
    precision: str
    """`bf16`: the inner layers compute in bfloat16 until `finish`; `bf16-long`: until the last fiftieth; `f32`: never."""
    average: float
    """Half life of the moving average of the weights, in steps."""
    border: int
    """Pixels at each patch edge that count less, since a patch edge is rarely a picture edge."""
    border_weight: float
    seed: int
    unit_sum: bool = False
    """Whether predicted kernels (`networks.dair`) sum to one by what their last layer is made of."""

    def as_dict(self) -> dict:
        """Plain types, for checkpoints."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "Recipe":
        """The inverse of `as_dict`; unknown or missing keys are errors, but for those that came later."""
        names = {field.name for field in fields(Recipe)}
        later = {field.name for field in fields(Recipe) if field.default is not MISSING}
        if names != set(values) | later:
            raise ValueError(f"recipe keys differ: {sorted(names ^ set(values))}")
        return Recipe(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


SP_VDSR = Recipe(
    name="sp-vdsr",
    network="sp-vdsr",
    scale=2,
    widths=(1, 8, 8, 8, 8, 8, 4),
    shape="",
    base="lanczos3",
    expansion=256,
    start="",
    source="natural",
    patch=64,
    batch=16,
    scalings=(1.0, 0.9, 0.8, 0.7, 0.6),
    optimizer="adam",
    rate=3e-3,
    schedule="cosine",
    final_rate=0.001,
    warmup=1000,
    steps=40_000,
    loss="charbonnier",
    finish=0.2,
    finish_loss="decibels",
    precision="f32",
    average=1000,
    border=6,
    border_weight=0.25,
    seed=1,
)

MEDIUM = replace(
    SP_VDSR,
    name="sp-vdsr-medium",
    widths=(1, *[16] * 6, 4),
    rate=2e-3,
    precision="bf16",
    steps=22_000,
)

DEEP = replace(
    MEDIUM,
    name="sp-vdsr-deep",
    widths=(1, *[32] * 12, 4),
    patch=48,
    rate=1e-3,
    precision="bf16-long",
    scalings=(1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5),
    finish=0.3,
    steps=26_000,
)


def _at_scale(recipe: Recipe, scale: int) -> Recipe:
    """The same network for another scale, started from the weights of scale 2."""
    return replace(
        recipe,
        name=f"{recipe.name}-x{scale}",
        scale=scale,
        widths=(*recipe.widths[:-1], scale * scale),
        start=f"{recipe.name}.safetensors",
        # Large patches of small pictures no longer fit into the training pictures.
        patch=48 if scale == 3 else 36,
        batch=32,
        scalings=(1.0, 0.8),
        precision="bf16",
        warmup=200,
        steps=4_000,
    )


LINE_ART = replace(
    SP_VDSR,
    name="sp-vdsr-lineart",
    source="lineart",
    start="sp-vdsr.safetensors",
    scalings=(1.0,),
    precision="bf16",
    warmup=200,
    steps=8_000,
)

def _film(recipe: Recipe) -> Recipe:
    """The same network for old video, started from the weights for clean pictures."""
    return replace(
        recipe,
        name=recipe.name.replace("sp-vdsr", "sp-vdsr-film"),
        source="oldvideo",
        start=f"{recipe.name}.safetensors",
        precision="bf16",
        warmup=200,
        steps=6_000,
    )


# The networks of the article, as their papers have them, trained as they are; short runs, to compare by.
PLAIN = replace(
    SP_VDSR,
    expansion=0,
    base="catmullrom",
    widths=(),
    patch=32,
    rate=1e-3,
    precision="bf16",
    warmup=200,
    steps=4_000,
)
CLASSICS = (
    replace(PLAIN, name="srcnn", network="srcnn", patch=24),
    replace(PLAIN, name="fsrcnn", network="fsrcnn", rate=2e-3, steps=6_000),
    replace(PLAIN, name="espcn", network="espcn", steps=10_000),
    replace(PLAIN, name="vdsr", network="vdsr", patch=24, batch=8, rate=3e-4, steps=600),
)

# DAIR on a processor: the training of SP-VDSR's larger networks.
DAIR_5 = replace(
    SP_VDSR,
    name="dair-5",
    network="dair",
    widths=(),
    shape="dair-5",
    base="nearest",
    patch=36,
    rate=1e-3,
    precision="bf16-long",
    finish=0.25,
    warmup=500,
    steps=26_000,
)
DAIR_LIGHT = replace(
    DAIR_5, name="dair-light", shape="dair-light", patch=48, rate=2e-3, warmup=1000, precision="bf16", finish=0.2, steps=22_000
)


def _dair_at_scale(recipe: Recipe, scale: int, steps: int) -> Recipe:
    """The same layers for another scale, started from those of scale 2, but for the last."""
    return replace(
        recipe,
        name=f"{recipe.name}-x{scale}",
        scale=scale,
        start=f"{recipe.name}.safetensors",
        patch=36 if scale == 3 else 28,
        scalings=(1.0, 0.8),
        precision="bf16",
        warmup=200,
        steps=steps,
    )


def _as_published(network: str, scale: int) -> Recipe:
    """The DAIR paper's own training: what a machine with an accelerator is to run."""
    return replace(
        DAIR_5,
        name=f"{network}-paper-x{scale}",
        network="dair" if network.startswith("dair") else network,
        shape=network if network.startswith("dair") else "",
        scale=scale,
        expansion=0,
        patch=48,
        batch=16,
        optimizer="adam-paper",
        rate=1e-4,
        schedule="halved",
        warmup=0,
        loss="absolute",
        finish=0.0,
        finish_loss="absolute",
        precision="f32",
        average=1.0,
        border=0,
        border_weight=1.0,
        steps=200_000,
    )


PAPER = (
    *(
        _as_published(network, scale)
        for network in ("dair-5", "dair-10", "dair-20", "fcn", "dair-recur1-10", "dair-recur2-10")
        for scale in (2, 3, 4)
    ),
    *(_as_published(network, 4) for network in ("dair-asp2-20", "dair-asp3-20", "dair-prog-10", "dair-final")),
)
"""All of tables 1 and 2; the final network at 2x and 3x is `dair-recur2-10`."""


def _article(name: str, **changes: object) -> Recipe:
    """The article's comparison: plain training on squared errors, one schedule for all."""
    plain = replace(
        SP_VDSR,
        name=f"article-{name}",
        source="lineart",
        expansion=0,
        scalings=(1.0,),
        patch=48,
        rate=2e-3,
        final_rate=0.05,
        warmup=100,
        loss="squared",
        finish=0.0,
        finish_loss="squared",
        average=300,
    )
    return replace(plain, **changes)


ARTICLE = (
    *(_article(f"sp-vdsr-{base}", base=base) for base in ("lanczos3", "catmullrom", "bilinear")),
    _article("vdsr", network="vdsr", widths=(1, 8, 8, 8, 8, 8, 1), base="catmullrom"),
)
"""SP-VDSR over each of the article's bases, and a VDSR of the same depth and width."""

TEACHER = "teacher"
"""The loss of `quantize.Quantizer`: how far the result is from that of the network the run starts from."""

QUANTIZED = ("sp-vdsr-int8",)
"""Networks of `families.FAMILIES` that start from one that ships, and learn to be in 8 bits."""


def _in_8_bits(recipe: Recipe, steps: int) -> Recipe:
    """The same network in 8 bits (`quantize`), from the weights that ship; no steps are calibration alone."""
    return replace(
        recipe,
        name=f"{recipe.name}-int8",
        network=QUANTIZED[0],
        expansion=0,
        start=f"{recipe.name}.safetensors",
        # Trained on photographs alone it would lose on drawings what it does not need there.
        source=recipe.source if recipe.source == "lineart" else f"{recipe.source}-and-drawings",
        scalings=(1.0, 0.8) if recipe.source == "natural" else (1.0,),
        patch=min(recipe.patch, 48),
        batch=8,
        precision="f32",
        loss=TEACHER,
        finish=0.0,
        finish_loss=TEACHER,
        # It is to stay near to where it starts.
        rate=recipe.rate / 6,
        final_rate=0.01,
        warmup=100,
        average=500,
        steps=steps,
    )


FLOATING = {
    SP_VDSR: 5000,
    MEDIUM: 3000,
    DEEP: 400,
    LINE_ART: 4000,
    _film(SP_VDSR): 4000,
    _film(MEDIUM): 3000,
    **{_at_scale(SP_VDSR, scale): 4000 for scale in (3, 4)},
    **{_at_scale(MEDIUM, scale): 3000 for scale in (3, 4)},
}
"""The networks that ship in 8 bits too, and the steps they are trained for in them."""

RECIPES = {
    recipe.name: recipe
    for recipe in (
        *FLOATING,
        *(_in_8_bits(recipe, steps) for recipe, steps in FLOATING.items()),
        *CLASSICS,
        DAIR_5,
        DAIR_LIGHT,
        *(_dair_at_scale(DAIR_5, scale, 3000) for scale in (3, 4)),
        *(_dair_at_scale(DAIR_LIGHT, scale, 5000) for scale in (3, 4)),
        *PAPER,
        *ARTICLE,
    )
}
