"""Model selection inside a pretraining mixture: Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871)."""

from __future__ import annotations

import numpy as np

from icl_core.claims.claim import Claim, Fact, Finding, Measurement, Picture, above, at_least, at_most
from icl_core.claims.estimates import at, largest, smaller
from icl_core.claims.one_input import LINEAR, SINUSOID
from icl_core.claims.one_input import MIXTURE as ONE_INPUT
from icl_core.claims.papers import MIXTURES
from icl_core.claims.specialists import (
    DENSE,
    DENSE_LIMITS,
    MIXTURE,
    NNZ,
    SPARSE,
    SPARSE_LIMITS,
    dense_as_least_squares,
    sparse_as_lasso,
)
from icl_core.claims.wanted import Models
from icl_core.claims.workbench import Workbench, shown
from icl_core.data.function_classes import Dense, Sparse
from icl_core.data.shifts import TaskSparsity
from icl_core.evaluation import Estimate
from icl_core.evaluation.suite import bayes_mixture
from icl_core.predictors import Predictor
from icl_core.specs import Evaluation, Experiment, FunctionClass, Mixture


def selects_dense(bench: Workbench) -> Finding:
    """B3: counts only if B1 holds, whose limit is one of this claim's."""
    mixture, dense = bench.models(MIXTURE), bench.models(DENSE)
    cost = _selection_cost(bench, mixture, dense, Dense())
    return _finding(bench, cost, dense_as_least_squares(bench, dense), Dense(), mixture)


def selects_sparse(bench: Workbench) -> Finding:
    """B4: counts only if B2 holds, whose limits are among this claim's."""
    mixture, sparse = bench.models(MIXTURE), bench.models(SPARSE)
    cost = _selection_cost(bench, mixture, sparse, Sparse(NNZ))
    return _finding(bench, cost, sparse_as_lasso(bench, sparse), Sparse(NNZ), mixture)


def _selection_cost(bench: Workbench, mixture: Models, specialist: Models, family: FunctionClass) -> Estimate:
    """What choosing costs the model beyond what it costs the ideal learner, at every k."""
    experiment = bench.experiment(mixture.spec, family)

    def ideal(families: Mixture) -> Predictor:
        learner = bayes_mixture(mixture.spec, families, mixture.spec.noise_variance)
        assert learner is not None  # linear families
        return learner

    model = bench.errors(experiment, mixture) - bench.errors(experiment, specialist)
    bayes = bench.errors(experiment, ideal(mixture.spec.mixture)) - bench.errors(
        experiment, ideal(Mixture.of(family))
    )
    return model - bayes


