"""Linear attention trained on random covariances: Zhang et al. (arXiv 2306.09927), Theorem 4.5."""

from __future__ import annotations

import math

from icl_core import theory
from icl_core.claims.claim import Claim, Finding, Measurement, at_most
from icl_core.claims.workbench import Workbench, line
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
    setting = line(d=D, N=10**6, M=10**6, error=f"{found:.6f}")
    return Finding((Measurement.exact(abs(found - 1 / 3)),), setting, _experiment())


def is_brittle(bench: Workbench) -> Finding:
    """A11: the errors under c times the covariance in the limit of long prompts."""
    found = [error(math.inf, c) for c in (4.0, 9.0)]
    setting = line(
        d=D, N="infinite", M="infinite", error_at_4=f"{found[0]:.4f}", error_at_9=f"{found[1]:.4f}"
    )
    measured = (Measurement.exact(abs(found[0] - 25.33)), Measurement.exact(abs(found[1] - 387)))
    return Finding(measured, setting, _experiment(CovariateScale(1.0)))


def _experiment(shift: Shift | None = None) -> Experiment:
    spec = Pretraining(
        dimension=D, context_length=MAX_CONTEXT, covariates=RandomDiagonal(), model=LinearAttention()
    )
    return Experiment(spec, Evaluation() if shift is None else Evaluation(shift=shift))


PAGE = "/shift_lab"
CLAIMS = (
    Claim(
        "A10",
        "With random covariances the minimum keeps an error however long the prompts.",
        (at_most("distance of the error at N = M = 10^6 from 1/3, Exp(1) eigenvalues", 1e-3),),
        keeps_an_error,
        PAGE,
    ),
    Claim(
        "A11",
        "Even then it is brittle under mild shifts of the covariates.",
        (
            # Printed to two decimals, so half a unit of the second one.
            at_most("distance of the limit of the error at c = 4 from 25.33", 0.005),
            at_most("distance of the limit of the error at c = 9 from 387", 0.005),
        ),
        is_brittle,
        PAGE,
    ),
)
