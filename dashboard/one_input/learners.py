"""The Bayes learners of one input, and the grid on which functions are drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from icl_core.data.covariance import Uniform
from icl_core.evaluation.suite import bayes_mixture
from icl_core.predictors import BayesMixture
from icl_core.specs import Mixture, Pretraining, SpecError

GRID_POINTS = 101


def bayes_learner(pretraining: Pretraining, mixture: Mixture, noise_variance: float = 0.0) -> BayesMixture:
    """The Bayes learner for prompts from `mixture`. Raises SpecError where a family has none."""
    learner = bayes_mixture(pretraining, mixture, noise_variance)
    if learner is None:
        raise SpecError("mixture", mixture.families, "families with a computable Bayes learner")
    return learner


def input_range(pretraining: Pretraining) -> tuple[float, float]:
    """The inputs that pretraining had; for others than uniform ones three standard deviations."""
    covariates = pretraining.covariates
    if isinstance(covariates, Uniform):
        return -covariates.half_width, covariates.half_width
    reach = 3 * float(covariates.second_moment(1)) ** 0.5
    return -reach, reach


def input_grid(pretraining: Pretraining) -> NDArray[np.float64]:
    """Points over the trained inputs, dense enough for the highest frequency of these pages."""
    return np.linspace(*input_range(pretraining), GRID_POINTS)
