"""What the knobs of pretraining offer, and the library's model or the closed form for what they ask."""

from __future__ import annotations

from dataclasses import dataclass, replace

from icl_core.data.covariance import (
    AutoRegressive,
    Identity,
    LowRank,
    PowerLaw,
    RandomDiagonal,
    Spiked,
    Uniform,
    Wishart,
)
from icl_core.data.function_classes import Dense
from icl_core.library.finding import ANY_LENGTH, Models, resolve
from icl_core.specs import Covariance, FunctionClass, Mixture, Pretraining


@dataclass(frozen=True)
class Functions:
    """The functions of pretraining: how many inputs, which families, how noisy, how many tasks."""

    dimension: int
    mixture: Mixture
    label_noise: float = 0.0
    task_pool: int | None = None

    @classmethod
    def of(cls, pretraining: Pretraining) -> Functions:
        return cls(pretraining.dimension, pretraining.mixture, pretraining.label_noise, pretraining.task_pool)


def with_covariates(pretraining: Pretraining, covariates: Covariance, models: Models) -> Pretraining:
    """The same functions on other covariates."""
    return resolve(replace(pretraining, covariates=covariates), models, but=ANY_LENGTH)


def with_functions(pretraining: Pretraining, functions: Functions, models: Models) -> Pretraining:
    """Other functions, on the same covariates where a model or the dimension allows, else on a model's."""
    same_inputs = functions.dimension == pretraining.dimension
    trained = [spec.covariates for spec in models.values() if Functions.of(spec) == functions]
    if pretraining.covariates in trained or (same_inputs and not trained):
        covariates = pretraining.covariates
    else:
        covariates = [*trained, *usual_covariances(functions.dimension)][0]
    asked = Pretraining(
        dimension=functions.dimension,
        context_length=pretraining.context_length if same_inputs else max(2 * functions.dimension, 16),
        covariates=covariates,
        mixture=functions.mixture,
        label_noise=functions.label_noise,
        task_pool=functions.task_pool,
    )
    return resolve(asked, models, but=ANY_LENGTH)


def covariance_choices(pretraining: Pretraining, models: Models) -> list[Covariance]:
    """Covariates that the library has models for with these functions, then the usual, then the current."""
    trained = [spec.covariates for spec in models.values() if Functions.of(spec) == Functions.of(pretraining)]
    return _distinct([*trained, *usual_covariances(pretraining.dimension), pretraining.covariates])


def function_choices(pretraining: Pretraining, models: Models) -> list[Functions]:
    """Functions that the library has models for, then the usual ones, then the current ones."""
    trained = [Functions.of(spec) for spec in models.values()]
    return _distinct([*trained, *usual_functions(pretraining.dimension), Functions.of(pretraining)])


def usual_covariances(dimension: int) -> list[Covariance]:
    """One of each kind that fits the dimension."""
    if dimension == 1:
        return [Uniform(), Identity()]
    fixed = [Identity(), PowerLaw(), AutoRegressive(), Spiked(), LowRank(rank=dimension // 2)]
    return [*fixed, RandomDiagonal(), Wishart()]


def usual_functions(dimension: int) -> list[Functions]:
    """The families and mixtures of the two papers that fit the dimension."""
    kinds = [kind for kind in FunctionClass.in_order() if kind.pretrained]
    other = [kind() for kind in kinds if kind() in kind.offered(dimension)]
    mixtures = [Mixture.of(Dense()), *(Mixture.of(family) for family in other)]
    mixtures += [Mixture.of((Dense(), 0.5), (family, 0.5)) for family in other]
    return [Functions(dimension, mixture) for mixture in mixtures]


def _distinct(values: list) -> list:
    return list(dict.fromkeys(values))
