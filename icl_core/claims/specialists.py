"""Transformers of one family: the right specialist is as good as its baseline, the wrong one is not.

Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871); d, nnz and K are ours.
"""

from __future__ import annotations

from icl_core.claims.claim import Claim, Finding, Measurement, at_least, at_most
from icl_core.claims.estimates import absolute, at
from icl_core.claims.wanted import Models, Wanted
from icl_core.claims.workbench import Workbench, shown
from icl_core.data.function_classes import Dense, Sparse
from icl_core.predictors import LeastSquares
from icl_core.specs import FunctionClass, Mixture

NNZ = 2
FAMILIES = (Dense(), Sparse(NNZ))
MIXTURE = Wanted("dense-sparse-d8", Mixture.of(*((family, 0.5) for family in FAMILIES)), context_length=12)
DENSE = MIXTURE.specialist("dense-d8", Dense())
SPARSE = MIXTURE.specialist("sparse-d8", Sparse(NNZ))

DENSE_LIMITS = (at_most("mean over k of |e - least squares|, dense specialist on dense", 0.05),)
SPARSE_LIMITS = (
    at_most("largest excess over the best Lasso, k > nnz, sparse specialist on sparse", 0.05),
    at_least("gain over least squares at k = d/2, sparse specialist on sparse", 0.2),
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
    return _finding(bench, dense, Dense(), dense_as_least_squares(bench, dense))


def sparse_specialist(bench: Workbench) -> Finding:
    """B2."""
    sparse = bench.models(SPARSE)
    return _finding(bench, sparse, Sparse(NNZ), sparse_as_lasso(bench, sparse))


def sparse_fails_on_dense(bench: Workbench) -> Finding:
    """B5: the largest excess over least squares."""
    sparse = bench.models(SPARSE)
    experiment = bench.experiment(sparse.spec, Dense())
    excess = bench.errors(experiment, sparse) - bench.errors(experiment, LeastSquares())
    return _finding(bench, sparse, Dense(), (Measurement.of(excess.maximum()),))


def dense_fails_on_sparse(bench: Workbench) -> Finding:
    """B6: the excess over the best Lasso at k = d/2."""
    dense = bench.models(DENSE)
    experiment = bench.experiment(dense.spec, Sparse(NNZ))
    excess = bench.errors(experiment, dense) - bench.best_lasso(experiment)
    measured = (Measurement.of(at(excess, dense.spec.dimension // 2)),)
    return _finding(bench, dense, Sparse(NNZ), measured)


def _finding(
    bench: Workbench, models: Models, tested: FunctionClass, measured: tuple[Measurement, ...]
) -> Finding:
    experiment = bench.experiment(models.spec, tested)
    return Finding(
        measured, bench.setting(models, nnz=NNZ, tested=tested.kind), shown(experiment, models.spec)
    )


PAGE = "/model_selection"
CLAIMS = (
    Claim(
        "B1",
        "A transformer trained on dense functions is as good as least squares.",
        DENSE_LIMITS,
        dense_specialist,
        PAGE,
    ),
    Claim(
        "B2",
        "A transformer trained on sparse functions is as good as the Lasso.",
        SPARSE_LIMITS,
        sparse_specialist,
        PAGE,
    ),
    Claim(
        "B5",
        "A transformer trained on sparse functions alone fails on dense ones.",
        (at_least("largest excess over least squares, sparse specialist on dense", 0.2),),
        sparse_fails_on_dense,
        PAGE,
    ),
    Claim(
        "B6",
        "A transformer trained on dense functions alone fails on sparse ones.",
        (at_least("excess over the best Lasso at k = d/2, dense specialist on sparse", 0.2),),
        dense_fails_on_sparse,
        PAGE,
    ),
)
