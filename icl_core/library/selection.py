"""The Lasso beside the learners of a comparison, on the same prompts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from icl_core.evaluation import Curve
from icl_core.evaluation.selection import Comparison, compare
from icl_core.library.grading import best_lasso, lasso_errors
from icl_core.predictors import Lasso

BEST_LASSO = "lasso_best"


def with_lasso(found: Comparison, alpha: float, k: int | None = None) -> Comparison:
    """The comparison with 'lasso' at this alpha on the same prompts (with `k`: with k pairs alone)."""
    return _with_errors(found, compare(found.experiment, {"lasso": Lasso(alpha)}, k).errors)


def with_best_lasso(found: Comparison) -> Comparison:
    """The comparison with 'lasso_best', the Lasso at the alpha that is best on these prompts, for each k."""
    best = best_lasso(lasso_errors(found.experiment))
    return _with_errors(found, {BEST_LASSO: Curve(best.mean, *best.interval())})


def _with_errors(found: Comparison, errors: Mapping[str, Curve]) -> Comparison:
    return replace(found, errors={**found.errors, **errors})
