"""Which shifts linear attention at its minimum tolerates: Zhang et al. (arXiv 2306.09927), section 4.2."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from icl_core import theory
from icl_core.claims.claim import Claim, Fact, Finding, Measurement, Picture, at_least, at_most
from icl_core.claims.minimum import isotropic_minimum
from icl_core.claims.workbench import Workbench
from icl_core.data.shifts import CovariateScale, QueryScale, TaskCovariance, TaskMean, TaskScale
from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.models import LinearAttention
from icl_core.predictors import LeastSquares
from icl_core.specs import Evaluation, Experiment, Pretraining, Shift

Array = NDArray[np.float64]
D = 8
SEED = 43
LEAST_SQUARES_PROMPTS, DECIMALS = 256, 12


def task_shift(bench: Workbench) -> Finding:
    """A7: error over E f^2 with each task shift, over that without one."""
    pairs = 4 * D
    shifts: list[Shift] = [TaskScale(2.0), TaskMean(1.0), TaskCovariance(1.0)]
    unshifted = _relative_error(_experiment(pairs))
    measured = [_relative_error(_experiment(pairs, shift)) / unshifted for shift in shifts]
    facts = _facts(pairs) | {"unshifted": unshifted}
    return Finding(tuple(map(Measurement.exact, measured)), facts, _experiment(pairs, shifts[0]), pairs)


def _relative_error(experiment: Experiment) -> float:
    """Risk at M pairs over E f^2 of the test functions."""
    form = ClosedForm.of(experiment)
    assert form.attention is not None
    assert form.moments is not None
    S, T, Q = (matrix.numpy() for matrix in form.moments[:3])
    noise_variance, M = form.moments.noise_variance, experiment.context_length
    return theory.lsa_risk(form.attention, S, T, noise_variance, M, Q) / float(np.trace(Q @ T))


def query_shift(bench: Workbench) -> Finding:
    """A8: error over tr(Q T) with each query covariance, over that without one; and orthogonal queries."""
    pairs = 20 * D
    A, S = isotropic_minimum(D, pairs), np.eye(D)

    def relative(Q: Array) -> float:
        return theory.lsa_risk(A, S, S, 0.0, pairs, Q) / float(np.trace(Q))

    skew = np.arange(1, D + 1) ** -2.0
    half = np.repeat([2.0, 0.0], D // 2)
    shifted = [relative(Q) / relative(S) for Q in (4 * S, np.diag(D * skew / skew.sum()), np.diag(half))]
    facts = _facts(pairs) | {"orthogonal_lengths": (1, D - 1), "prompts": bench.prompts, "seed": SEED}
    measured = map(Measurement.exact, [*shifted, _largest_orthogonal_prediction(A, bench.prompts)])
    return Finding(tuple(measured), facts, _experiment(pairs, QueryScale(1.0)), pairs)


def _largest_orthogonal_prediction(A: Array, prompts: int) -> float:
    """Largest prediction for a query orthogonal to all x_i, which M = 1 .. D-1 pairs leave room for."""
    rng = np.random.default_rng(SEED)
    largest = 0.0
    for M in range(1, D):
        xs = rng.standard_normal((prompts, M, D))
        ys = np.einsum("bmd,bd->bm", xs, rng.standard_normal((prompts, D)))
        basis = np.linalg.qr(xs.swapaxes(1, 2), mode="complete")[0]  # [B, D, D]; the first M columns span x_i
        queries = np.einsum("bdi,bi->bd", basis[..., M:], rng.standard_normal((prompts, D - M)))
        h = np.einsum("bmd,bm->bd", xs, ys) / M
        largest = max(largest, float(np.abs(np.einsum("bi,ij,bj->b", queries, A, h)).max()))
    return largest


def covariate_shift(bench: Workbench) -> Finding:
    """A9: error over c under covariance c I, c = 4, over the unshifted error; least squares beside it."""
    pairs, c = 20 * D, 4.0
    A, I = isotropic_minimum(D, pairs), np.eye(D)  # noqa: E741
    unshifted, shifted = (theory.lsa_risk(A, scale * I, I, 0.0, pairs) / (scale * D) for scale in (1.0, c))
    experiment = _experiment(pairs, CovariateScale(1.0))
    tested = replace(experiment, evaluation=replace(experiment.evaluation, prompts=LEAST_SQUARES_PROMPTS))
    least_squares = round(float(bench.errors(tested, LeastSquares()).mean[pairs]), DECIMALS)
    facts = _facts(pairs) | {"unshifted": unshifted, "shifted": shifted}
    facts |= {"least_squares_prompts": LEAST_SQUARES_PROMPTS}
    measured = (Measurement.exact(shifted / unshifted), Measurement.exact(least_squares))
    return Finding(measured, facts, experiment, pairs)


def _facts(pairs: int) -> dict[str, Fact]:
    return {"dimension": D, "trained_pairs": pairs, "test_pairs": pairs}


def _experiment(pairs: int, shift: Shift | None = None) -> Experiment:
    """Linear attention pretrained on S = I at so many pairs, tested at as many."""
    spec = Pretraining(dimension=D, context_length=pairs, model=LinearAttention())
    evaluation = Evaluation(context_length=pairs)
    return Experiment(spec, evaluation if shift is None else Evaluation(context_length=pairs, shift=shift))


PAGE = "/shift_lab"
CLAIMS = (
    Claim(
        "A7",
        tuple(at_most(f"task_{shift}", 1.5) for shift in ("scale", "mean", "covariance")),
        task_shift,
        Picture(PAGE, ("lsa",), {"part": "panels", "task": "task_scale", "strength": "1"}),
    ),
    Claim(
        "A8",
        (
            *(at_most(f"query_{shift}", 1.5) for shift in ("scale", "skew", "half_subspace")),
            at_most("query_orthogonal", 1e-12),
        ),
        query_shift,
        Picture(PAGE, ("lsa",), {"part": "panels", "query": "query_scale"}),
    ),
    Claim(
        "A9",
        (at_least("covariates_scale", 10), at_most("least_squares_there", 0)),
        covariate_shift,
        Picture(PAGE, ("lsa", "ols"), {"part": "panels", "inputs": "covariate_scale", "log": "1"}),
    ),
)
