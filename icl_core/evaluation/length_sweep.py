"""Error against the test length M of linear attention trained at a fixed length N, and its references."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from icl_core import semidefinite, theory
from icl_core.data.moments import Moments, experiment_moments, pretraining_moments
from icl_core.evaluation.attention_risk import RiskLine, attention_risk, correlation
from icl_core.evaluation.averaged_baselines import Average, min_norm_risks, ridge_risks
from icl_core.evaluation.closed_forms import trained_attention
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

    @property
    def normaliser(self) -> float:
        return self.experiment.pretraining.label_variance

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
    A = trained_attention(experiment.pretraining)
    line = None if A is None else attention_risk(A, experiment)
    if line is None:
        return None
    lengths = sweep_lengths(experiment)
    moments = experiment_moments(experiment)
    references: dict[str, Array] = {}
    averaged: dict[str, Average] = {}
    if moments is not None:
        references, averaged = _references(experiment, moments, lengths)
    v = experiment.pretraining.label_variance
    theorem, bound = _theorem(experiment, lengths), _bound(experiment, lengths)
    return LengthSweep(
        experiment,
        lengths,
        line,
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


def reoptimised_risks(moments: Moments, lengths: Array) -> Array:
    """Risk [n] of the best linear attention for the test distribution at each length.

    tr(Q T) - sum_i q_i m_i/((1+1/M) m_i + c_M) over eigenpairs (m_i, e_i) of T^1/2 S T^1/2, with
    q_i = e_i^T T^1/2 Q T^1/2 e_i and c_M = (tr(S T) + noise variance)/M: one decomposition for all lengths.
    """
    S, T, Q = (matrix.numpy() for matrix in moments[:3])
    values, vectors = np.linalg.eigh(T)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    m, e = np.linalg.eigh(root @ S @ root)
    m = np.maximum(m, 0)
    q = np.einsum("ji,jk,ki->i", e, root @ Q @ root, e)
    c = (np.trace(S @ T) + moments.noise_variance) / lengths
    curvature = (1 + 1 / lengths)[:, None] * m + c[:, None]  # [n, d]
    gained = np.divide(q * m, curvature, out=np.zeros_like(curvature), where=curvature > 0)
    return np.trace(Q @ T) - gained.sum(1)


def gradient_step_risks(moments: Moments, lengths: Array) -> Array:
    """Risk [n] of the best gradient step from 0 at each length: tr(Q T) - tr(Q S T)^2 / tr(Q G_M)."""
    S, T, Q = (matrix.numpy() for matrix in moments[:3])
    noisy = (np.trace(S @ T) + moments.noise_variance) * np.trace(Q @ S)
    curvature = (1 + 1 / lengths) * np.trace(Q @ S @ T @ S) + noisy / lengths
    return np.trace(Q @ T) - np.trace(Q @ S @ T) ** 2 / curvature


def _references(
    experiment: Experiment, moments: Moments, lengths: NDArray[np.int64]
) -> tuple[dict[str, Array], dict[str, Average]]:
    """Exact references, and those averaged over contexts with their standard errors."""
    as_floats = lengths.astype(np.float64)
    S, T, Q = (matrix.numpy() for matrix in moments[:3])
    noise_var = moments.noise_variance
    references = {
        "lsa_reoptimised": reoptimised_risks(moments, as_floats),
        "gradient_step": gradient_step_risks(moments, as_floats),
        "ols": _least_squares(S, T, Q, noise_var, lengths),
    }
    averaged = {}
    if noise_var > 0:
        penalty = noise_var / float(np.trace(T)) * len(T)  # Bayes-optimal for isotropic weights
        averaged["ridge"] = ridge_risks(S, T, Q, noise_var, penalty, lengths)
        references["ridge"] = averaged["ridge"].mean
    return references, averaged


def _least_squares(S: Array, T: Array, Q: Array, noise_var: float, lengths: NDArray[np.int64]) -> Array:
    """NaN where the mean is infinite (d-1, d, d+1 with noise), and where a singular S leaves no formula."""
    d = len(S)
    risks = np.full(len(lengths), np.nan)
    if semidefinite.rank(S) < d:
        return risks
    enough = lengths >= d + 2
    risks[enough] = theory.ols_risk(S, noise_var, d + 2, Q) / (lengths[enough] - d - 1)
    between = (lengths >= d - 1) & ~enough
    few = lengths < d - 1 if noise_var > 0 else lengths < d
    if noise_var == 0:
        risks[between & (lengths >= d)] = 0.0
    if few.any():
        risks[few] = min_norm_risks(S, T, Q, noise_var, lengths[few]).mean
    if d > 1 and np.array_equal(S, S[0, 0] * np.eye(d)):
        risks[few] = [theory.min_norm_risk(d, T, noise_var, M, S[0, 0], Q) for M in lengths[few]]
    return risks


def _theorem(experiment: Experiment, lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array] | None:
    """Theorem 4.2 at some lengths: for A = Gamma^-1 and test inputs as in pretraining, labels linear or not.

    The theorem is for one task w, and depends on it through the squares of its coordinates in the eigenbasis
    of S alone: the w with the root mean squares as coordinates gives the mean over tasks.
    """
    trained = pretraining_moments(experiment.pretraining)
    before = experiment_moments(experiment.unshifted)
    shift = experiment.evaluation.shift
    bent = shift.magnitude if shift.kind == "label_nonlinearity" else 0.0
    tested = before if bent else experiment_moments(experiment)
    if trained is None or tested is None or not _is_zhang(experiment, trained):
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


def _bound(experiment: Experiment, lengths: NDArray[np.int64]) -> Array | None:
    """Corollary 4.3, for noiseless linear labels with T = I and test prompts as in pretraining."""
    trained, tested = pretraining_moments(experiment.pretraining), experiment_moments(experiment)
    if trained is None or tested is None or not _is_zhang(experiment, trained):
        return None
    same = all(np.allclose(a, b) for a, b in zip(trained[:3], tested[:3], strict=True))
    if not same or tested.noise_variance > 0:
        return None
    S, N = trained.S.numpy(), experiment.pretraining.context_length
    end = theory.corollary_4_3(S, N, math.inf)
    return end + (theory.corollary_4_3(S, N, 1) - end) / lengths


def _is_zhang(experiment: Experiment, trained: Moments) -> bool:
    """Whether A* is the paper's Gamma^-1: noiseless training prompts, T = I, S of full rank, fresh tasks."""
    S, T = trained.S.numpy(), trained.T.numpy()
    definite = semidefinite.rank(S) == len(S)
    fresh = experiment.pretraining.task_pool is None
    return trained.noise_variance == 0 and np.allclose(T, np.eye(len(T))) and definite and fresh
