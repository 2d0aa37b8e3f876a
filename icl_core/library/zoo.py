"""The models that the library ships, by name, with the recipes that train them.

Names end in the number of inputs where it is not one. Specialists share all of a mixture but its families.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from icl_core.data.covariance import RandomDiagonal, Uniform, Wishart
from icl_core.data.function_classes import Dense, FixedSparse, ReluNetwork, Sinusoid, Sparse
from icl_core.models import Transformer
from icl_core.specs import FunctionClass, Mixture, Pretraining, Recipe, Stage

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

SMALL, LARGE = Transformer(layers=3, width=32), Transformer(width=128)
AS_PUBLISHED = Transformer(layout="interleaved", mlp="gelu", normalisation="layer")  # as in the papers
LINES = Recipe(steps=4000, matrix_rate=0.01, rate=0.002)
CURVES = Recipe(steps=8000, matrix_rate=0.01, rate=0.002)
QUICK = Recipe(steps=4000, matrix_rate=0.01, rate=0.002, decay=0.8)
HEAVY_TAILED = Recipe(steps=16_000)  # Exp(1) variances per prompt: matrix rate .02 diverges from step 1200 on

LIVE_DEMO = Pretraining(
    dimension=4,
    context_length=12,
    model=Transformer(layers=3, width=64),
    recipe=Recipe(steps=1400, matrix_rate=0.02, rate=0.003, warmup=50, decay=0.9),
)

# Found with few inputs, the use of sparsity carries over to more; the rest is learned as the rates decay.
SPARSE_FROM_FEW_INPUTS = (
    *(Stage(800, Mixture.of(Sparse(nnz=1)), inputs) for inputs in (2, 3, 4)),
    *(Stage(800, Mixture.of(Sparse(nnz=2)), inputs) for inputs in (5, 6, 7)),
)

SPARSE_BEGUN = Pretraining(
    dimension=8,
    context_length=12,
    mixture=Mixture.of(Sparse(nnz=2)),
    recipe=Recipe(steps=28_000, decay=0.75, curriculum=SPARSE_FROM_FEW_INPUTS),
)

# At the full rates the loss stands still at their noise; at half of them, decaying at once, it falls on.
GENTLE = Recipe(steps=48_000, matrix_rate=0.003, rate=0.0005, decay=0.99)

GENTLE_CURVES = Recipe(steps=12_000, matrix_rate=0.005, rate=0.001, decay=0.99)


def continued(begun: Pretraining, recipe: Recipe) -> Pretraining:
    """The model that goes on from the finished weights of another, on new prompts of the same data."""
    return replace(begun, recipe=recipe, warm_start=begun, warm_start_at="end", seed=begun.seed + 1)


SPARSE = continued(SPARSE_BEGUN, GENTLE)

# Constant rates soon stand still at their own noise: most of the steps decay. Matrix rate .02, which suits
# prompts of 16 examples, loses its way on those of 12.
PLAIN = Recipe(steps=7000, matrix_rate=0.01, rate=0.001, decay=0.85)

NETWORKS = replace(PLAIN, steps=6000)


def alone(*families: FunctionClass | tuple[FunctionClass, float], recipe: Recipe) -> Pretraining:
    """A model of other families on the sparse specialist's inputs and prompts, trained from scratch."""
    return replace(SPARSE_BEGUN, mixture=Mixture.of(*families), recipe=recipe)


def selecting(dense_share: float) -> Pretraining:
    """A dense/sparse mixture, begun on sparse prompts alone; the dense share grows to its own.

    Trained from scratch it learns least squares and stays there.
    """

    def mixture(share: float) -> Mixture:
        return Mixture.of((Dense(), share), (Sparse(nnz=2), 1 - share))

    growing = tuple(Stage(1200, mixture(part * dense_share)) for part in (0.25, 0.5))
    recipe = replace(GENTLE, curriculum=growing)
    return replace(SPARSE, mixture=mixture(dense_share), recipe=recipe, seed=0)


def focused(steps: int, focus: int) -> Recipe:
    """A gentle phase whose first `focus` steps have one dense prompt in eight: those are long learned."""
    mixture = Mixture.of((Dense(), 0.125), (Sparse(nnz=2), 0.875))
    return replace(GENTLE, steps=steps, curriculum=(Stage(focus, mixture),))


