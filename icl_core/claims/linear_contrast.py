"""Linear attention sees tasks through their second moment alone, so that it cannot select among families."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from icl_core import theory
from icl_core.claims.claim import Claim, Fact, Finding, Measurement, Picture, at_most
from icl_core.claims.workbench import Workbench
from icl_core.data.function_classes import Dense, Sparse
from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining

Array = NDArray[np.float64]
D, NNZ, PAIRS = 8, 2, 12


def cannot_select(bench: Workbench) -> Finding:
    """C1: risks on dense and on sparse functions, averaged support by support, at every M up to 2 d."""
    S = np.diag(2.0 ** -np.arange(D))
    A = theory.lsa_optimum(S, np.eye(D), 0.0, PAIRS)
    gaps = [
        abs(
            theory.lsa_risk(A, S, np.eye(D), 0.0, M)
            - float(np.mean([theory.lsa_risk(A, S, T, 0.0, M) for T in _support_moments()]))
        )
        for M in range(1, 2 * D + 1)
    ]
    mixture = Mixture.of((Dense(), 0.5), (Sparse(NNZ), 0.5))
    spec = Pretraining(dimension=D, context_length=PAIRS, mixture=mixture, model=LinearAttention())
    facts: dict[str, Fact] = {"dimension": D, "trained_pairs": PAIRS, "test_lengths": (1, 2 * D)}
    facts |= {"nonzero": NNZ, "eigenvalues": tuple(np.diag(S).tolist())}
    experiment = Experiment(spec, Evaluation(function_class=Sparse(NNZ)))
    return Finding((Measurement.exact(max(gaps)),), facts, experiment, PAIRS)


def _support_moments() -> list[Array]:
    """E[w w^T] given each support of NNZ weights of variance D / NNZ."""
    moments = []
    for support in combinations(range(D), NNZ):
        diagonal = np.zeros(D)
        diagonal[list(support)] = D / NNZ
        moments.append(np.diag(diagonal))
    return moments


CLAIMS = (
    Claim(
        "C1",
        (at_most("attention_between_families", 1e-12),),
        cannot_select,
        Picture("/", ("lsa", "lasso", "bayes", "ols")),
    ),
)
