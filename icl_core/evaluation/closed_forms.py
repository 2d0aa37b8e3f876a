"""What theory says of an experiment: linear attention at its optimum, its exact risk, and exact lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from icl_core import theory
from icl_core.data.moments import Moments, experiment_moments, mixture_task_moment, pretraining_moments
from icl_core.data.prompts import task_pool
from icl_core.data.randomness import AddressedRandomness
from icl_core.data.shifts import CovariateScale, LabelNoise, LabelNonlinearity, NoShift
from icl_core.evaluation.attention_risk import RiskLine, iid_risk_line, linear_risk, nonlinear_label_risk
from icl_core.specs import Experiment, Pretraining

Array = NDArray[np.float64]
COVARIANCE_SAMPLES = 4096  # stand for a random covariance that has no moments in closed form
LARGEST_RANDOM = 20  # inputs up to which the d^2 x d^2 system for a random covariance answers at once
KEEP_IID = (NoShift.kind, CovariateScale.kind, LabelNoise.kind)
"""Shifts that leave the eigenvalues of a random covariance i.i.d., and T = I and Q = S."""


@dataclass(frozen=True, eq=False)
class ClosedForm:
    """What the closed forms of one experiment need, derived once: take it from `of`.

    `attention` is A* [D, D] of the pretraining; `moments` are those of the test prompts for fresh tasks. Each
    is None where it has no closed form.
    """

    experiment: Experiment
    attention: Array | None
    moments: Moments | None

    @staticmethod
    @lru_cache(maxsize=64)
    def of(experiment: Experiment) -> ClosedForm:
        """The closed forms of an experiment."""
        attention = trained_attention(experiment.pretraining)
        return ClosedForm(experiment, attention, experiment_moments(experiment))

    @cached_property
    def risk(self) -> RiskLine | None:
        """The exact risk of A* on the test prompts."""
        return None if self.attention is None else self.risk_of(self.attention)

    def risk_of(self, A: Array) -> RiskLine | None:
        """Risk of the prediction x_q^T A h on the test prompts; None where it has no closed form.

        Exact for Gaussian inputs of fixed covariance and linear functions under any shift that keeps both;
        for labels bent by `LabelNonlinearity`; and for random covariances of i.i.d. eigenvalues, scaled or
        noisy too.
        """
        evaluation = self.experiment.evaluation
        if evaluation.tasks == "seen":
            return None
        if self.moments is not None:
            return linear_risk(A, self.moments)
        if isinstance(evaluation.shift, LabelNonlinearity):
            before = experiment_moments(self.experiment.unshifted)
            return None if before is None else nonlinear_label_risk(A, before, evaluation.shift.magnitude)
        return _random_covariance_risk(A, self.experiment)

    @cached_property
    def lines(self) -> dict[str, Array]:
        """Closed-form risks over v for k = 0..M by predictor name; an entry without a formula is NaN.

        'zero' predicts nothing, 'lsa' is A* of the pretraining, 'lsa_reoptimised' the best linear attention
        for the test distribution at every k, 'ols' min-norm least squares.
        """
        lengths = np.arange(self.experiment.context_length + 1.0)
        lines: dict[str, Array] = {}
        if self.risk is not None:
            lines["lsa"] = self.risk.total(lengths)
            lines["zero"] = np.full(len(lengths), self.risk.zero)
        if self.moments is not None and self.experiment.evaluation.tasks == "new":
            S, T, Q = (matrix.numpy() for matrix in self.moments[:3])
            asked = (S, T, self.moments.noise_variance, lengths, Q)
            lines["zero"] = np.full(len(lengths), float(np.trace(Q @ T)))
            lines["lsa_reoptimised"] = theory.lsa_reoptimised_risks(*asked)
            lines["ols"] = theory.least_squares_risks(*asked)
        v = self.experiment.pretraining.label_variance
        return {name: line / v for name, line in lines.items()}


@lru_cache(maxsize=64)
def trained_attention(pretraining: Pretraining) -> Array | None:
    """A* [D, D], the minimiser of linear attention's risk on the pretraining distribution at its length K.

    Zhang, Frei and Bartlett (arXiv 2306.09927), Theorems 4.1 and 4.5, with label noise and any second moment
    of the tasks. None where second moments do not determine it.
    """
    moments = pretraining_moments(pretraining)
    if moments is not None:
        S, T, _, noise_variance = moments
        return theory.lsa_optimum(
            S.numpy(), _pool_moment(pretraining, T), noise_variance, pretraining.context_length
        )
    return _trained_on_random_covariance(pretraining)


def _pool_moment(pretraining: Pretraining, T: torch.Tensor) -> Array:
    """The second moment of the tasks: of the pool's own where there is one."""
    if pretraining.task_pool is None:
        return T.numpy()
    weights = task_pool(pretraining, pretraining.mixture).functions.weights
    assert weights is not None  # pretraining_moments is None unless every family is linear
    return theory.pool_second_moment(weights.numpy())


def _trained_on_random_covariance(pretraining: Pretraining) -> Array | None:
    covariates, dimension = pretraining.covariates, pretraining.dimension
    T = mixture_task_moment(pretraining.mixture, covariates, dimension)
    if (
        T is None
        or not covariates.is_gaussian
        or not covariates.is_random
        or pretraining.task_pool is not None
    ):
        return None
    noise_variance, K = pretraining.noise_variance, pretraining.context_length
    moments = covariates.eigenvalue_moments
    if moments is not None and torch.equal(T, torch.eye(dimension, dtype=T.dtype)):
        spectrum = theory.SpectrumMoments(*moments)
        return theory.lsa_optimum_iid(spectrum, dimension, noise_variance, K) * np.eye(dimension)
    if dimension > LARGEST_RANDOM:
        return None
    randomness = AddressedRandomness.of(pretraining.seed, "theory")
    sampled = covariates.matrices(randomness, COVARIANCE_SAMPLES, dimension).numpy()
    return theory.lsa_optimum_random(sampled, T.numpy(), noise_variance, K)


def _random_covariance_risk(A: Array, experiment: Experiment) -> RiskLine | None:
    covariates, d = experiment.covariates, experiment.pretraining.dimension
    spectrum, shift = covariates.eigenvalue_moments, experiment.evaluation.shift
    T = mixture_task_moment(experiment.mixture, experiment.pretraining.covariates, d)
    isotropic = T is not None and np.array_equal(T, np.eye(d)) and np.allclose(A, A[0, 0] * np.eye(d))
    if spectrum is None or not isotropic or shift.kind not in KEEP_IID:
        return None
    scale = 4.0**shift.magnitude if shift.kind == CovariateScale.kind else 1.0
    moments = theory.SpectrumMoments(*spectrum)
    return iid_risk_line(float(A[0, 0]), moments, d, experiment.test_noise_variance, scale)