def pooled(tasks: int | None) -> Pretraining:
    """Noisy dense functions from a pool of so many tasks (None: a fresh task for every prompt)."""
    return replace(IDENTITY, label_noise=0.5, task_pool=tasks, recipe=PLAIN)


HALF_SINUSOID = continued(LINEAR_SINUSOID, GENTLE_CURVES)

ONE_FREQUENCY = Sinusoid(low=2.0, high=2.0)
WIDE_INPUTS = Uniform(half_width=5.0)


def lines_and(sinusoid: Sinusoid, share: float = 0.5) -> Mixture:
    """Lines, and this share of sinusoids."""
    return Mixture.of((Dense(), 1 - share), (sinusoid, share))


def rung(sinusoid: Sinusoid) -> Pretraining:
    """A rung of the ladder from narrow to broad: all else equal, the steps too."""
    return replace(LINEAR_SINUSOID, mixture=lines_and(sinusoid), recipe=LINES)


NARROW = rung(ONE_FREQUENCY)

# Many wiggles are learned only from few: the band grows.
WIDENING = tuple(Stage(800, lines_and(Sinusoid(high=high))) for high in (1.0, 2.0, 3.0, 4.0))
HALF_SPARSE = reduce(
    continued,
    (GENTLE, replace(GENTLE, steps=28_000), focused(48_000, 26_000), focused(30_000, 18_000)),
    selecting(0.5),
)

RANDOM_DIAGONAL = replace(IDENTITY, covariates=RandomDiagonal(), recipe=HEAVY_TAILED)

# Inputs and pairs on the way from 8 to 20 inputs: short prompts first, a step costs what its prompts do.
GROWTH = ((11, 16), (14, 20), (17, 25), (20, 30))


def grown(begun: Pretraining, recipe: Recipe) -> Pretraining:
    """A model of the papers' size, 20 inputs and 40 pairs, from the finished weights of one of few inputs."""
    growing = tuple(Stage(1500, begun.mixture, inputs, length) for inputs, length in GROWTH)
    return replace(
        begun,
        dimension=20,
        context_length=40,
        recipe=replace(recipe, curriculum=growing),
        warm_start=begun,
        warm_start_at="end",
        seed=begun.seed + 1,
    )


def selecting_20() -> Pretraining:
    """The dense/sparse mixture of 20 inputs, from the finished sparse specialist: few dense prompts first."""

    def mixture(dense_share: float) -> Mixture:
        return Mixture.of((Dense(), dense_share), (Sparse(nnz=2), 1 - dense_share))

    growing = (Stage(3000, mixture(0.125), None, 30), Stage(6000, mixture(0.25), None, 30))
    recipe = replace(GENTLE, steps=24_000, curriculum=growing)
    return replace(continued(SPARSE_20, recipe), mixture=mixture(0.5))


IDENTITY_20 = grown(IDENTITY, Recipe(steps=20_000, matrix_rate=0.01, decay=0.9))
RANDOM_DIAGONAL_20 = grown(RANDOM_DIAGONAL, Recipe(steps=20_000, decay=0.9))
SPARSE_20 = grown(SPARSE, Recipe(steps=30_000, decay=0.9))

