"""Recipes for downscalers as data: the resampler network, the upscaler it is trained with, and how."""

from dataclasses import asdict, dataclass, fields, replace


@dataclass(frozen=True)
class CarRecipe:
    """One way to train one downscaler through an upscaler; stored whole in every checkpoint."""

    name: str
    network: str
    """`car`, the paper's ResamplerNet, or `car-light`."""
    scale: int
    size: int
    """Rows and columns of the kernels; 0 for `car`, which has 3 * scale + 1."""
    widths: tuple[int, ...]
    """Channels before, between and after the layers of `car-light`."""
    kernels: tuple[int, ...]
    """Sides of those layers' kernels."""
    start: str
    """A shipped weights file to start from; empty for random weights."""
    guide: str
    """The upscaler: a name in `guides.GUIDES`."""
    guide_sizes: tuple[int, ...]
    """Channels of `sp-vdsr`; blocks and features of `edsr`; empty for filters."""
    guide_start: str
    """A shipped weights file that the upscaler starts from; empty for random weights."""
    guide_learns: bool
    """Whether the upscaler is trained jointly; otherwise it stays as it starts."""
    patch: int
    """Side of a patch in pixels of the large picture."""
    batch: int
    scalings: tuple[float, ...]
    """Each training picture is used at these sizes."""
    optimizer: str
    """A name in `optimizers.OPTIMIZERS`."""
    rate: float
    """Peak learning rate."""
    schedule: str
    """As in `recipes.Recipe`."""
    final_rate: float
    warmup: int
    steps: int
    loss: str
    """A name in `losses.LOSSES`; the paper's equation 8 is `absolute`."""
    finish: float
    """Share of the steps, at the end, that minimise `finish_loss` instead."""
    finish_loss: str
    offset_share: float
    """Lambda of equation 11, in code values."""
    offset_floor: float
    """Eta of equation 9."""
    variation_share: float
    """Gamma of equation 11, in code values."""
    softness: float
    """Alpha of equation 7."""
    precision: str
    """`bf16`: inner layers compute in bfloat16 until `finish`; `f32`: never."""
    average: float
    """Half life of the moving average of the weights, in steps."""
    border: int
    """Pixels of the small picture at each patch edge that count less."""
    border_weight: float
    seed: int

    def as_dict(self) -> dict:
        """Plain types, for checkpoints."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "CarRecipe":
        """The inverse of `as_dict`; unknown or missing keys are errors."""
        names = {field.name for field in fields(CarRecipe)}
        if names != set(values):
            raise ValueError(f"recipe keys differ: {sorted(names ^ set(values))}")
        return CarRecipe(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _light(scale: int, size: int, width: int = 32, inner: int = 6) -> dict:
    return {
        "scale": scale,
        "size": size,
        "widths": (scale**2, *[width] * inner, 3 * size**2),
        "kernels": (*[3] * inner, 1),
    }


# Trained for the mean squared error of each patch in dB: with the L1 loss of the paper's equation 8 the light network
# stalls early, even on one batch that it may learn by heart.
LIGHT = CarRecipe(
    name="car-2x",
    network="car-light",
    **_light(2, 6),
    start="",
    guide="sp-vdsr",
    guide_sizes=(1, *[8] * 5, 4),
    guide_start="sp-vdsr.safetensors",
    guide_learns=True,
    patch=96,
    batch=8,
    scalings=(1.0, 0.9, 0.8, 0.7, 0.6),
    optimizer="adam",
    rate=1e-3,
    schedule="cosine",
    final_rate=0.001,
    warmup=100,
    steps=15_000,
    loss="decibels",
    finish=0.0,
    finish_loss="decibels",
    offset_share=0.002,
    offset_floor=1.0,
    variation_share=0.02,
    softness=0.5,
    precision="f32",
    average=300,
    border=6,
    border_weight=0.25,
    seed=1,
)

FOUR_TIMES = replace(
    LIGHT,
    name="car-4x",
    **_light(4, 12),
    guide_sizes=(1, *[8] * 5, 16),
    guide_start="sp-vdsr-x4.safetensors",
    patch=144,
    steps=4_500,
)


def _through_filter(name: str, guide: str, steps: int, **changes) -> CarRecipe:
    """For an enlargement that learns nothing."""
    plain = replace(
        LIGHT, name=name, guide=guide, guide_sizes=(), guide_start="", guide_learns=False, steps=steps
    )
    return replace(plain, **changes)



def _as_published(scale: int, **changes) -> CarRecipe:
    """The paper's own network, upscaler and training, for luma: what a machine with an accelerator is to run. (How far
    lambda, gamma and alpha go it does not say; they are those of the light network.)"""
    paper = replace(
        LIGHT,
        name=f"car-{scale}x-paper",
        network="car",
        scale=scale,
        size=0,
        widths=(),
        kernels=(),
        guide="edsr",
        guide_sizes=(32, 256),
        guide_start="",
        patch=96 if scale == 2 else 192,
        batch=16,
        scalings=(1.0,),
        optimizer="adam-car",
        rate=1e-4,
        schedule="halved",
        steps=300_000,
        loss="absolute",
        finish_loss="absolute",
        # In code values rather than dB.
        offset_share=0.01,
        variation_share=0.1,
        average=1000,
        border=0,
        border_weight=1.0,
    )
    return replace(paper, **changes)


CAR_RECIPES = {
    recipe.name: recipe
    for recipe in (
        LIGHT,
        FOUR_TIMES,
        _through_filter("car-2x-bicubic", "bicubic", 3_000),
        _through_filter("car-2x-lanczos3", "lanczos3", 3_000),
        replace(LIGHT, name="car-2x-edsr", guide="edsr", guide_sizes=(8, 32), guide_start=""),
        *(_as_published(scale) for scale in (2, 4)),
        *(
            _as_published(scale, name=f"car-{scale}x-bicubic-paper", guide="bicubic", guide_sizes=(), guide_learns=False)
            for scale in (2, 4)
        ),
    )
}
"""Those that ship are `car-2x`, `car-2x-bicubic` and `car-4x`."""
