"""One input: linear functions, sinusoids, and what lies beyond a mixture of the two.

Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871); range, frequencies and K are ours. What decides is how
narrow the sinusoids are: so claims about combinations are measured on one frequency and on a band of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from icl_core.claims.claim import Claim, Fact, Finding, Limit, Measurement, Picture, above, at_least, at_most
from icl_core.claims.estimates import absolute, at, combine, ratio
from icl_core.claims.papers import ONE_INPUT
from icl_core.claims.wanted import Models, Wanted
from icl_core.claims.workbench import Workbench, shown
from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Combination, Dense, Sinusoid
from icl_core.evaluation import Estimate
from icl_core.evaluation.suite import bayes_mixture
from icl_core.predictors import BayesMixture, SmoothInterpolator
from icl_core.specs import Experiment, FunctionClass, Mixture, Pretraining

K = 24
ORACLE_PROMPTS = 512  # of the one exact claim, whose learner weighs 1,024 frequencies at every pair
SMOOTH_PROMPTS = 1024  # of the claim whose references weigh as many frequencies, and fit a length scale
TRAINED, WIDENED, ONE_FREQUENCY = Sinusoid(0.5, 2.0), Sinusoid(0.5, 3.0), Sinusoid(2.0, 2.0)
FREQUENCY = 1.5 * TRAINED.high
EXTREME = Sinusoid(0.999 * FREQUENCY, FREQUENCY)  # as near to one frequency as makes no difference


def wanted(name: str, *families: FunctionClass, only_named: bool = False) -> Wanted:
    """A model of equal shares of families with x ~ U[-3, 3] and K pairs."""
    mixture = Mixture.of(*((family, 1 / len(families)) for family in families))
    return Wanted(name, mixture, dimension=1, context_length=K, covariates=Uniform(), only_named=only_named)


MIXTURE = wanted("linear-sinusoid", Dense(), TRAINED)
LINEAR = MIXTURE.specialist("linear", Dense())
SINUSOID = MIXTURE.specialist("sinusoid", TRAINED)
WIDE = wanted("linear-sinusoid-wide", Dense(), WIDENED)
NARROW = wanted("narrow", Dense(), ONE_FREQUENCY)
BROAD_RUNG = wanted("broad-band", Dense(), TRAINED, only_named=True)  # trained as long as the narrow one


@dataclass(frozen=True)
class Band:
    """Sinusoids of some frequencies: the models of three sizes that were trained on them and on lines."""

    sinusoid: Sinusoid
    model: Wanted
    sizes: tuple[str, ...]

    @property
    def halves(self) -> Combination:
        """Half a line and half a sinusoid."""
        return Combination(Dense(), self.sinusoid)


BROAD = Band(TRAINED, MIXTURE, ("linear-sinusoid-small", "linear-sinusoid", "linear-sinusoid-large"))
NARROW_BAND = Band(ONE_FREQUENCY, NARROW, ("narrow-small", "narrow", "narrow-large"))
SETTINGS = (("", "broad", BROAD), ("-narrow", "narrow", NARROW_BAND))
"""Bands by the name of the setting, with what that adds to a claim's number."""


def fits_either(bench: Workbench) -> Finding:
    """B10: distance of the mixture's error from each specialist's at k = K/2."""
    mixture, linear, sinusoid = (bench.models(each) for each in (MIXTURE, LINEAR, SINUSOID))
    gaps = [
        absolute(_error(bench, mixture, family) - _error(bench, specialist, family))
        for family, specialist in ((Dense(), linear), (TRAINED, sinusoid))
    ]
    return _finding(bench, gaps, Dense(), mixture, TRAINED)


def fails_on_combination(band: Band, bench: Workbench) -> Finding:
    """B11: error at alpha = .5, and its ratio to the mean of alpha = 0 and 1, k = K/2."""
    models = bench.models(band.model)
    return _finding(bench, _combination(bench, models, band), band.halves, models, band.sinusoid)


