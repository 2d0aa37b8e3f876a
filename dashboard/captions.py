"""Sentences about a learning curve, computed from its numbers: title, reading, provenance."""

from __future__ import annotations

from dashboard.describe import (
    covariance_name,
    is_shifted,
    mixture_name,
    pretraining_data,
    shift_effect,
)
from dashboard.results import Outcome
from dashboard.texts import t
from icl_core.evaluation import LearningCurves
from icl_core.figures import drawn_lines
from icl_core.library import Card

MODELS = ("transformer", "linear_attention", "lsa")
"""Whom the sentences are about: the first of these that is drawn."""


def protagonist(curves: LearningCurves) -> str | None:
    """The model that the figure is about; None where there is neither a model nor a closed form."""
    return next((name for name in MODELS if name in curves.curves), None)


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
    if not differences and experiment.mixture == experiment.pretraining.mixture:
        differences.append(t("title.at_home"))
    text = t("title.tested", who=who, functions=mixture_name(experiment.mixture))
    return ", ".join((text, *differences))


def reading(curves: LearningCurves, k: int, unshifted: LearningCurves | None = None) -> str:
    """The figure read aloud at k examples, beside OLS and, under a shift, beside the same without it."""
    model = protagonist(curves)
    lines = drawn_lines(curves, (*MODELS, "ols"))
    dimension = curves.experiment.pretraining.dimension
    ratio = t("reading.as_many") if k == dimension else t("reading.ratio", ratio=k / dimension)
    values = {"k": k, "ratio": "" if dimension == 1 else ratio, "ols": error(lines["ols"][k])}
    if model is None:
        text = t("reading.baselines", **values)
    else:
        text = t("reading.model", who=t(f"reading.{model}"), model=error(lines[model][k]), **values)
    if model is not None and unshifted is not None and k < len(unshifted.context_lengths):
        before = drawn_lines(unshifted, (model,))[model][k]
        text += t("reading.unshifted", model=error(before))
    text += "."
    if k in curves.curves["ols"].medians:
        text += " " + t("reading.median")
    return text


def error(value: float) -> str:
    """An error as text: two decimals, more where it is small, without noise digits where it is large."""
    if 5e-4 <= value < 0.095:
        return f"{value:.3f}"
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def provenance(curves: LearningCurves, card: Card | None) -> str:
    """Where the numbers come from: model, hashes, seeds, prompts, interval."""
    experiment = curves.experiment
    pretraining = experiment.pretraining
    if card is None:
        model = t("provenance.closed_form", length=pretraining.context_length)
    else:
        model = t(
            "provenance.model",
            name=card.name,
            steps=f"{pretraining.recipe.steps:,}",
            seed=pretraining.seed,
            length=pretraining.context_length,
        )
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
    return " · ".join((model, trained, numbers, t("provenance.band" if card else "provenance.band_exact")))


def remarks(curves: LearningCurves, outcome: Outcome, shown: tuple[str, ...]) -> list[str]:
    """What must be said beside the figure, lest it be misread."""
    experiment = curves.experiment
    said = []
    if protagonist(curves) is None:
        said.append(t("remark.no_closed_form"))
    if outcome.card is not None and outcome.card.meets_limits is False:
        said.append(t("remark.below_limits"))
    if "ols" in shown and curves.curves["ols"].medians:
        ks = ", ".join(map(str, curves.curves["ols"].medians))
        said.append(t("remark.medians", ks=ks))
    if "lasso" in shown:
        said.append(t("remark.alpha", alpha=experiment.evaluation.alpha))
    return said
