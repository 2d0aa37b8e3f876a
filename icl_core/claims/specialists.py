"""Transformers of one family: the right specialist is as good as its baseline, the wrong one is not.

Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871); d, nnz and K are ours.
"""

from __future__ import annotations

import numpy as np

from icl_core.claims.claim import Claim, Finding, Measurement, Picture, at_least, at_most
from icl_core.claims.estimates import absolute, at
from icl_core.claims.papers import MIXTURES
from icl_core.claims.wanted import Models, Wanted
from icl_core.claims.workbench import Workbench
from icl_core.data.function_classes import Dense, Sparse
from icl_core.predictors import LeastSquares
from icl_core.specs import Evaluation, Experiment, Mixture

NNZ = 2
FAMILIES = (Dense(), Sparse(NNZ))
MIXTURE = Wanted("dense-sparse-d8", Mixture.of(*((family, 0.5) for family in FAMILIES)), context_length=12)
DENSE = MIXTURE.specialist("dense-d8", Dense())
SPARSE = MIXTURE.specialist("sparse-d8", Sparse(NNZ))

DENSE_LIMITS = (at_most("dense_from_least_squares", 0.05),)
SPARSE_LIMITS = (
    at_most("sparse_over_lasso", 0.05),
    at_least("sparse_below_least_squares", 0.2),
)


def dense_as_least_squares(bench: Workbench, dense: Models) -> tuple[Measurement, ...]:
    """Measurements for DENSE_LIMITS, k = 1 .. K."""
    experiment = bench.experiment(dense.spec, Dense())
    gap = bench.errors(experiment, dense) - bench.errors(experiment, LeastSquares())
    return (Measurement.of(absolute(gap)[slice(1, None)].average()),)


def sparse_as_lasso(bench: Workbench, sparse: Models) -> tuple[Measurement, ...]:
    """Measurements for SPARSE_LIMITS."""
    experiment = bench.experiment(sparse.spec, Sparse(NNZ))
    errors = bench.errors(experiment, sparse)
    excess = (errors - bench.best_lasso(experiment))[slice(NNZ + 1, None)].maximum()
    gain = at(bench.errors(experiment, LeastSquares()) - errors, sparse.spec.dimension // 2)
    return Measurement.of(excess), Measurement.of(gain)


def dense_specialist(bench: Workbench) -> Finding:
    """B1."""
    dense = bench.models(DENSE)
    return _finding(bench, dense, dense_as_least_squares(bench, dense))


def sparse_specialist(bench: Workbench) -> Finding:
    """B2."""
    sparse = bench.models(SPARSE)
    return _finding(bench, sparse, sparse_as_lasso(bench, sparse))


def sparse_fails_on_dense(bench: Workbench) -> Finding:
    """B5: the largest excess over least squares."""
    sparse = bench.models(SPARSE)
    experiment = bench.experiment(sparse.spec, Dense())
    excess = bench.errors(experiment, sparse) - bench.errors(experiment, LeastSquares())
    return _finding(bench, sparse, (Measurement.of(excess.maximum()),), k=int(np.argmax(excess.mean)))


def dense_fails_on_sparse(bench: Workbench) -> Finding:
    """B6: the excess over the best Lasso at k = d/2."""
    dense = bench.models(DENSE)
    experiment = bench.experiment(dense.spec, Sparse(NNZ))
    excess = bench.errors(experiment, dense) - bench.best_lasso(experiment)
    measured = (Measurement.of(at(excess, dense.spec.dimension // 2)),)
    return _finding(bench, dense, measured)


def _finding(
    bench: Workbench, models: Models, measured: tuple[Measurement, ...], k: int | None = None
) -> Finding:
    """Shown beside the mixture, on the prompts of both families."""
    spec, half = models.spec, models.spec.dimension // 2
    pair = bench.meant(MIXTURE)
    experiment = Experiment(pair, Evaluation(context_length=spec.context_length))
    return Finding(measured, bench.facts(spec, nonzero=NNZ), experiment, half if k is None else k)


PAGE = "/model_selection"
CURVES = {"picture": "curves"}
CLAIMS = (
    Claim("B1", DENSE_LIMITS, dense_specialist, Picture(PAGE, ("dense", "ols"), CURVES), MIXTURES),
    Claim(
        "B2",
        SPARSE_LIMITS,
        sparse_specialist,
        Picture(PAGE, ("narrow", "lasso_best", "ols"), CURVES),
        MIXTURES,
    ),
    Claim(
        "B5",
        (at_least("sparse_on_dense", 0.2),),
        sparse_fails_on_dense,
        Picture(PAGE, ("narrow", "ols"), CURVES),
        MIXTURES,
    ),
    Claim(
        "B6",
        (at_least("dense_on_sparse", 0.2),),
        dense_fails_on_sparse,
        Picture(PAGE, ("dense", "lasso_best"), CURVES),
        MIXTURES,
    ),
)
