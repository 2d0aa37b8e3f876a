"""The picture 'From narrow to broad': errors on the sum, a line a rung, and the sentence that reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.beyond.view import USUAL_PROMPTS, BeyondView, picture
from dashboard.beyond.words import error
from dashboard.frame.shared import answer
from dashboard.frame.texts import joined, said, t
from dashboard.say.amounts import interval
from dashboard.say.provenance import band, described, named, steps
from icl_core.evaluation import Curve
from icl_core.evaluation.prompt_functions import input_range
from icl_core.figures.line_panels import Line, Mark, Panel
from icl_core.figures.palette import BLUE, METHODS, Stroke
from icl_core.library import Card, Library, LibraryError
from icl_core.library.ladder import (
    IDEALS,
    Rung,
    RungIdeals,
    RungModel,
    nearest,
    on_the_sum,
    rung_of,
    rungs,
)
from icl_core.specs import Evaluation, Experiment, Pretraining

OTHERS = ("dot", "dash", "longdash", "longdashdot")
"""Dashes of the rungs that are not looked at, from narrow to broad."""
LONGER = Stroke(BLUE, "dashdot", 3.0)
TOP = 1.0


@dataclass(frozen=True)
class Ladder:
    """The rungs, the one looked at with its ideals and its longer trained model, and the errors of every
    rung's models by its name; and by how far inputs reach, the rung of that ladder to look at instead."""

    rungs: tuple[Rung, ...]
    current: Rung
    ideals: Mapping[str, Curve]
    longer: Curve | None
    models: Mapping[str, tuple[Curve, ...]]
    reaches: Mapping[float, Rung] = field(default_factory=dict)

    @classmethod
    def of(cls, experiment: Experiment, library: Library) -> Ladder | None:
        """None where the experiment's model is of no rung. Raises LibraryError for a damaged one."""
        every = rungs(library)
        current = rung_of(every, experiment.pretraining)
        if current is None:
            return None
        found = tuple(rung for rung in every if rung.reach == current.reach)

        def measured(spec: Pretraining) -> Curve:
            question = RungModel(on_the_sum(spec, experiment.evaluation))
            return answer(question, library).curves["transformer"]

        question = RungIdeals(on_the_sum(current.spec.data, experiment.evaluation))
        ideals = answer(question, library).curves
        return cls(
            found,
            current,
            {name: ideals[name] for name in (*IDEALS, "zero")},
            measured(current.longer) if current.longer else None,
            {rung.name: tuple(map(measured, rung.models)) for rung in found},
            {reach: _alike(current, reach, every) for reach in sorted({rung.reach for rung in every})},
        )

    def model(self, rung: Rung) -> Curve | None:
        """The rung's errors: over its seeds the mean, and a band from the lowest end to the highest."""
        return over_seeds(self.models[rung.name])

    @property
    def missing(self) -> list[Rung]:
        """The rungs that the library has no model of."""
        return [rung for rung in self.rungs if not rung.models]


def found_ladder(
    experiment: Experiment, view: BeyondView, library: Library
) -> tuple[Ladder | None, tuple[str, ...]]:
    """The ladder where it is the picture shown, None where it is not; and what is damaged, in sentences."""
    if picture(experiment, view) != "ladder":
        return None, ()
    try:
        with st.spinner(t("figure.waiting"), show_time=True):
            return Ladder.of(experiment, library), ()
    except LibraryError as error_:
        return None, (said(error_),)


def over_seeds(curves: tuple[Curve, ...]) -> Curve | None:
    """One curve of several seeds' curves; None of none."""
    if not curves:
        return None
    mean = np.mean([curve.mean for curve in curves], axis=0)
    low = np.min([curve.low for curve in curves], axis=0)
    high = np.max([curve.high for curve in curves], axis=0)
    return Curve(mean, low, high)


def first_asked(library: Library) -> list[RungModel | RungIdeals]:
    """What the picture shows of every rung, at its own prompts and seed."""
    evaluation = Evaluation(prompts=USUAL_PROMPTS)
    found = rungs(library)
    trained = [spec for rung in found for spec in (*rung.models, rung.longer) if spec is not None]
    models = [RungModel(on_the_sum(spec, evaluation)) for spec in trained]
    return [*models, *(RungIdeals(on_the_sum(rung.spec.data, evaluation)) for rung in found)]


def band_name(rung: Rung) -> str:
    """'frequency 2', 'frequencies 0.5 to 2'."""
    low, high = rung.band
    return t("beyond.band.one" if low == high else "beyond.band.many", low=low, high=high)


def panel(ladder: Ladder, k: int, *, unnamed: Collection[str] = ()) -> Panel:
    """Error on the sum against k: every rung's transformer, and the ideals of the one looked at.

    `unnamed` ideals have their names in another legend beside this one.
    """
    lines = [_model_line(ladder, rung, dash) for rung, dash in zip(ladder.rungs, OTHERS, strict=False)]
    if ladder.longer is not None and ladder.current.longer is not None:
        name = t("beyond.ladder.longer", steps=steps(ladder.current.longer))
        lines.append(Line("longer", name, LONGER, ladder.longer.mean, ladder.longer.low, ladder.longer.high))
    lines += [
        Line(
            name, "" if name in unnamed else _learner(name), METHODS[name], curve.mean, curve.low, curve.high
        )
        for name, curve in ladder.ideals.items()
    ]
    length = ladder.current.spec.context_length
    return Panel(
        title=t("beyond.ladder.panel"),
        x_title=t("figure.context_length"),
        y_title=t("figure.error"),
        x=np.arange(length + 1.0),
        lines=[line for line in lines if line is not None],
        y_range=(0.0, TOP),
        marks=[Mark(k, t("figure.read_out", k=k), "read_out")],
        levels=(1.0,),
    )


