"""Linear attention trained on random covariances: Zhang et al. (arXiv 2306.09927), Theorem 4.5."""

from __future__ import annotations

import math

from icl_core import theory
from icl_core.claims.claim import Claim, Fact, Finding, Measurement, Picture, at_most
from icl_core.claims.workbench import Workbench
from icl_core.data.covariance import RandomDiagonal
from icl_core.data.shifts import CovariateScale
from icl_core.models import LinearAttention
from icl_core.specs import MAX_CONTEXT, Evaluation, Experiment, Pretraining, Shift

D = 8
EXPONENTIAL = theory.SpectrumMoments(*RandomDiagonal.eigenvalue_moments)


def error(pairs: float, scale: float = 1.0) -> float:
    """Error over d at N = M pairs: trained at scale 1, tested at `scale` times the covariance."""
    a = theory.lsa_optimum_iid(EXPONENTIAL, D, 0.0, pairs)
    return theory.lsa_risk_iid(a, EXPONENTIAL, D, 0.0, pairs, scale) / D


def keeps_an_error(bench: Workbench) -> Finding:
    """A10: the error that a million pairs leave."""
    found = error(10**6)
    facts: dict[str, Fact] = {"dimension": D, "trained_pairs": 10**6, "test_pairs": 10**6, "error": found}
    return Finding((Measurement.exact(abs(found - 1 / 3)),), facts, _experiment())


def is_brittle(bench: Workbench) -> Finding:
    """A11: the errors under c times the covariance in the limit of long prompts."""
    found = [error(math.inf, c) for c in (4.0, 9.0)]
    facts: dict[str, Fact] = {"dimension": D, "limits_at_4_and_9": tuple(found)}
    measured = (Measurement.exact(abs(found[0] - 25.33)), Measurement.exact(abs(found[1] - 387)))
    return Finding(measured, facts, _experiment(CovariateScale(1.0)))


def _experiment(shift: Shift | None = None) -> Experiment:
    spec = Pretraining(
        dimension=D, context_length=MAX_CONTEXT, covariates=RandomDiagonal(), model=LinearAttention()
    )
    return Experiment(spec, Evaluation() if shift is None else Evaluation(shift=shift))


PAGE = "/shift_lab"
RANDOM = {"part": "random"}
CLAIMS = (
    Claim(
        "A10", (at_most("error_from_a_third", 1e-3),), keeps_an_error, Picture(PAGE, ("lsa_random",), RANDOM)
    ),
    Claim(
        "A11",
        # Printed to two decimals, so half a unit of the second one.
        (at_most("limit_at_4", 0.005), at_most("limit_at_9", 0.005)),
        is_brittle,
        Picture(PAGE, ("lsa_random", "lsa_limit"), RANDOM),
    ),
)
