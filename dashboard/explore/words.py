"""Sentences about a learning curve, computed from its numbers: title, reading, provenance."""

from __future__ import annotations

from dashboard.explore.numbers import Outcome
from dashboard.frame.pin import of_pinned, since_pinned
from dashboard.frame.texts import joined, t
from dashboard.say.amounts import bracketed, errors
from dashboard.say.describe import covariance_name, is_shifted, mixture_name, pretraining_data, shift_effect
from dashboard.say.provenance import band, described
from icl_core.data.function_classes import Sparse
from icl_core.data.shifts import QueryOrthogonal
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.curves import Curve
from icl_core.evaluation.suite import NUGGET
from icl_core.figures import amount, drawn_lines, is_exact, off_scale
from icl_core.figures.curve_numbers import zero_level
from icl_core.library import Card

MODELS = ("transformer", "linear_attention", "lsa")
"""Whom the sentences are about: the first of these that is drawn."""
COMPARATORS = ("ols", "ridge", "bayes", "lasso", "neighbours", "gradient_descent", "averaging", "zero")
"""Whom they are compared with."""
ABOUT_ONE = 0.05  # how far the zero predictor may be from 1 and still pass for it


def protagonist(curves: LearningCurves, shown: tuple[str, ...] = MODELS) -> str | None:
    """The shown model that the figure is about; None where there is neither a model nor a closed form."""
    return next((name for name in MODELS if name in curves.curves and name in shown), None)


def title(curves: LearningCurves) -> str:
    """What the figure shows now: who, on which functions, and in what the test differs from pretraining."""
    experiment = curves.experiment
    evaluation = experiment.evaluation
    model = protagonist(curves)
    who = t("title.baselines") if model is None else t(f"title.{model}")
    differences = []
    if evaluation.covariates not in (None, experiment.pretraining.covariates):
        differences.append(t("title.covariates", covariance=covariance_name(experiment.covariates)))
    if evaluation.label_noise not in (None, experiment.pretraining.label_noise):
        differences.append(t("title.noise", noise=evaluation.label_noise))
    if is_shifted(experiment):
        differences.append(shift_effect(evaluation.shift))
    if experiment.context_length > experiment.pretraining.context_length:
        differences.append(
            t(
                "title.longer",
                length=experiment.context_length,
                trained=experiment.pretraining.context_length,
            )
        )
    if not differences and experiment.mixture == experiment.pretraining.mixture:
        differences.append(t("title.at_home"))
    text = t(
        "title.one_input" if experiment.pretraining.dimension == 1 else "title.tested",
        who=who,
        functions=mixture_name(experiment.mixture),
        dimension=experiment.pretraining.dimension,
    )
    return joined("phrases", (text, *differences))


def comparator(curves: LearningCurves, shown: tuple[str, ...], k: int) -> str | None:
    """Whom the sentence compares the model with: of the shown, the one that the test is about.

    Lasso on sparse functions, ridge under noise, Bayes where a line cannot fit, else OLS; a method whose mean
    error at k is finite before one that has only a median there. None where no other method is shown.
    """
    experiment = curves.experiment
    linear = all(
        family.task_second_moment(experiment.covariates, experiment.pretraining.dimension) is not None
        for family in experiment.mixture.families
    )
    first = []
    if any(isinstance(family, Sparse) for family in experiment.mixture.families):
        first.append("lasso")
    if experiment.test_noise_variance > 0:
        first.append("ridge")
    if not linear:
        first.append("bayes")
    wanted = [name for name in (*first, *COMPARATORS) if name in shown and name in curves.curves]
    return next((name for name in wanted if k not in curves.curves[name].medians), next(iter(wanted), None))


def reading(
    curves: LearningCurves, shown: tuple[str, ...], k: int, unshifted: LearningCurves | None = None
) -> str:
    """The shown curves read aloud at k examples: the model with its interval, beside the method that the test
    is about and, under a shift, beside the same without it."""
    model = protagonist(curves, shown)
    other = comparator(curves, shown, k)
    dimension = curves.experiment.pretraining.dimension
    ratio = t("reading.as_many") if k == dimension else t("reading.ratio", ratio=k / dimension)
    text = t("reading.context", k=k, ratio="" if dimension == 1 else ratio)
    lines = drawn_lines(curves, shown)
    named = [name for name in (model, other) if name is not None]
    values = [lines[name][k] for name in named]
    if model is not None and unshifted is not None and k < len(unshifted.context_lengths):
        values.append(drawn_lines(unshifted, (model,))[model][k])
    ends = [] if model is None or is_exact(curves, model) else _ends(curves.curves[model], k)
    *words, low, high = errors([*values, *(ends or (0.0, 0.0))])
    if model is not None:
        found = bracketed(words[0], low, high) if ends else words[0]
        text += t("reading.model", who=t(f"reading.{model}"), error=found)
    if other is not None:
        error, name = words[len(named) - 1], t(f"method.{other}")
        median = k in curves.curves[other].medians
        if model is None:
            text += t("reading.median_alone" if median else "reading.alone", error=error, name=name)
        else:
            text += t("reading.against_median" if median else "reading.against", error=error, name=name)
    if len(words) > len(named):
        text += t("reading.unshifted", error=words[-1])
        if abs(zero_level(curves) - 1) > ABOUT_ONE:
            text += t("reading.zero", error=f"{zero_level(curves):.3g}")
    return t("join.end", text=text)


