"""Transformers under shifts of the covariates: Zhang et al. (arXiv 2306.09927), figure 1.

As in the figure, prompts under c draw a random diagonal covariance of Exp(1) entries, times c.
"""

from __future__ import annotations

import math

from icl_core.claims.claim import Claim, Finding, Measurement, above, at_least, at_most
from icl_core.claims.estimates import at, ratio
from icl_core.claims.wanted import Models, WaitingForModel, Wanted
from icl_core.claims.workbench import Workbench, shown
from icl_core.data.covariance import Identity, RandomDiagonal
from icl_core.data.function_classes import Dense
from icl_core.data.shifts import CovariateScale
from icl_core.evaluation import Estimate
from icl_core.predictors import LeastSquares, Predictor
from icl_core.specs import Covariance, Experiment, Mixture, Pretraining

FIXED = Wanted("identity-d8", Mixture.of(Dense()), context_length=16)
RANDOM = Wanted("random-diagonal-d8", Mixture.of(Dense()), context_length=16, covariates=RandomDiagonal())
EXPONENTIAL = RandomDiagonal()


def fixed_fails(bench: Workbench) -> Finding:
    """A12: the fixed-covariance model on figure 1's prompts; on covariance c I for comparison."""
    fixed = bench.models(FIXED)
    excess = _error(bench, fixed, fixed, 1) - _error(bench, LeastSquares(), fixed, 1)
    shifted = [_error(bench, fixed, fixed, c) / c for c in (4, 9)]
    identity = {
        f"error_over_c_at_{c}I": f"{float((_error(bench, fixed, fixed, c, Identity()) / c).mean[0]):.4f}"
        for c in (1, 4, 9)
    }
    measured = tuple(map(Measurement.of, [excess, *shifted]))
    setting = bench.setting(fixed, covariates="Exp(1) diagonal times c", **identity)
    return Finding(measured, setting, shown(_experiment(bench, fixed.spec, 4), fixed.spec))


def random_is_better(bench: Workbench) -> Finding:
    """A13: error of the fixed-covariance model less that of the random-covariance one."""
    fixed, random = bench.models(FIXED), bench.models(RANDOM)
    gains = [_error(bench, fixed, fixed, c) - _error(bench, random, fixed, c) for c in (4, 9)]
    setting = bench.setting(fixed, random, covariates="Exp(1) diagonal times c")
    experiment = shown(_experiment(bench, random.spec, 4), random.spec)
    return Finding(tuple(map(Measurement.of, gains)), setting, experiment)


def random_falls_short(bench: Workbench) -> Finding:
    """A14: what the random-covariance model lacks at c = 9."""
    random = bench.models(RANDOM)
    lack = (_error(bench, random, random, 9) - _error(bench, LeastSquares(), random, 9)) / 9
    setting = bench.setting(random, covariates="Exp(1) diagonal times 9")
    experiment = shown(_experiment(bench, random.spec, 9), random.spec)
    return Finding((Measurement.of(lack),), setting, experiment)


def spikes_beyond_trained_length(bench: Workbench) -> Finding:
    """A15: error at 1.5 N pairs over that at N, on the prompts of pretraining."""
    fixed = bench.models(FIXED)
    N = fixed.spec.context_length
    if fixed.spec.model.longest_context(N) < 2 * N:
        raise WaitingForModel(f"{FIXED.name} with positions for {2 * N + 1} points")
    experiment = bench.experiment(fixed.spec, Dense(), context_length=N * 3 // 2)
    errors = bench.errors(experiment, fixed)
    growth = ratio(at(errors, N * 3 // 2), at(errors, N))
    setting = bench.setting(fixed, N=N, M=N * 3 // 2, covariates="identity")
    return Finding((Measurement.of(growth),), setting, shown(experiment, fixed.spec))


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
CLAIMS = (
    Claim(
        "A12",
        "A transformer trained on a fixed covariance copes at c = 1 and fails at c = 4 and 9.",
        (
            at_most("excess of e(K) over least squares, c = 1", 0.05),
            at_least("e(K) / c, c = 4", 0.2),
            at_least("e(K) / c, c = 9", 0.2),
        ),
        fixed_fails,
        PAGE,
        part="random",
    ),
    Claim(
        "A13",
        "A transformer trained on random covariances is better at high c.",
        (
            above("e(K) of fixed less that of random, c = 4", 0),
            above("e(K) of fixed less that of random, c = 9", 0),
        ),
        random_is_better,
        PAGE,
        part="random",
    ),
    Claim(
        "A14",
        "But it falls short of least squares at c = 9.",
        (at_least("e(K) / c less that of least squares, c = 9", 0.02),),
        random_falls_short,
        PAGE,
        part="random",
    ),
    Claim(
        "A15",
        "The error rises where test prompts are longer than the trained ones.",
        (at_least("e(1.5 N) / e(N), fixed covariance, c = 1", 2),),
        spikes_beyond_trained_length,
        PAGE,
        part="panels",
    ),
)
