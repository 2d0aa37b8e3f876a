"""The page's sentences, computed from its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.beyond.numbers import Curves
from dashboard.beyond.view import BeyondView, Scene, current, place, sweep_of
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import UrlState
from dashboard.say.amounts import error as rounded
from dashboard.say.amounts import interval
from dashboard.say.describe import covariance_name, pretraining_data
from dashboard.say.provenance import band, described, named
from icl_core.evaluation.family_sweep import FamilySweep, SweepCurve, home_error, trained_range
from icl_core.evaluation.prompt_functions import input_range
from icl_core.library import Card
from icl_core.library.finding import is_main
from icl_core.specs import Experiment, Pretraining

SMALLEST = 0.0005


def notices(state: UrlState[BeyondView], main: Pretraining) -> list[str]:
    """Sentences about a link that this page cannot show as it is, and about models that are missing."""
    said = []
    if not is_main(state.experiment.pretraining):
        said.append(t("beyond.notice.other", name=t("page.explore")))
    if state.view.k is not None and state.view.k > main.context_length:
        said.append(t("notice.clamped", asked=state.view.k, k=main.context_length))
    return said


def title(experiment: Experiment, curves: Curves, k: int) -> str:
    """What is tested, and the model's error there beside that at home."""
    scene = current(experiment)
    if scene.parameter == "frequency":
        where = place(scene.value, experiment.pretraining)
        what = t(f"beyond.title.{where}", frequency=scene.value)
    elif scene.value in (0.0, 1.0):
        what = t("beyond.title.lines" if scene.value else "beyond.title.sinusoids")
    else:
        what = t("beyond.title.combination", alpha=scene.value, rest=1 - scene.value)
    if "transformer" not in curves:
        return what
    model, sweep = curves["transformer"], sweep_of(experiment)
    if scene.parameter == "alpha" and scene.value in (0.0, 1.0):
        return t("beyond.title.error", what=what, error=error(at(model, sweep, scene.value, k)))
    there, home = error(at(model, sweep, scene.value, k)), error(home_error(model, sweep, k))
    return t(f"beyond.title.{scene.parameter}", what=what, error=there, home=home)


def reading(experiment: Experiment, curves: Curves, k: int) -> str:
    """The figures read aloud at k pairs in two sentences: the model, and whom it is compared with."""
    scene, sweep = current(experiment), sweep_of(experiment)
    values, parts = _values(experiment, curves, k), [_opening(experiment, k)]
    if "transformer" in values:
        home = error(home_error(curves["transformer"], sweep, k))
        if scene.parameter == "alpha" and scene.value in (0.0, 1.0):
            parts.append(t("beyond.reading.alone", error=values["transformer"]))
        else:
            parts.append(t(f"beyond.reading.{scene.parameter}.model", error=values["transformer"], home=home))
    parts += _others(values)[:1]
    return joined("sentences", parts)


def details(experiment: Experiment, curves: Curves, k: int) -> str:
    """What else the figures say at k pairs."""
    scene, sweep, values = current(experiment), sweep_of(experiment), _values(experiment, curves, k)
    parts = _others(values)[1:]
    if {"small", "large"} <= set(values):
        parts.append(t("beyond.reading.sizes", small=values["small"], large=values["large"]))
    zero = error(float(np.interp(scene.value, sweep.values, sweep.zero_errors)))
    parts.append(t("beyond.reading.zero", error=zero))
    if not np.isclose(scene.value, sweep.values).any():
        parts.append(t("beyond.reading.between"))
    return joined("sentences", parts)


def _opening(experiment: Experiment, k: int) -> str:
    scene = current(experiment)
    return t(f"beyond.reading.{scene.parameter}", k=k, functions=_functions(experiment, scene))


def _values(experiment: Experiment, curves: Curves, k: int) -> dict[str, str]:
    """Each learner's error with its interval."""
    scene, sweep = current(experiment), sweep_of(experiment)
    return {
        name: _with_interval(curve, sweep, scene.value, k) for name, curve in curves.items() if name != "zero"
    }


def _others(values: Mapping[str, str]) -> list[str]:
    """A sentence for each that the model is compared with, the nearest to the question first."""
    wanted = ("wide", "bayes_test", "bayes")
    return [t(f"beyond.reading.{name}", error=values[name]) for name in wanted if name in values]


def moments(experiment: Experiment, curves: Curves) -> dict[str, dict[str, str]]:
    """Title and sentence at every k, by the name of the frame that shows it."""
    return {
        str(k): {"title": title(experiment, curves, k), "sentence": reading(experiment, curves, k)}
        for k in range(experiment.context_length + 1)
    }


def at(curve: SweepCurve, sweep: FamilySweep, value: float, k: int) -> float:
    """The error with k pairs at one value; between the sweep's values, on the line that is drawn."""
    return float(np.interp(value, sweep.values, curve.mean[:, k]))


def _with_interval(curve: SweepCurve, sweep: FamilySweep, value: float, k: int) -> str:
    """The error and its 90% interval; of one that rounds to 0 only how small it is."""
    found = at(curve, sweep, value, k)
    if found < SMALLEST:
        return error(found)
    low, high = (float(np.interp(value, sweep.values, part[:, k])) for part in (curve.low, curve.high))
    return interval(found, low, high)


def provenance(experiment: Experiment, card: Card | None, others: Sequence[Card]) -> str:
    """Where the numbers come from: models, data, sweep, prompts, seed, interval, and whose setting it is."""
    pretraining, evaluation = experiment.pretraining, experiment.evaluation
    model = t("beyond.no_model", hash=pretraining.hash) if card is None else described(card)
    trained = t(
        "provenance.pretrained",
        data=pretraining_data(pretraining),
        covariance=covariance_name(pretraining.covariates),
    )
    numbers = t(
        "beyond.numbers",
        hash=sweep_of(experiment).hash,
        prompts=f"{evaluation.prompts:,}",
        seed=evaluation.seed,
    )
    ours = t("beyond.our_setting", reach=input_range(pretraining)[1], length=pretraining.context_length)
    beside = [t("provenance.beside", names=joined("names", map(named, others)))] if others else []
    return " · ".join((model, trained, *beside, numbers, band(trained=True), ours))


def error(value: float) -> str:
    """An error as text; what rounds to 0 is said to be small, not to be nothing."""
    return t("beyond.small", limit=SMALLEST) if value < SMALLEST else rounded(value)


def _functions(experiment: Experiment, scene: Scene) -> str:
    if scene.parameter == "frequency":
        low, high = trained_range(experiment.pretraining.mixture) or (0.0, 0.0)
        where = place(scene.value, experiment.pretraining)
        return t(f"beyond.functions.{where}", frequency=scene.value, low=low, high=high)
    if scene.value in (0.0, 1.0):
        return t("beyond.functions.lines" if scene.value else "beyond.functions.sinusoids")
    return t("beyond.functions.combination", alpha=scene.value, rest=1 - scene.value)
