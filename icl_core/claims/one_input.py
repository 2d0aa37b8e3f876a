"""One input: linear functions, sinusoids, and what lies beyond a mixture of the two.

Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871); range, frequencies and K are ours.
"""

from __future__ import annotations

from dataclasses import replace

from icl_core.claims.claim import Claim, Finding, Measurement, at_least, at_most
from icl_core.claims.estimates import absolute, at, combine, ratio
from icl_core.claims.wanted import Models, Wanted
from icl_core.claims.workbench import SEED, Workbench, line, shown
from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Combination, Dense, Sinusoid
from icl_core.evaluation import Estimate
from icl_core.evaluation.suite import bayes_mixture
from icl_core.specs import FunctionClass, Mixture, Pretraining

K = 24
ORACLE_PROMPTS = 512  # of the one exact claim, whose learner weighs 1,024 frequencies at every pair
TRAINED, WIDENED = Sinusoid(0.5, 2.0), Sinusoid(0.5, 3.0)
FREQUENCY = 1.5 * TRAINED.high
EXTREME = Sinusoid(0.999 * FREQUENCY, FREQUENCY)  # as near to one frequency as makes no difference


def _mixture(sinusoid: Sinusoid) -> Mixture:
    return Mixture.of((Dense(), 0.5), (sinusoid, 0.5))


MIXTURE = Wanted("linear-sinusoid", _mixture(TRAINED), dimension=1, context_length=K, covariates=Uniform())
LINEAR = MIXTURE.specialist("linear", Dense())
SINUSOID = MIXTURE.specialist("sinusoid", TRAINED)
WIDE = Wanted("linear-sinusoid-wide", _mixture(WIDENED), dimension=1, context_length=K, covariates=Uniform())
SIZES = ("linear-sinusoid-small", "linear-sinusoid", "linear-sinusoid-large")


def fits_either(bench: Workbench) -> Finding:
    """B10: distance of the mixture's error from each specialist's at k = K/2."""
    mixture, linear, sinusoid = (bench.models(wanted) for wanted in (MIXTURE, LINEAR, SINUSOID))
    gaps = [
        absolute(_error(bench, mixture, family) - _error(bench, specialist, family))
        for family, specialist in ((Dense(), linear), (TRAINED, sinusoid))
    ]
    return _finding(bench, gaps, Dense(), mixture, linear, sinusoid)


def fails_on_combination(bench: Workbench) -> Finding:
    """B11: error at alpha = .5, and its ratio to the mean of alpha = 0 and 1, k = K/2."""
    mixture = bench.models(MIXTURE)
    return _finding(bench, _combination(bench, mixture), Combination(Dense(), TRAINED), mixture)


def information_is_there(bench: Workbench) -> Finding:
    """B12: the Bayes learner that knows the sum class, alpha = .5, k = K/2."""
    spec = Pretraining(dimension=1, context_length=K, covariates=Uniform(), mixture=_mixture(TRAINED))
    summed = Combination(Dense(), TRAINED)
    oracle = bayes_mixture(spec, Mixture.of(summed), 0.0)
    assert oracle is not None  # both terms are Gaussian
    experiment = bench.experiment(spec, summed, prompts=ORACLE_PROMPTS)
    measured = (Measurement.of(at(bench.errors(experiment, oracle), K // 2)),)
    setting = line(
        d=1, K=K, k=K // 2, alpha=0.5, noise_variance=oracle.noise_var, prompts=ORACLE_PROMPTS, seed=SEED
    )
    return Finding(measured, setting, shown(experiment, spec))


def size_does_not_repair(bench: Workbench) -> Finding:
    """B13: B11 at three sizes."""
    models = [bench.models(replace(MIXTURE, name=name, only_named=True)) for name in SIZES]
    measured = [estimate for each in models for estimate in _combination(bench, each)]
    finding = _finding(bench, measured, Combination(Dense(), TRAINED), *models)
    sizes = [each.cards[0].parameters for each in models]
    return replace(finding, setting=f"parameters={sizes}; {finding.setting}")


def fails_on_extremes(bench: Workbench) -> Finding:
    """B14: error at 1.5 times the highest trained frequency, and inside the range, k = K/2."""
    mixture = bench.models(MIXTURE)
    measured = [_error(bench, mixture, EXTREME), _error(bench, mixture, TRAINED)]
    return _finding(bench, measured, EXTREME, mixture)


def coverage_repairs(bench: Workbench) -> Finding:
    """B15: error of the model with the widened range at the same frequency, k = K/2."""
    wide = bench.models(WIDE)
    return _finding(bench, [_error(bench, wide, EXTREME)], EXTREME, wide)


def _combination(bench: Workbench, models: Models) -> list[Estimate]:
    at_alpha = {
        alpha: _error(bench, models, Combination(Dense(), TRAINED, alpha)) for alpha in (0.0, 0.5, 1.0)
    }
    ends = combine(lambda first, second: (first + second) / 2, at_alpha[0.0], at_alpha[1.0])
    return [at_alpha[0.5], ratio(at_alpha[0.5], ends)]


def _error(bench: Workbench, models: Models, family: FunctionClass) -> Estimate:
    """Error at k = K/2 on prompts of one family."""
    return at(bench.errors(bench.experiment(models.spec, family), models), K // 2)


def _finding(bench: Workbench, measured: list[Estimate], tested: FunctionClass, *models: Models) -> Finding:
    spec = models[0].spec
    setting = bench.setting(*models, k=K // 2, frequencies=f"{TRAINED.low} to {TRAINED.high}")
    measurements = tuple(map(Measurement.of, measured))
    return Finding(measurements, setting, shown(bench.experiment(spec, tested), spec))


_FAILS = (
    ("error on the combination at alpha = .5, k = K/2", 0.1),
    ("its ratio to the mean of alpha = 0 and 1", 3),
)

PAGE = "/beyond_the_mixture"
CLAIMS = (
    Claim(
        "B10",
        "With one input, a transformer trained on linear functions and sinusoids fits either alone.",
        (
            at_most("|e - linear specialist| on linear, k = K/2", 0.05),
            at_most("|e - sinusoid specialist| on sinusoids, k = K/2", 0.05),
        ),
        fits_either,
        PAGE,
    ),
    Claim(
        "B11",
        "It fails on their convex combination.",
        tuple(at_least(*limit) for limit in _FAILS),
        fails_on_combination,
        PAGE,
    ),
    Claim(
        "B12",
        "The context has the information: a learner that knows the sum class fits it.",
        (at_most("error of that learner at alpha = .5, k = K/2", 0.05),),
        information_is_there,
        PAGE,
    ),
    Claim(
        "B13",
        "A larger model does not repair it.",
        tuple(
            at_least(f"{size}: {quantity}", threshold)
            for size in ("small", "middle", "large")
            for quantity, threshold in _FAILS
        ),
        size_does_not_repair,
        PAGE,
    ),
    Claim(
        "B14",
        "Extreme versions of a family fail.",
        (
            at_least("error at 1.5 times the highest trained frequency, k = K/2", 0.3),
            at_most("error inside the range, k = K/2", 0.05),
        ),
        fails_on_extremes,
        PAGE,
    ),
    Claim(
        "B15",
        "Pretraining that covers them repairs it.",
        (at_most("error of the widened model at that frequency, k = K/2", 0.1),),
        coverage_repairs,
        PAGE,
    ),
)