def good_at_both_ends(bench: Workbench) -> Finding:
    """B7: mixture less specialist at k = d/2, nnz = 2 and nnz = d."""
    mixture, dense, sparse = bench.models(MIXTURE), bench.models(DENSE), bench.models(SPARSE)
    d = mixture.spec.dimension
    gaps = []
    for nnz, specialist in ((NNZ, sparse), (d, dense)):
        experiment = bench.experiment(mixture.spec, Sparse(nnz))
        gaps.append(at(bench.errors(experiment, mixture) - bench.errors(experiment, specialist), d // 2))
    return _sweep_finding(bench, gaps, mixture)


def away_from_both_between(bench: Workbench) -> Finding:
    """B8: squared distance of predictions over v at k = d/2."""
    mixture, dense, sparse = bench.models(MIXTURE), bench.models(DENSE), bench.models(SPARSE)
    d = mixture.spec.dimension

    def distance(nnz: int, specialist: Models) -> Estimate:
        return at(bench.distance(bench.experiment(mixture.spec, Sparse(nnz)), mixture, specialist), d // 2)

    between = [smaller(distance(nnz, sparse), distance(nnz, dense)) for nnz in range(NNZ + 1, d)]
    measured = [distance(NNZ, sparse), distance(d, dense), largest(between)]
    return _sweep_finding(bench, measured, mixture)


def cost_falls(bench: Workbench) -> Finding:
    """B16: gap to the better specialist at K/8 less that at K/2, each family of both mixtures."""
    wishes = ((MIXTURE, (DENSE, SPARSE)), (ONE_INPUT, (LINEAR, SINUSOID)))
    found = [(bench.models(mixture), tuple(map(bench.models, alone))) for mixture, alone in wishes]
    falls = []
    for mixture, specialists in found:
        K = mixture.spec.context_length
        for family in mixture.spec.mixture.families:
            gap = _gap_to_better(bench, mixture, specialists, family)
            falls.append(Measurement.of(at(gap, K // 8) - at(gap, K // 2)))
    spec, other = found[0][0].spec, found[1][0].spec
    beside: dict[str, Fact] = {"one_input_trained_pairs": other.context_length}
    experiment = shown(bench.experiment(spec, Dense()), spec)
    return Finding(tuple(falls), bench.facts(spec, **beside), experiment, spec.context_length // 2)


def _gap_to_better(
    bench: Workbench, mixture: Models, specialists: tuple[Models, ...], family: FunctionClass
) -> Estimate:
    experiment = bench.experiment(mixture.spec, family)
    better = smaller(*(bench.errors(experiment, specialist) for specialist in specialists))
    return bench.errors(experiment, mixture) - better


def _finding(
    bench: Workbench,
    cost: Estimate,
    of_specialist: tuple[Measurement, ...],
    tested: FunctionClass,
    mixture: Models,
) -> Finding:
    """Read where the cost is largest."""
    spec = mixture.spec
    measured = (Measurement.of(cost.maximum()), *of_specialist)
    experiment = shown(bench.experiment(spec, tested), spec)
    return Finding(measured, bench.facts(spec, nonzero=NNZ), experiment, int(np.argmax(cost.mean)))


def _sweep_finding(bench: Workbench, measured: list[Estimate], mixture: Models) -> Finding:
    """Shown with as many nonzero weights as lie between the mixture's families."""
    spec, half = mixture.spec, mixture.spec.dimension // 2
    between = TaskSparsity((NNZ + spec.dimension) // 2)
    experiment = Experiment(spec, Evaluation(context_length=spec.context_length, shift=between))
    facts = bench.facts(spec, nonzero_counts=(NNZ, spec.dimension), k=half)
    return Finding(tuple(map(Measurement.of, measured)), facts, experiment, half)


PAGE = "/model_selection"
CLAIMS = (
    Claim(
        "B3",
        (at_most("cost_on_dense", 0.05), *DENSE_LIMITS),
        selects_dense,
        Picture(PAGE, ("mixture", "dense"), {"picture": "curves"}),
        MIXTURES,
    ),
    Claim(
        "B4",
        (at_most("cost_on_sparse", 0.05), *SPARSE_LIMITS),
        selects_sparse,
        Picture(PAGE, ("mixture", "narrow"), {"picture": "curves"}),
        MIXTURES,
    ),
    Claim(
        "B7",
        (at_most("sparse_end", 0.05), at_most("dense_end", 0.05)),
        good_at_both_ends,
        Picture(PAGE, ("mixture", "dense", "narrow"), {"picture": "sparsity"}),
        MIXTURES,
    ),
    Claim(
        "B8",
        (
            at_most("distance_to_sparse", 0.05),
            at_most("distance_to_dense", 0.05),
            at_least("distance_between", 0.05),
        ),
        away_from_both_between,
        Picture(PAGE, ("distance_dense", "distance_narrow"), {"picture": "sparsity"}),
        MIXTURES,
    ),
    Claim(
        "B16",
        tuple(above(f"cost_falls_{family}", 0) for family in ("dense", "sparse", "linear", "sinusoid")),
        cost_falls,
        Picture(PAGE, ("cost_model",), {"picture": "cost"}),
        MIXTURES,
        explained=True,
    ),
)
