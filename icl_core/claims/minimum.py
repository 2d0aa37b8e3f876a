"""The error of linear attention at its minimum: Zhang et al. (arXiv 2306.09927), Theorem 4.2."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from icl_core import theory
from icl_core.claims.claim import Claim, Fact, Finding, Measurement, Picture, at_most
from icl_core.claims.workbench import Workbench
from icl_core.data.covariance import Eigenvalues
from icl_core.models import LinearAttention
from icl_core.specs import MAX_CONTEXT, Experiment, Pretraining

Array = NDArray[np.float64]
EIGENVALUES = (2.0, 1.0, 0.5, 0.1)
N = 20
QUERY = np.diag([1.0, 1.0, 1.0, 1.0]) + 0.3
SAMPLES, CHUNK, SEED = 200_000, 10_000, 42


class Case(NamedTuple):
    """Test prompts of M pairs, and the exact error of Gamma^-1 on them against noise-free targets.

    `weights` [B, D] or None where the labels are (v.x)^2 + x_1.
    """

    M: int
    exact: float
    weights: Callable[[np.random.Generator, int], Array] | None
    noise_variance: float = 0.0
    Q: Array | None = None


V = np.array([0.5, -0.4, 0.6, 0.3])
FIXED = np.array([1.0, -1.0, 2.0, 0.5])


def cases() -> list[Case]:
    """Six linear cases and a nonlinear one."""
    S, I = np.diag(EIGENVALUES), np.eye(4)  # noqa: E741
    A = np.linalg.inv(theory.zhang_gamma(S, N))
    moments = theory.linear_label_moments(FIXED, S)
    return [
        *(Case(M, theory.lsa_risk(A, S, I, 0.0, M), _gaussian) for M in (5, 20, 80)),
        Case(15, theory.theorem_4_2(moments, S, N, 15), lambda rng, count: np.tile(FIXED, (count, 1))),
        Case(40, theory.lsa_risk(A, S, I, 0.0, 40, QUERY), _gaussian, Q=QUERY),
        Case(40, theory.lsa_risk(A, S, I, 1.0, 40), _gaussian, noise_variance=1.0),
        Case(12, theory.theorem_4_2(nonlinear_moments(S, V), S, N, 12), None),
    ]


def nonlinear_moments(S: Array, v: Array) -> theory.LabelMoments:
    """Moments of y = (v.x)^2 + x_1 for x ~ N(0, S), by Isserlis.

    With q = (v.x)^2 and s = v^T S v, E[q] = s, E[q^2] = 3 s^2, E[x y] = S e_1, E[x x^T q^2] = 3 s^2 S + 12 s
    S v v^T S, and the best linear predictor x_1 leaves q, of second moment 3 s^2.
    """
    first = np.eye(len(S))[0]
    s, Sv, Se = v @ S @ v, S @ v, S @ first
    square = 3 * s**2 * S + 12 * s * np.outer(Sv, Sv)
    linear = S[0, 0] * S + 2 * np.outer(Se, Se)
    # The cross term x x^T q x_1 is odd in x: its mean is 0.
    return theory.LabelMoments(first, square + linear - np.outer(Se, Se), float(3 * s**2))


def error_at_minimum(bench: Workbench) -> Finding:
    """A4: the largest distance of the exact error from Monte Carlo, in standard errors."""
    rng = np.random.default_rng(SEED)
    distances = []
    for case in cases():
        errors = np.concatenate([_errors(case, rng) for _ in range(SAMPLES // CHUNK)])
        standard_error = errors.std(ddof=1) / math.sqrt(len(errors))
        distances.append(abs(errors.mean() - case.exact) / standard_error)
    facts: dict[str, Fact] = {"dimension": 4, "eigenvalues": EIGENVALUES, "trained_pairs": N}
    facts |= {"prompts": SAMPLES, "seed": SEED}
    experiment = _attention(4, N, Eigenvalues(EIGENVALUES))
    return Finding((Measurement.exact(max(distances)),), facts, experiment, N)


def _gaussian(rng: np.random.Generator, count: int) -> Array:
    return rng.standard_normal((count, 4))


def _errors(case: Case, rng: np.random.Generator) -> Array:
    """Squared errors of x_q^T Gamma^-1 (1/M) sum y_i x_i on CHUNK prompts."""
    S = np.diag(EIGENVALUES)
    A = np.linalg.inv(theory.zhang_gamma(S, N))
    xs = rng.standard_normal((CHUNK, case.M, 4)) * np.sqrt(EIGENVALUES)
    queries = rng.standard_normal((CHUNK, 4)) @ np.linalg.cholesky(S if case.Q is None else case.Q).T
    if case.weights is None:
        ys, targets = _nonlinear(xs), _nonlinear(queries)
    else:
        weights = case.weights(rng, CHUNK)
        ys, targets = np.einsum("bmd,bd->bm", xs, weights), np.sum(queries * weights, axis=1)
    ys = ys + math.sqrt(case.noise_variance) * rng.standard_normal(ys.shape)
    h = np.einsum("bmd,bm->bd", xs, ys) / case.M
    return (np.einsum("bi,ij,bj->b", queries, A, h) - targets) ** 2


def _nonlinear(xs: Array) -> Array:
    return (xs @ V) ** 2 + xs[..., 0]


def competitive(bench: Workbench) -> Finding:
    """A5: the error at N = M = 100 d."""
    d, pairs = 8, 800
    risk = theory.lsa_risk(isotropic_minimum(d, pairs), np.eye(d), np.eye(d), 0.0, pairs)
    facts: dict[str, Fact] = {"dimension": d, "trained_pairs": pairs, "test_pairs": pairs}
    return Finding((Measurement.exact(risk / d),), facts, _attention(d, MAX_CONTEXT), MAX_CONTEXT)


def decay(bench: Workbench) -> Finding:
    """A6: slopes of the excess against M at N = infinity, and of the floor at M = infinity against N."""
    d = 8
    S = np.eye(d)
    lengths = [d * 10**power for power in (2, 3, 4)]
    excess = [theory.lsa_risk(isotropic_minimum(d, math.inf), S, S, 0.0, M) for M in lengths]
    floor = [theory.lsa_risk(isotropic_minimum(d, length), S, S, 0.0, math.inf) for length in lengths]
    slopes = _slope(lengths, excess), _slope(lengths, floor)
    facts: dict[str, Fact] = {"dimension": d, "fitted_lengths": tuple(lengths)}
    facts |= {"slope_in_test_length": slopes[0], "slope_in_trained_length": slopes[1]}
    measured = (Measurement.exact(abs(slopes[0] + 1)), Measurement.exact(abs(slopes[1] + 2)))
    return Finding(measured, facts, _attention(d, MAX_CONTEXT), MAX_CONTEXT)


def isotropic_minimum(d: int, pairs: float) -> Array:
    """Gamma^-1 for S = I after training at so many pairs."""
    return np.asarray(np.linalg.inv(theory.zhang_gamma(np.eye(d), pairs)), np.float64)


def _slope(lengths: Sequence[float], values: Sequence[float]) -> float:
    return float(np.polyfit(np.log(lengths), np.log(values), 1)[0])


def _attention(d: int, pairs: int, covariates: Eigenvalues | None = None) -> Experiment:
    spec = Pretraining(dimension=d, context_length=pairs, model=LinearAttention())
    if covariates is not None:
        spec = Pretraining(dimension=d, context_length=pairs, covariates=covariates, model=LinearAttention())
    return Experiment(spec)


PAGE = "/shift_lab"
LENGTH = {"part": "length", "log": "1"}
CLAIMS = (
    Claim(
        "A4",
        (at_most("exact_from_monte_carlo", 4),),
        error_at_minimum,
        Picture(PAGE, ("line", "theorem"), LENGTH),
    ),
    Claim("A5", (at_most("long_prompts", 0.02),), competitive, Picture(PAGE, ("line",), LENGTH)),
    Claim(
        "A6",
        (at_most("slope_of_excess", 0.05), at_most("slope_of_floor", 0.1)),
        decay,
        Picture(PAGE, ("line",), LENGTH),
    ),
)
