"""Transformers under shifts of the covariates: Zhang et al. (arXiv 2306.09927), figure 1.

As in the figure, prompts under c draw a random diagonal covariance of Exp(1) entries, times c.
"""

from __future__ import annotations

import math
from dataclasses import replace

from icl_core.claims.claim import Claim, Finding, Measurement, Picture, above, at_least, at_most
from icl_core.claims.estimates import at, ratio
from icl_core.claims.papers import FIGURE_1
from icl_core.claims.wanted import Models, WaitingForModel, Wanted
from icl_core.claims.workbench import Workbench, shown
from icl_core.data.covariance import Identity, RandomDiagonal
from icl_core.data.function_classes import Dense
from icl_core.data.shifts import CovariateScale
from icl_core.evaluation import Estimate
from icl_core.predictors import LeastSquares, Predictor
from icl_core.specs import Covariance, Experiment, Mixture, Pretraining

FIXED = Wanted("identity-d8", Mixture.of(Dense()), context_length=16)
AS_PUBLISHED = replace(FIXED, name="identity-d8-interleaved", only_named=True)
RANDOM = Wanted("random-diagonal-d8", Mixture.of(Dense()), context_length=16, covariates=RandomDiagonal())
EXPONENTIAL = RandomDiagonal()


def fixed_fails(bench: Workbench) -> Finding:
    """A12: the fixed-covariance model on figure 1's prompts.

    For comparison the same model on covariance c I, and one built as the paper's on figure 1's prompts: what
    they share is not the architecture's doing.
    """
    fixed, published = bench.models(FIXED), bench.models(AS_PUBLISHED)
    excess = _error(bench, fixed, fixed, 1) - _error(bench, LeastSquares(), fixed, 1)
    shifted = [_error(bench, fixed, fixed, c) / c for c in (4, 9)]
    identity = [float((_error(bench, fixed, fixed, c, Identity()) / c).mean[0]) for c in (1, 4, 9)]
    as_published = [float((_error(bench, published, fixed, c) / c).mean[0]) for c in (1, 4, 9)]
    measured = tuple(map(Measurement.of, [excess, *shifted]))
    K = fixed.spec.context_length
    facts = bench.facts(
        fixed.spec,
        k=K,
        exponential_times=(1, 4, 9),
        on_identity_times_c=tuple(identity),
        as_published=tuple(as_published),
    )
    return Finding(measured, facts, shown(_experiment(bench, fixed.spec, 4), fixed.spec), K)


def random_is_better(bench: Workbench) -> Finding:
    """A13: error of the fixed-covariance model less that of the random-covariance one."""
    fixed, random = bench.models(FIXED), bench.models(RANDOM)
    gains = [_error(bench, fixed, fixed, c) - _error(bench, random, fixed, c) for c in (4, 9)]
    K = random.spec.context_length
    facts = bench.facts(random.spec, k=K, exponential_times=(4, 9))
    experiment = shown(_experiment(bench, random.spec, 4), random.spec)
    return Finding(tuple(map(Measurement.of, gains)), facts, experiment, K)


def random_falls_short(bench: Workbench) -> Finding:
    """A14: what the random-covariance model lacks at c = 9."""
    random = bench.models(RANDOM)
    lack = (_error(bench, random, random, 9) - _error(bench, LeastSquares(), random, 9)) / 9
    K = random.spec.context_length
    facts = bench.facts(random.spec, k=K, exponential_times=(9,))
    experiment = shown(_experiment(bench, random.spec, 9), random.spec)
    return Finding((Measurement.of(lack),), facts, experiment, K)


def spikes_beyond_trained_length(bench: Workbench) -> Finding:
    """A15: error at 1.5 N pairs over that at N, on the prompts of pretraining."""
    fixed = bench.models(FIXED)
    N = fixed.spec.context_length
    if fixed.spec.model.longest_context(N) < 2 * N:
        raise WaitingForModel(FIXED.name, positions=2 * N + 1)
    M = N * 3 // 2
    experiment = bench.experiment(fixed.spec, Dense(), context_length=M)
    errors = bench.errors(experiment, fixed)
    growth = ratio(at(errors, M), at(errors, N))
    facts = bench.facts(fixed.spec, test_pairs=M)
    return Finding((Measurement.of(growth),), facts, shown(experiment, fixed.spec), M)


def _error(
    bench: Workbench,
    learner: Models | Predictor,
    beside: Models,
    c: float,
    covariates: Covariance = EXPONENTIAL,
) -> Estimate:
    """Error at k = K under c times the covariance; 1 is the unshifted zero predictor's."""
    experiment = _experiment(bench, beside.spec, c, covariates)
    return at(bench.errors(experiment, learner), experiment.context_length)


def _experiment(
    bench: Workbench, spec: Pretraining, c: float, covariates: Covariance = EXPONENTIAL
) -> Experiment:
    shift = CovariateScale(math.log2(c) / 2)
    return bench.experiment(spec, Dense(), covariates=covariates, shift=shift)


PAGE = "/shift_lab"
RANDOM_PART = {"part": "random"}
CLAIMS = (
    Claim(
        "A12",
        (at_most("fixed_at_1", 0.05), at_least("fixed_at_4", 0.2), at_least("fixed_at_9", 0.2)),
        fixed_fails,
        Picture(PAGE, ("transformer_fixed", "ols"), RANDOM_PART),
        FIGURE_1,
        explained=True,
    ),
    Claim(
        "A13",
        (above("fixed_less_random_at_4", 0), above("fixed_less_random_at_9", 0)),
        random_is_better,
        Picture(PAGE, ("transformer_fixed", "transformer_random"), RANDOM_PART),
        FIGURE_1,
    ),
    Claim(
        "A14",
        (at_least("random_less_least_squares_at_9", 0.02),),
        random_falls_short,
        Picture(PAGE, ("transformer_random", "ols"), RANDOM_PART),
        FIGURE_1,
    ),
    Claim(
        "A15",
        (at_least("growth_beyond_length", 2),),
        spikes_beyond_trained_length,
        Picture("/", ("transformer", "ols"), {"log": "1"}),
        FIGURE_1,
    ),
)
