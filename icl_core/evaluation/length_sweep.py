"""Error against the test length M of linear attention trained at a fixed length N, and its references."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from icl_core import semidefinite, theory
from icl_core.data.moments import Moments, experiment_moments, pretraining_moments
from icl_core.evaluation.attention_risk import RiskLine, correlation
from icl_core.evaluation.averaged_baselines import Average, min_norm_risks, ridge_risks
from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.specs import Experiment

Array = NDArray[np.float64]
POINTS = 40
THEOREM_POINTS = 9


@dataclass(frozen=True, eq=False)
class LengthSweep:
    """Errors over v at test lengths [n]; `parts` [3, n] (bias, context sampling, label noise) sum to `fixed`.

    `references` by name: 'lsa_reoptimised', 'ols', 'ridge', 'gradient_step', each [n], NaN where it has no
    finite mean or no formula. `theorem` (Theorem 4.2, at some of the lengths) and `bound` (Corollary 4.3) are
    None where their assumptions do not hold.
    """

    experiment: Experiment
    lengths: NDArray[np.int64]
    line: RiskLine
    references: dict[str, Array]
    averaged: dict[str, Average]
    theorem: tuple[NDArray[np.int64], Array] | None
    bound: Array | None
    level: float = 1.0

    @property
    def normaliser(self) -> float:
        """What errors are divided by: v, or with another `level` so many times v."""
        return self.experiment.pretraining.label_variance * self.level

    def over_zero(self) -> LengthSweep:
        """The same over what predicting zero costs."""
        level = self.line.zero / self.normaliser
        return replace(
            self,
            references={name: values / level for name, values in self.references.items()},
            averaged={
                name: Average(each.mean / level, each.error / level) for name, each in self.averaged.items()
            },
            theorem=None if self.theorem is None else (self.theorem[0], self.theorem[1] / level),
            bound=None if self.bound is None else self.bound / level,
            level=self.level * level,
        )

    @property
    def parts(self) -> Array:
        return self.line.at(self.lengths.astype(np.float64)) / self.normaliser

    @property
    def fixed(self) -> Array:
        return self.parts.sum(0)

    @property
    def floor(self) -> float:
        """The error at M = infinity."""
        return self.line.bias / self.normaliser

    def error_at(self, length: int) -> float:
        """The error of linear attention at one length from 1."""
        return float(self.line.total(np.array([float(length)]))[0]) / self.normaliser


def length_sweep(experiment: Experiment) -> LengthSweep | None:
    """The sweep of an experiment, M from 1 to 16 N or more; None where linear attention has no exact risk."""
    form = ClosedForm.of(experiment)
    if form.risk is None:
        return None
    lengths = sweep_lengths(experiment)
    references, averaged = _references(form.moments, lengths)
    v = experiment.pretraining.label_variance
    trained = _zhang_moments(experiment)
    theorem = _theorem(form, trained, lengths)
    bound = _bound(form, trained, lengths)
    return LengthSweep(
        experiment,
        lengths,
        form.risk,
        {name: values / v for name, values in references.items()},
        {name: Average(average.mean / v, average.error / v) for name, average in averaged.items()},
        None if theorem is None else (theorem[0], theorem[1] / v),
        None if bound is None else bound / v,
    )


def sweep_lengths(experiment: Experiment) -> NDArray[np.int64]:
    """Whole lengths, geometrically spaced, with N and d among them."""
    pretraining = experiment.pretraining
    d, N = pretraining.dimension, pretraining.context_length
    spaced = np.geomspace(1, 16 * max(N, d), POINTS).round().astype(np.int64)
    return np.unique(np.concatenate([spaced, [N, d]]))


def _references(
    moments: Moments | None, lengths: NDArray[np.int64]
) -> tuple[dict[str, Array], dict[str, Average]]:
    """Exact references, and those averaged over contexts with their standard errors."""
    if moments is None:
        return {}, {}
    S, T, Q = (matrix.numpy() for matrix in moments[:3])
    noise_var, averaged = moments.noise_variance, {}
    references = {
        "lsa_reoptimised": theory.lsa_reoptimised_risks(S, T, noise_var, lengths, Q),
        "gradient_step": theory.best_step_risks(S, T, noise_var, lengths, Q),
        "ols": _least_squares(S, T, Q, noise_var, lengths),
    }
    if noise_var > 0:
        penalty = noise_var / float(np.trace(T)) * len(T)  # Bayes-optimal for isotropic weights
        averaged["ridge"] = ridge_risks(S, T, Q, noise_var, penalty, lengths)
        references["ridge"] = averaged["ridge"].mean
    return references, averaged


def _least_squares(S: Array, T: Array, Q: Array, noise_var: float, lengths: NDArray[np.int64]) -> Array:
    """Averaged over contexts where no formula is known; NaN for infinite means and for singular S."""
    risks = theory.least_squares_risks(S, T, noise_var, lengths, Q)
    few = np.isnan(risks) & (lengths < (len(S) - 1 if noise_var > 0 else len(S)))
    if few.any() and semidefinite.rank(S) == len(S):
        risks[few] = min_norm_risks(S, T, Q, noise_var, lengths[few]).mean
    return np.where(np.isinf(risks), np.nan, risks)


def _theorem(
    form: ClosedForm, trained: Moments | None, lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Array] | None:
    """Theorem 4.2 at some lengths: for A = Gamma^-1 and test inputs as in pretraining, labels linear or not.

    The theorem is for one task w, and depends on it through the squares of its coordinates in the eigenbasis
    of S alone: the w with the root mean squares as coordinates gives the mean over tasks.
    """
    experiment = form.experiment
    shift = experiment.evaluation.shift
    bent = shift.magnitude if shift.kind == "label_nonlinearity" else 0.0
    tested = experiment_moments(experiment.unshifted) if bent else form.moments
    if trained is None or tested is None:
        return None
    S = trained.S.numpy()
    if not (np.allclose(tested.S, S) and np.allclose(tested.Q, S)):
        return None
    _, vectors = np.linalg.eigh(S)
    w = vectors @ np.sqrt(np.maximum(np.einsum("di,de,ei->i", vectors, tested.T.numpy(), vectors), 0))
    labels = _label_moments(w, S, tested.noise_variance, bent)
    chosen = lengths[np.unique(np.linspace(0, len(lengths) - 1, THEOREM_POINTS).round().astype(int))]
    N = experiment.pretraining.context_length
    values = [theory.theorem_4_2(labels, S, N, int(M)) - tested.noise_variance for M in chosen]
    return chosen, np.array(values)


def _label_moments(w: Array, S: Array, noise_var: float, bent: float) -> theory.LabelMoments:
    """What Theorem 4.2 needs of y = ((1-m) w.x + m |w.x|)/sqrt((1-m)^2 + m^2) + noise, m = `bent`."""
    r = correlation(bent)
    variance, outer = float(w @ S @ w), np.outer(S @ w, S @ w)
    covariance = (variance + noise_var) * S + (2 - r**2) * outer
    return theory.LabelMoments(r * w, covariance, noise_var + (1 - r**2) * variance)


def _bound(form: ClosedForm, trained: Moments | None, lengths: NDArray[np.int64]) -> Array | None:
    """Corollary 4.3, for noiseless linear labels with T = I and test prompts as in pretraining."""
    tested = form.moments
    if trained is None or tested is None or tested.noise_variance > 0:
        return None
    if not all(np.allclose(a, b) for a, b in zip(trained[:3], tested[:3], strict=True)):
        return None
    S, N = trained.S.numpy(), form.experiment.pretraining.context_length
    end = theory.corollary_4_3(S, N, math.inf)
    return end + (theory.corollary_4_3(S, N, 1) - end) / lengths


def _zhang_moments(experiment: Experiment) -> Moments | None:
    """Moments of pretraining where A* is the paper's Gamma^-1; None elsewhere.

    It is for noiseless training prompts, T = I, S of full rank and fresh tasks.
    """
    trained = pretraining_moments(experiment.pretraining)
    if trained is None or trained.noise_variance > 0 or experiment.pretraining.task_pool is not None:
        return None
    definite = semidefinite.rank(trained.S.numpy()) == len(trained.S)
    return trained if definite and np.allclose(trained.T, np.eye(len(trained.T))) else None