def since(pinned: LearningCurves, curves: LearningCurves, shown: tuple[str, ...], k: int) -> str:
    """How far the sentence's method is at k from where it was pinned; nothing where one of them has none."""
    who = protagonist(curves, shown) or comparator(curves, shown, k)
    before, now = (drawn_lines(each, shown).get(who or "") for each in (pinned, curves))
    if before is None or now is None or k >= len(before):
        return ""
    return since_pinned(t(f"reading.{who}") if who in MODELS else t(f"method.{who}"), before[k], now[k])


def _ends(curve: Curve, k: int) -> list[float]:
    """The ends of the 90% interval at k."""
    return [float(curve.low[k]), float(curve.high[k])]


def provenance(curves: LearningCurves, card: Card | None, pinned: LearningCurves | None = None) -> str:
    """Where the numbers come from: model, hashes, seeds, prompts, interval; whose the faint lines are."""
    experiment = curves.experiment
    pretraining = experiment.pretraining
    if card is None:
        model = t("provenance.closed_form", length=pretraining.context_length)
    else:
        model = described(card)
    trained = t(
        "provenance.pretrained",
        data=pretraining_data(pretraining),
        covariance=covariance_name(pretraining.covariates),
    )
    numbers = t(
        "provenance.numbers",
        hash=experiment.hash,
        prompts=f"{curves.prompts:,}",
        seed=experiment.evaluation.seed,
    )
    others = () if pinned is None else (of_pinned(title(pinned), pinned.experiment.hash),)
    return " · ".join((model, trained, numbers, band(trained=card is not None), *others))


def remarks(
    curves: LearningCurves,
    outcome: Outcome,
    shown: tuple[str, ...],
    *,
    log_axis: bool,
    log_chosen: bool,
    flags: bool,
) -> list[str]:
    """What must be said beside the figure, lest it be misread.

    `log_axis`: the error axis is logarithmic; `log_chosen`: the figure itself has made it so. `flags`: name
    here what is off the axis.
    """
    said = [_legend(curves, shown)]
    level = curves.normaliser / curves.experiment.pretraining.label_variance
    if abs(level - 1) > ABOUT_ONE:
        said.append(t("remark.over_zero", level=f"{level:.3g}"))
    if flags:
        said += _off_axis(curves, shown, log_axis)
    if log_chosen:
        said.append(t("remark.log_chosen"))
    if protagonist(curves) is None:
        said.append(t("remark.no_closed_form"))
    elif "lsa_reoptimised" not in curves.exact:
        said.append(t("remark.no_best_attention"))
    if outcome.card is not None and outcome.card.meets_limits is False:
        said.append(t("remark.below_limits"))
    return said + about_methods(curves, shown) + _about_the_test(curves, shown)


def _legend(curves: LearningCurves, shown: tuple[str, ...]) -> str:
    """Which lines are exact and which are measured; what LSA stands for."""
    lines = drawn_lines(curves, shown)
    exact = [t(f"method.{name}") for name in lines if is_exact(curves, name)]
    if "ols" in lines and "ols" in curves.exact:
        exact.append(t("remark.exact_ols"))
    text = t("remark.exact", names=joined("clauses", exact)) if exact else t("remark.measured")
    attention = any(name in lines for name in ("lsa", "lsa_reoptimised", "linear_attention"))
    return joined("sentences", (text, t("remark.lsa"))) if attention else text


def _off_axis(curves: LearningCurves, shown: tuple[str, ...], log_axis: bool) -> list[str]:
    """The methods that leave the axis, in one sentence; none where none does."""
    beyond = off_scale(curves, shown, log_axis)
    names = [
        t("figure.off_scale", method=t(f"method.{method}"), value=amount(value), k=k)
        for method, (k, value) in beyond.items()
    ]
    return [t("remark.off_axis", names=joined("clauses", names))] if names else []


def about_methods(curves: LearningCurves, shown: tuple[str, ...]) -> list[str]:
    """Where medians stand for means, and which settings the methods have."""
    experiment = curves.experiment
    said = []
    medians = [name for name in shown if name in curves.curves and curves.curves[name].medians]
    if medians:
        names = joined("names", (t(f"method.{name}") for name in medians))
        ks = joined("names", map(str, curves.curves[medians[0]].medians))
        said.append(t("remark.medians", names=names, ks=ks))
    if "lasso" in shown:
        said.append(t("remark.alpha", alpha=experiment.evaluation.alpha))
    if "bayes" in shown and "bayes" in curves.curves and experiment.pretraining.noise_variance == 0:
        said.append(t("remark.nugget", ratio=1 / NUGGET))
    return said


def _about_the_test(curves: LearningCurves, shown: tuple[str, ...]) -> list[str]:
    """What a shift cannot do."""
    experiment = curves.experiment
    if not isinstance(experiment.evaluation.shift, QueryOrthogonal) or not is_shifted(experiment):
        return []
    dimension = experiment.pretraining.dimension
    return [t("remark.orthogonal", dimension=dimension, most=dimension - 1)]
