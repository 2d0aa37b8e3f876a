"""The models that the library ships, by name, with the recipes that train them."""

from __future__ import annotations

from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Dense, Sinusoid
from icl_core.models import Transformer
from icl_core.specs import Mixture, Pretraining, Recipe

DENSE = Recipe(steps=12_000, matrix_rate=0.02, rate=0.002)
CURVES = Recipe(steps=12_000, matrix_rate=0.01, rate=0.002)

IDENTITY = Pretraining(dimension=8, context_length=16, recipe=DENSE)

ONE_INPUT = Pretraining(
    dimension=1,
    context_length=24,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(), 0.5)),
    model=Transformer(layers=6, heads=4, width=64),
    recipe=CURVES,
)

TIERS: dict[int, dict[str, Pretraining]] = {
    1: {
        "identity-d8": IDENTITY,
        "linear-sinusoid": ONE_INPUT,
    },
}
