"""The models that the library ships, by name, with the recipes that train them.

Names end in the number of inputs where it is not one. Specialists share all of a mixture but its families.
"""

from __future__ import annotations

from dataclasses import replace

from icl_core.data.covariance import RandomDiagonal, Uniform
from icl_core.data.function_classes import Dense, FixedSparse, Sinusoid, Sparse
from icl_core.models import Transformer
from icl_core.specs import Mixture, Pretraining, Recipe, Stage

WIDE = Sinusoid(high=3.0)

IDENTITY = Pretraining(
    dimension=8,
    context_length=16,
    recipe=Recipe(steps=12_000, matrix_rate=0.02, rate=0.002),
)

LINEAR_SINUSOID = Pretraining(
    dimension=1,
    context_length=24,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(), 0.5)),
    model=Transformer(width=64),
    recipe=Recipe(steps=12_000, matrix_rate=0.01, rate=0.002),
)

LINES = Recipe(steps=4000, matrix_rate=0.01, rate=0.002)
CURVES = Recipe(steps=8000, matrix_rate=0.01, rate=0.002)
HEAVY_TAILED = Recipe(steps=16_000)  # Exp(1) variances per prompt: matrix rate .02 diverges from step 1200 on

LIVE_DEMO = Pretraining(
    dimension=4,
    context_length=12,
    model=Transformer(layers=3, width=64),
    recipe=Recipe(steps=1500, matrix_rate=0.03, rate=0.003, warmup=50),
)

SPARSE_FROM_FEW_INPUTS = (
    *(Stage(1000, Mixture.of(Sparse(nnz=1)), inputs) for inputs in (2, 3)),
    *(Stage(1000, Mixture.of(Sparse(nnz=2)), inputs) for inputs in (4, 5, 6, 7)),
)

SPARSE = Pretraining(
    dimension=8,
    context_length=12,
    mixture=Mixture.of(Sparse(nnz=2)),
    recipe=Recipe(steps=40_000, curriculum=SPARSE_FROM_FEW_INPUTS),
)

# A half-and-half mixture trained from scratch learns least squares and stays there; started from a model
# that has learned to use sparsity, it learns to select.
SELECTING = Recipe(steps=20_000, decay=0.6)

TIERS: dict[int, dict[str, Pretraining]] = {
    1: {
        "identity-d8": IDENTITY,
        "random-diagonal-d8": replace(IDENTITY, covariates=RandomDiagonal(), recipe=HEAVY_TAILED),
        "linear-sinusoid": LINEAR_SINUSOID,
        "linear": replace(LINEAR_SINUSOID, mixture=Mixture.of(Dense()), recipe=LINES),
        "sinusoid": replace(LINEAR_SINUSOID, mixture=Mixture.of(Sinusoid()), recipe=CURVES),
        "linear-sinusoid-wide": replace(LINEAR_SINUSOID, mixture=Mixture.of((Dense(), 0.5), (WIDE, 0.5))),
        "linear-sinusoid-small": replace(
            LINEAR_SINUSOID, model=Transformer(layers=3, width=32), recipe=CURVES
        ),
        "linear-sinusoid-large": replace(LINEAR_SINUSOID, model=Transformer(width=128), recipe=CURVES),
        "live-demo-d4": LIVE_DEMO,
        "sparse-d8": SPARSE,
        "dense-d8": replace(SPARSE, mixture=Mixture.of(Dense()), recipe=IDENTITY.recipe),
        "dense-sparse-d8": replace(
            SPARSE,
            mixture=Mixture.of((Dense(), 0.5), (Sparse(nnz=2), 0.5)),
            recipe=SELECTING,
            warm_start=SPARSE,
        ),
        "fixed-d8": replace(SPARSE, mixture=Mixture.of(FixedSparse(nnz=2)), recipe=IDENTITY.recipe),
        "dense-fixed-d8": replace(
            SPARSE, mixture=Mixture.of((Dense(), 0.5), (FixedSparse(nnz=2), 0.5)), recipe=IDENTITY.recipe
        ),
    },
}

NOTES: dict[str, str] = {
    "sparse-d8": "Uses sparsity, but less than the Lasso does: the recipe is still being improved.",
    "linear-sinusoid-wide": "A little short of two limits: to be trained longer.",
    "live-demo-d4": "Trained for a minute, to be watched as it learns: too short to meet its limits.",
}
"""What a card says about a model beyond its numbers."""
