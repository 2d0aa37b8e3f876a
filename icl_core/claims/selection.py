"""Model selection inside a pretraining mixture: Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871)."""

from __future__ import annotations

from icl_core.claims.claim import Claim, Finding, Measurement, above, at_least, at_most
from icl_core.claims.estimates import at, largest, smaller
from icl_core.claims.one_input import LINEAR, SINUSOID
from icl_core.claims.one_input import MIXTURE as ONE_INPUT
from icl_core.claims.specialists import (
    DENSE,
    DENSE_LIMITS,
    FAMILIES,
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
    measured = (_selection_cost(bench, mixture, dense, Dense()), *dense_as_least_squares(bench, dense))
    return _finding(bench, measured, Dense(), mixture, dense)


def selects_sparse(bench: Workbench) -> Finding:
    """B4: counts only if B2 holds, whose limits are among this claim's."""
    mixture, sparse = bench.models(MIXTURE), bench.models(SPARSE)
    measured = (_selection_cost(bench, mixture, sparse, Sparse(NNZ)), *sparse_as_lasso(bench, sparse))
    return _finding(bench, measured, Sparse(NNZ), mixture, sparse)


def _selection_cost(
    bench: Workbench, mixture: Models, specialist: Models, family: FunctionClass
) -> Measurement:
    """Largest over k of what choosing costs the model beyond what it costs the ideal learner."""
    experiment = bench.experiment(mixture.spec, family)

    def ideal(families: Mixture) -> Predictor:
        learner = bayes_mixture(mixture.spec, families, mixture.spec.noise_variance)
        assert learner is not None  # linear families
        return learner

    model = bench.errors(experiment, mixture) - bench.errors(experiment, specialist)
    bayes = bench.errors(experiment, ideal(mixture.spec.mixture)) - bench.errors(
        experiment, ideal(Mixture.of(family))
    )
    return Measurement.of((model - bayes).maximum())


def good_at_both_ends(bench: Workbench) -> Finding:
    """B7: mixture less specialist at k = d/2, nnz = 2 and nnz = d."""
    mixture, dense, sparse = bench.models(MIXTURE), bench.models(DENSE), bench.models(SPARSE)
    d = mixture.spec.dimension
    gaps = []
    for nnz, specialist in ((NNZ, sparse), (d, dense)):
        experiment = bench.experiment(mixture.spec, Sparse(nnz))
        gaps.append(at(bench.errors(experiment, mixture) - bench.errors(experiment, specialist), d // 2))
    return _sweep_finding(bench, gaps, mixture, dense, sparse)


def away_from_both_between(bench: Workbench) -> Finding:
    """B8: squared distance of predictions over v at k = d/2."""
    mixture, dense, sparse = bench.models(MIXTURE), bench.models(DENSE), bench.models(SPARSE)
    d = mixture.spec.dimension

    def distance(nnz: int, specialist: Models) -> Estimate:
        return at(bench.distance(bench.experiment(mixture.spec, Sparse(nnz)), mixture, specialist), d // 2)

    between = [smaller(distance(nnz, sparse), distance(nnz, dense)) for nnz in range(NNZ + 1, d)]
    measured = [distance(NNZ, sparse), distance(d, dense), largest(between)]
    return _sweep_finding(bench, measured, mixture, dense, sparse)


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
    setting = "; ".join(bench.setting(mixture, *specialists) for mixture, specialists in found)
    spec = found[0][0].spec
    return Finding(tuple(falls), setting, shown(bench.experiment(spec, Dense()), spec))


def _gap_to_better(
    bench: Workbench, mixture: Models, specialists: tuple[Models, ...], family: FunctionClass
) -> Estimate:
    experiment = bench.experiment(mixture.spec, family)
    better = smaller(*(bench.errors(experiment, specialist) for specialist in specialists))
    return bench.errors(experiment, mixture) - better


def _finding(
    bench: Workbench, measured: tuple[Measurement, ...], tested: FunctionClass, *models: Models
) -> Finding:
    spec = models[0].spec
    setting = bench.setting(*models, nnz=NNZ, tested=tested.kind)
    return Finding(measured, setting, shown(bench.experiment(spec, tested), spec))


def _sweep_finding(bench: Workbench, measured: list[Estimate], *models: Models) -> Finding:
    """Shown with as many nonzero weights as lie between the mixture's families."""
    spec = models[0].spec
    between = TaskSparsity((NNZ + spec.dimension) // 2)
    experiment = Experiment(spec, Evaluation(context_length=spec.context_length, shift=between))
    setting = bench.setting(*models, nnz=f"{NNZ} to {spec.dimension}", k=spec.dimension // 2)
    return Finding(tuple(map(Measurement.of, measured)), setting, experiment)


def _cost_limit(family: FunctionClass) -> tuple[str, float]:
    return f"largest over k of (mixture - specialist) less the same of Bayes, {family.kind}", 0.05


def _falls(family: str) -> str:
    return f"gap to the better specialist at K/8 less that at K/2, {family}"


PAGE = "/model_selection"
CLAIMS = (
    Claim(
        "B3",
        "A transformer trained on a mixture is as good as the dense specialist on dense functions.",
        (at_most(*_cost_limit(FAMILIES[0])), *DENSE_LIMITS),
        selects_dense,
        PAGE,
    ),
    Claim(
        "B4",
        "A transformer trained on a mixture is as good as the sparse specialist on sparse functions.",
        (at_most(*_cost_limit(FAMILIES[1])), *SPARSE_LIMITS),
        selects_sparse,
        PAGE,
    ),
    Claim(
        "B7",
        "Over the number of nonzero weights it is as good as the better specialist at both ends.",
        (
            at_most("mixture less sparse specialist at k = d/2, nnz = 2", 0.05),
            at_most("mixture less dense specialist at k = d/2, nnz = d", 0.05),
        ),
        good_at_both_ends,
        PAGE,
    ),
    Claim(
        "B8",
        "It predicts as one specialist at each end, and as neither in between.",
        (
            at_most("squared distance / v to the sparse specialist at k = d/2, nnz = 2", 0.05),
            at_most("squared distance / v to the dense specialist at k = d/2, nnz = d", 0.05),
            at_least("largest over nnz between of the squared distance / v to the nearer one, k = d/2", 0.05),
        ),
        away_from_both_between,
        PAGE,
    ),
    Claim(
        "B16",
        "Selection costs little, and less with more examples.",
        tuple(above(_falls(family), 0) for family in ("dense", "sparse", "linear, 1-D", "sinusoid, 1-D")),
        cost_falls,
        PAGE,
    ),
)