def title(ladder: Ladder, k: int) -> str:
    """The rung looked at, and its error on the sum."""
    name, model = band_name(ladder.current), ladder.model(ladder.current)
    if model is None:
        return t("beyond.ladder.title.missing", band=_upper(name))
    return t("beyond.ladder.title", band=_upper(name), error=error(float(model.mean[k])), k=k)


def moments(ladder: Ladder, experiment: Experiment) -> dict[str, dict[str, str]]:
    """Title and sentence at every k, by the name of the frame that shows it."""
    return {
        str(k): {"title": title(ladder, k), "sentence": reading(ladder, k)}
        for k in range(experiment.context_length + 1)
    }


def reading(ladder: Ladder, k: int) -> str:
    """The figure read aloud in two sentences: the model's error on the sum beside the nearest; zero's."""
    model = ladder.model(ladder.current)
    parts = [t("beyond.ladder.reading", k=k, band=band_name(ladder.current))]
    if model is not None:
        near = nearest(model, _learners(ladder), k)
        parts.append(t("beyond.ladder.model", error=_with_interval(model, k)))
        found = _with_interval(ladder.ideals[near], k)
        parts.append(t("beyond.ladder.nearest", name=t(f"learner.{near}"), error=found))
    parts.append(t("beyond.reading.zero", error=error(float(ladder.ideals["zero"].mean[k]))))
    return joined("sentences", parts)


def details(ladder: Ladder, k: int) -> str:
    """What else the figure says: the longer trained model, the ideals, the other rungs."""
    parts = []
    if ladder.longer is not None:
        parts.append(t("beyond.ladder.trained_longer", error=_with_interval(ladder.longer, k)))
    ideals = [
        t("beyond.ladder.value", name=t(f"learner.{name}"), error=_with_interval(curve, k))
        for name, curve in _learners(ladder).items()
    ]
    parts.append(t("beyond.ladder.others", others=joined("names", ideals)))
    rest = [
        t("beyond.ladder.value", name=band_name(rung), error=error(float(curve.mean[k])))
        for rung in ladder.rungs
        if rung is not ladder.current and (curve := ladder.model(rung)) is not None and k < len(curve.mean)
    ]
    if rest:
        parts.append(t("beyond.ladder.rungs", others=joined("names", rest)))
    return joined("sentences", parts)


def _learners(ladder: Ladder) -> dict[str, Curve]:
    """The ideals that learn."""
    return {name: curve for name, curve in ladder.ideals.items() if name != "zero"}


def cards(ladder: Ladder, library: Library) -> list[Card]:
    """Of the models drawn, those of the rung looked at first."""
    drawn = sorted(ladder.rungs, key=lambda rung: rung is not ladder.current)
    specs = [spec for rung in drawn for spec in rung.models]
    specs += [ladder.current.longer] if ladder.current.longer else []
    entries = (library.find(spec.hash) for spec in specs)
    return [entry.card for entry in entries if entry is not None and entry.card is not None]


def provenance(ladder: Ladder, experiment: Experiment, library: Library) -> str:
    """Where the numbers come from: models, inputs, test, intervals."""
    models = cards(ladder, library)
    said = [described(card) for card in models[:1]]
    if models[1:]:
        said.append(t("provenance.beside", names=joined("names", map(named, models[1:]))))
    evaluation = experiment.evaluation
    numbers = t(
        "beyond.ladder.numbers",
        hash=on_the_sum(ladder.current.spec.data, evaluation).hash,
        prompts=f"{evaluation.prompts:,}",
        seed=evaluation.seed,
    )
    seeds = len(ladder.current.models)
    intervals = band(trained=True) if seeds < 2 else t("provenance.band_seeds", seeds=seeds)
    reach, length = input_range(experiment.pretraining)[1], experiment.pretraining.context_length
    ours = t("beyond.our_setting", reach=reach, length=length)
    return " · ".join((*said, numbers, intervals, ours))


def line_name(rung: Rung) -> str:
    """What a rung's transformer is called in both figures: in short, two in a row of the legend."""
    low, high = rung.band
    band = t("beyond.band.short_one" if low == high else "beyond.band.short_many", low=low, high=high)
    name = t("beyond.ladder.line", band=band)
    seeds = len(rung.models)
    return t("beyond.ladder.seeds", name=name, seeds=seeds) if seeds > 1 else name


def _model_line(ladder: Ladder, rung: Rung, dash: str) -> Line | None:
    curve = ladder.model(rung)
    if curve is None:
        return None
    looked_at = rung is ladder.current
    stroke: Stroke = (
        METHODS["transformer"] if looked_at else replace(METHODS["transformer"], dash=dash, width=2.0)
    )
    low, high = (curve.low, curve.high) if looked_at else (None, None)
    mean = _as_long(curve.mean, ladder.current.spec.context_length + 1)
    return Line("transformer" if looked_at else rung.name, line_name(rung), stroke, mean, low, high)


def _as_long(values: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The values cut off, or gone on with gaps, at another rung's number of pairs."""
    found = np.full(length, np.nan)
    found[: len(values)] = values[:length]
    return found


def _alike(rung: Rung, reach: float, every: tuple[Rung, ...]) -> Rung:
    """The rung itself; on inputs of another reach the narrowest for a single frequency, else the broadest."""
    low, high = rung.band
    there = [other for other in every if other.reach == reach]
    return rung if rung.reach == reach else there[0 if low == high else -1]


def _learner(name: str) -> str:
    return t("method.zero") if name == "zero" else t(f"learner.{name}")


def _with_interval(curve: Curve, k: int) -> str:
    mean, low, high = (float(part[k]) for part in (curve.mean, curve.low, curve.high))
    return interval(mean, low, high)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