def information_is_there(bench: Workbench) -> Finding:
    """B12: the Bayes learner that knows the sum class, alpha = .5, k = K/2."""
    spec = Pretraining(dimension=1, context_length=K, covariates=Uniform(), mixture=MIXTURE.mixture)
    oracle = _bayes(spec, Mixture.of(BROAD.halves))
    experiment = bench.experiment(spec, BROAD.halves, prompts=ORACLE_PROMPTS)
    measured = (Measurement.of(at(bench.errors(experiment, oracle), K // 2)),)
    facts = bench.facts(spec, k=K // 2, frequencies=(TRAINED.low, TRAINED.high), alpha=0.5)
    facts |= {"prompts": ORACLE_PROMPTS, "assumed_noise_variance": oracle.noise_var}
    return Finding(measured, facts, shown(experiment, bench.meant(MIXTURE)), K // 2)


def size_does_not_repair(band: Band, bench: Workbench) -> Finding:
    """B13: B11 at three sizes."""
    sizes = [bench.models(replace(band.model, name=name, only_named=True)) for name in band.sizes]
    measured = [estimate for each in sizes for estimate in _combination(bench, each, band)]
    finding = _finding(bench, measured, band.halves, sizes[1], band.sinusoid)
    parameters = tuple(each.cards[0].parameters for each in sizes)
    return replace(finding, facts={"parameters": parameters, **finding.facts})


def fails_on_extremes(bench: Workbench) -> Finding:
    """B14: error at 1.5 times the highest trained frequency, and inside the range, k = K/2."""
    mixture = bench.models(MIXTURE)
    measured = [_error(bench, mixture, EXTREME), _error(bench, mixture, TRAINED)]
    return _finding(bench, measured, EXTREME, mixture, TRAINED)


def coverage_repairs(bench: Workbench) -> Finding:
    """B15: error of the model with the widened range at the same frequency, k = K/2."""
    wide = bench.models(WIDE)
    return _finding(bench, [_error(bench, wide, EXTREME)], EXTREME, wide, WIDENED)


def band_decides(bench: Workbench) -> Finding:
    """C4: error at alpha = .5, k = K, of models that differ in the band of frequencies alone."""
    narrow, broad = bench.models(NARROW), bench.models(BROAD_RUNG)
    pairs = ((narrow, NARROW_BAND), (broad, BROAD))
    measured = [
        at(bench.errors(bench.experiment(models.spec, band.halves), models), K) for models, band in pairs
    ]
    experiment = shown(bench.experiment(narrow.spec, NARROW_BAND.halves), narrow.spec)
    facts = bench.facts(narrow.spec, k=K, seeds=len(narrow.networks))
    return Finding(tuple(map(Measurement.of, measured)), facts, experiment, K)


def coping_is_smoothing(bench: Workbench) -> Finding:
    """C5: the mean of the smooth interpolator's and the Bayes learner's error less the model's, k = K/2."""
    models = bench.models(MIXTURE)
    spec = models.spec
    experiment = bench.experiment(
        spec, BROAD.halves, context_length=K // 2, prompts=min(bench.prompts, SMOOTH_PROMPTS)
    )
    own, smooth, prior = (
        at(bench.errors(experiment, learner), K // 2)
        for learner in (models, SmoothInterpolator(), _bayes(spec, spec.mixture))
    )
    between = combine(lambda first, second, e: (first + second) / 2 - e, smooth, prior, own)
    beside: dict[str, Fact] = {
        name: float(error.mean[0])
        for name, error in (("error_of_model", own), ("error_of_smooth", smooth), ("error_of_bayes", prior))
    }
    facts = bench.facts(spec, k=K // 2, frequencies=(TRAINED.low, TRAINED.high), alpha=0.5, **beside)
    facts |= {"prompts": experiment.evaluation.prompts}
    whole = Experiment(spec, replace(experiment.evaluation, context_length=K))
    return Finding((Measurement.of(between),), facts, shown(whole, spec), K // 2)


def _bayes(spec: Pretraining, mixture: Mixture) -> BayesMixture:
    learner = bayes_mixture(spec, mixture, 0.0)
    assert learner is not None  # lines, sinusoids and their sums are Gaussian
    return learner


def _combination(bench: Workbench, models: Models, band: Band) -> list[Estimate]:
    at_alpha = {
        alpha: _error(bench, models, Combination(Dense(), band.sinusoid, alpha)) for alpha in (0.0, 0.5, 1.0)
    }
    ends = combine(lambda first, second: (first + second) / 2, at_alpha[0.0], at_alpha[1.0])
    return [at_alpha[0.5], ratio(at_alpha[0.5], ends)]


def _error(bench: Workbench, models: Models, family: FunctionClass) -> Estimate:
    """Error at k = K/2 on prompts of one family."""
    return at(bench.errors(bench.experiment(models.spec, family), models), K // 2)


def _finding(
    bench: Workbench, measured: Sequence[Estimate], tested: FunctionClass, models: Models, band: Sinusoid
) -> Finding:
    """`band`: the sinusoids of the models' pretraining."""
    spec = models.spec
    facts = bench.facts(spec, k=K // 2, frequencies=(band.low, band.high))
    return Finding(
        tuple(map(Measurement.of, measured)), facts, shown(bench.experiment(spec, tested), spec), K // 2
    )


def _fails(size: str = "") -> tuple[Limit, Limit]:
    return at_least(f"{size}combination_error", 0.1), at_least(f"{size}combination_ratio", 3)


def _claim(
    id: str,
    limits: tuple[Limit, ...],
    measure: partial[Finding],
    *lines: str,
    setting: str = "",
    view: Mapping[str, str] | None = None,
) -> Claim:
    """In the broad setting our models are known to cope."""
    picture = Picture("/beyond_the_mixture", lines, view or {})
    return Claim(id, limits, measure, picture, ONE_INPUT, explained=setting == "broad", setting=setting)


CLAIMS = (
    _claim(
        "B10",
        (at_most("near_linear_specialist", 0.05), at_most("near_sinusoid_specialist", 0.05)),
        partial(fits_either),
        *("transformer", "linear", "sinusoid"),
    ),
    *(
        _claim(
            f"B11{ending}",
            _fails(),
            partial(fails_on_combination, band),
            *("transformer", "bayes", "bayes_test"),
            setting=setting,
        )
        for ending, setting, band in SETTINGS
    ),
    _claim("B12", (at_most("sum_oracle_error", 0.05),), partial(information_is_there), "bayes_test"),
    *(
        _claim(
            f"B13{ending}",
            tuple(limit for size in ("small_", "middle_", "large_") for limit in _fails(size)),
            partial(size_does_not_repair, band),
            *("transformer", "small", "large"),
            setting=setting,
            view={"picture": "sweep"},
        )
        for ending, setting, band in SETTINGS
    ),
    _claim(
        "B14",
        (at_least("extreme_error", 0.3), at_most("inside_error", 0.05)),
        partial(fails_on_extremes),
        "transformer",
    ),
    _claim("B15", (at_most("widened_error", 0.1),), partial(coverage_repairs), "transformer"),
    Claim(
        "C4",
        (at_least("narrow_error", 0.1), at_most("broad_error", 0.05)),
        band_decides,
        Picture("/beyond_the_mixture", ("transformer",)),
    ),
    Claim(
        "C5",
        (above("smoother_than_prior", 0),),
        coping_is_smoothing,
        Picture("/", ("transformer", "bayes", "smooth"), {"log": "1"}),
    ),
)