TIERS: dict[int, dict[str, Pretraining]] = {
    1: {
        "identity-d8": IDENTITY,
        "random-diagonal-d8": RANDOM_DIAGONAL,
        "linear-sinusoid": HALF_SINUSOID,
        "linear": replace(LINEAR_SINUSOID, mixture=Mixture.of(Dense()), recipe=LINES),
        "sinusoid": replace(LINEAR_SINUSOID, mixture=Mixture.of(Sinusoid()), recipe=CURVES),
        "linear-sinusoid-wide": continued(
            replace(LINEAR_SINUSOID, mixture=Mixture.of((Dense(), 0.5), (WIDE, 0.5))), GENTLE_CURVES
        ),
        "linear-sinusoid-small": replace(LINEAR_SINUSOID, model=SMALL, recipe=CURVES),
        "linear-sinusoid-large": replace(LINEAR_SINUSOID, model=LARGE, recipe=QUICK),
        "live-demo-d4": LIVE_DEMO,
        "sparse-d8": SPARSE,
        "dense-d8": alone(Dense(), recipe=PLAIN),
        "dense-sparse-d8": HALF_SPARSE,
        "fixed-d8": alone(FixedSparse(nnz=2), recipe=replace(PLAIN, steps=3000)),
        "dense-fixed-d8": continued(
            continued(
                alone((Dense(), 0.5), (FixedSparse(nnz=2), 0.5), recipe=replace(PLAIN, steps=6000)),
                replace(GENTLE, steps=10_000),
            ),
            replace(GENTLE, steps=20_000),
        ),
    },
    2: {
        "narrow": NARROW,
        "narrow-seed1": NARROW.reseeded(100),
        "narrow-seed2": NARROW.reseeded(200),
        "narrow-sinusoid": replace(NARROW, mixture=Mixture.of(ONE_FREQUENCY)),
        "narrow-small": replace(NARROW, model=SMALL),
        "narrow-band": rung(Sinusoid(low=1.5, high=2.5)),
        "broad-band": rung(Sinusoid()),
        "broader-band": rung(WIDE),
        "narrow-wide-inputs": replace(NARROW, covariates=WIDE_INPUTS),
        "narrow-large": replace(NARROW, model=LARGE),
        "broad-wide-inputs": replace(
            NARROW,
            context_length=32,
            covariates=WIDE_INPUTS,
            mixture=lines_and(Sinusoid(high=5.0)),
            recipe=replace(LINES, steps=12_000, curriculum=WIDENING),
        ),
        "pool-4-d8": pooled(2**2),
        "pool-1024-d8": pooled(2**10),
        "pool-unlimited-d8": pooled(None),
        "dense-sparse-25-d8": selecting(0.25),
        "dense-sparse-75-d8": selecting(0.75),
        "identity-d8-n32": replace(IDENTITY, context_length=32),
        "identity-d8-interleaved": replace(IDENTITY, model=AS_PUBLISHED),
        "random-diagonal-d8-n32": replace(RANDOM_DIAGONAL, context_length=32),
        "wishart-d8": replace(IDENTITY, covariates=Wishart(), recipe=HEAVY_TAILED),
        "identity-d8-seed1": IDENTITY.reseeded(100),
        "identity-d8-seed2": IDENTITY.reseeded(200),
        "linear-sinusoid-seed1": HALF_SINUSOID.reseeded(100),
        "linear-sinusoid-seed2": HALF_SINUSOID.reseeded(200),
        "dense-sparse-d8-seed1": HALF_SPARSE.reseeded(100),
        "dense-sparse-d8-seed2": HALF_SPARSE.reseeded(200),
    },
    3: {
        "relu-d8": continued(alone(ReluNetwork(), recipe=NETWORKS), replace(GENTLE, steps=8000)),
        "dense-relu-d8": continued(
            alone((Dense(), 0.5), (ReluNetwork(), 0.5), recipe=NETWORKS), replace(GENTLE, steps=8000)
        ),
        "pool-64-d8": pooled(2**6),
        "pool-16384-d8": pooled(2**14),
        "identity-d20": IDENTITY_20,
        "random-diagonal-d20": RANDOM_DIAGONAL_20,
        "dense-d20": continued(IDENTITY_20, replace(GENTLE, steps=8000)),
        "sparse-d20": SPARSE_20,
        "dense-sparse-d20": selecting_20(),
    },
}

NOTES: dict[str, str] = {
    "linear-sinusoid-small": "Small, to be compared by size: its cost is over specialists of the usual size.",
    "linear-sinusoid-large": "Trained for few steps, to be compared by size: its specialists had more.",
    **dict.fromkeys(
        ("narrow", "narrow-seed1", "narrow-seed2", "narrow-large"),
        "Chooses between lines and sinusoids one example later than Bayes: there its cost is over the limit.",
    ),
    "narrow-small": "Small, to be compared by size: its cost is over specialists of the usual size.",
    "broad-wide-inputs": "Sinusoids that turn this often are learned late: few examples are not enough yet.",
    "broad-band": "Trained for as few steps as the model of one frequency, to be compared by the band.",
    "broader-band": "Trained for as few steps as the model of one frequency, to be compared by the band.",
    "relu-d8": "No Bayes learner of networks is computable to hold it to.",
    "dense-relu-d8": "No Bayes learner of networks is computable to hold it to.",
    "pool-4-d8": "Knows the four tasks of its pool, as it should, and so fails on new ones.",
    "pool-1024-d8": "Answers as ridge does on its own tasks too: it has not learned the 1,024 by heart.",
}
"""What a card says about a model beyond its numbers."""
