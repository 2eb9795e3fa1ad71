"""Training recipes as data: everything that decides a run, apart from the pictures."""

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Recipe:
    """One way to train one network; stored whole in every checkpoint."""

    name: str
    network: str
    scale: int
    expansion: int
    """Hidden channels of each collapsible convolution."""
    patch: int
    """Side of a patch in small-picture pixels."""
    batch: int
    scalings: tuple[float, ...]
    """Each training picture is used at these sizes."""
    optimizer: str
    """A name in `optimizers.OPTIMIZERS`."""
    rate: float
    """Peak learning rate."""
    final_rate: float
    """Learning rate at the last step, as a share of the peak."""
    warmup: int
    """Steps of linear warmup."""
    steps: int
    """Length of the whole schedule."""
    loss: str
    """A name in `losses.LOSSES`."""
    finish: float
    """Share of the steps, at the end, that minimise `finish_loss` instead."""
    finish_loss: str
    """A name in `losses.LOSSES`."""
    average: float
    """Half life of the moving average of the weights, in steps."""
    border: int
    """Pixels at each patch edge that count less, since a patch edge is rarely a picture edge."""
    border_weight: float
    seed: int

    def as_dict(self) -> dict:
        """Plain types, for checkpoints."""
        return asdict(self)

    @staticmethod
    def from_dict(values: dict) -> "Recipe":
        """The inverse of `as_dict`; unknown or missing keys are errors."""
        names = {field.name for field in fields(Recipe)}
        if names != set(values):
            raise ValueError(f"recipe keys differ: {sorted(names ^ set(values))}")
        return Recipe(**{**values, "scalings": tuple(values["scalings"])})


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="sp-vdsr",
            network="sp-vdsr",
            scale=2,
            expansion=256,
            patch=64,
            batch=16,
            scalings=(1.0, 0.9, 0.8, 0.7, 0.6),
            optimizer="adam",
            rate=3e-3,
            final_rate=0.001,
            warmup=1000,
            steps=40_000,
            loss="charbonnier",
            finish=0.2,
            finish_loss="decibels",
            average=1000,
            border=6,
            border_weight=0.25,
            seed=1,
        ),
    )
}
