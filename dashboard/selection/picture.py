"""The pictures of the Model selection page: panels of lines and the sentence that reads them aloud."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dashboard.frame.line_chart import Drawn
from dashboard.frame.pin import of_pinned
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import UrlState
from dashboard.selection import numbers, words
from dashboard.selection.numbers import Setting
from dashboard.selection.view import SelectionView, nonzero, picture, prompt_number, read_out, shown
from dashboard.selection.words import short_name
from icl_core.evaluation import Curve
from icl_core.evaluation.selection import IDEALS, MODELS, Comparison, NoiseSweep, PromptChoice
from icl_core.figures.line_panels import Line, Mark, Panel
from icl_core.figures.palette import Stroke
from icl_core.figures.selection_strokes import LEARNERS, SHADES, thin
from icl_core.library import Library

ERRORS = (0.0, 1.25)
PROBABILITIES = (-0.04, 1.08)
CHOICES = (-0.25, 1.35)


def drawn(now: Setting, view: SelectionView, library: Library) -> Drawn:
    """The picture that the view asks for."""
    k, nnz = read_out(now.experiment, view), nonzero(now.experiment, view)
    name = picture(now.experiment, view)
    if name == "curves":
        found = numbers.comparisons(now, library)
        return Drawn(curves_panels(now, found, k), words.curves_reading(now, found, k))
    if name == "sparsity":
        swept = numbers.sweep(now, library, k)
        return Drawn(sparsity_panels(now, swept, k, nnz), words.sparsity_reading(now, swept, k, nnz))
    if name == "outside":
        noise = numbers.noise(now)
        return Drawn(outside_panels(now, noise, k, nnz), words.outside_reading(now, noise, k, nnz))
    found = numbers.comparisons(now, library)
    if name == "cost":
        return Drawn(cost_panels(now, found, k), words.cost_reading(now, found, k))
    number = prompt_number(now.experiment, view)
    beliefs, single = numbers.probabilities(now), numbers.one_prompt(now, library, number)
    average, alone = (
        words.choice_reading(now, found, beliefs, k),
        words.prompt_reading(now, single, k, number),
    )
    sentence = joined("sentences", (average, alone))
    return Drawn(choice_panels(now, found, beliefs, single, k, number), sentence)


class Pinned(NamedTuple):
    """The panels that are pinned, and whose they are."""

    panels: list[Panel]
    whose: str


def drawn_pinned(state: UrlState[SelectionView], library: Library) -> Pinned | None:
    """What is pinned; None where nothing is."""
    pinned = state.pinned
    if pinned is None:
        return None
    then = numbers.setting(shown(pinned.experiment, state.default.experiment), library)
    name = picture(then.experiment, pinned.view)
    whose = of_pinned(words.title(then, name), then.experiment.hash)
    return Pinned(drawn(then, pinned.view, library).panels, whose)


def curves_panels(now: Setting, found: dict[str, Comparison], k: int) -> list[Panel]:
    """Error against k on the prompts of each family."""
    return [
        Panel(
            title=t("selection.panel.on", family=short_name(now.families[role])),
            x_title=t("figure.context_length"),
            y_title=t("figure.error"),
            x=_lengths(now),
            lines=[
                _line(name, learner_label(now, name), LEARNERS[name], comparison.errors[name])
                for name in LEARNERS
                if name in comparison.errors
            ],
            y_range=ERRORS,
            marks=_at(now, k),
        )
        for role, comparison in found.items()
    ]


def sparsity_panels(now: Setting, found: list[Comparison], k: int, nnz: int) -> list[Panel]:
    """Error against the number of nonzero weights, and the mixture's distance to each specialist."""
    counts = np.arange(1.0, len(found) + 1)
    names = [name for name in LEARNERS if name in found[0].errors]
    errors = [
        _line(name, learner_label(now, name), LEARNERS[name], _at_k([each.errors[name] for each in found], k))
        for name in names
    ]
    chooser = MODELS if now.complete else IDEALS
    whose = "model" if now.complete else "ideal"
    distances = [
        _line(
            f"distance_{role}",
            t(f"selection.distance.{whose}", family=short_name(now.families[role])),
            LEARNERS[role] if now.complete else thin(LEARNERS[role]),
            _at_k([each.distances[chooser.name, other] for each in found], k),
        )
        for role, other in (("dense", chooser.dense), ("narrow", chooser.narrow))
    ]
    marks = [
        Mark(now.pair.narrow.nnz, t("selection.mark.trained")),
        Mark(nnz, t("selection.mark.nnz", nnz=nnz), "read_out"),
    ]
    tallest = max(float(np.nanmax(line.y)) for line in distances)
    shared = {"x_title": t("selection.axis.nnz"), "x": counts, "marks": marks}
    return [
        Panel(
            title=t("selection.panel.error", k=k),
            y_title=t("figure.error"),
            lines=errors,
            y_range=ERRORS,
            **shared,
        ),
        Panel(
            title=t("selection.panel.distance" if now.complete else "selection.panel.distance_ideal", k=k),
            y_title=t("selection.axis.distance"),
            lines=distances,
            y_range=(0.0, float(np.clip(1.15 * tallest, 0.1, 1.25))),
            **shared,
        ),
    ]


def choice_panels(
    now: Setting,
    found: dict[str, Comparison],
    probabilities: dict[str, Curve],
    single: dict[str, PromptChoice],
    k: int,
    number: int,
) -> list[Panel]:
    """P(dense) and the implied choice against k, averaged over prompts and for one prompt."""
    averaged, alone = [], []
    for role, family in now.families.items():
        stroke, name = LEARNERS[role], short_name(family)
        belief = t("selection.line.belief", family=name)
        implied = t("selection.line.implied", family=name)
        if MODELS.name in found[role].choices:
            averaged.append(_line(f"choice_{role}", implied, stroke, found[role].choices[MODELS.name]))
        averaged.append(_line(f"posterior_{role}", belief, thin(stroke), probabilities[role]))
        choice = single[role].choice
        if choice is not None:
            alone.append(Line(f"choice_{role}", implied, stroke, choice))
        alone.append(Line(f"posterior_{role}", belief, thin(stroke), single[role].probability))
    titles = (
        t("selection.panel.averaged", prompts=f"{now.experiment.evaluation.prompts:,}"),
        t("selection.panel.prompt", number=number),
    )
    return [
        Panel(
            title=title,
            x_title=t("figure.context_length"),
            y_title=t("selection.axis.choice", narrow=short_name(now.families["narrow"])),
            x=_lengths(now),
            lines=lines,
            y_range=CHOICES if now.complete else PROBABILITIES,
            marks=_at(now, k),
            levels=(0.0, 1.0),
        )
        for title, lines in zip(titles, (averaged, alone), strict=True)
    ]


def outside_panels(now: Setting, found: NoiseSweep, k: int, nnz: int) -> list[Panel]:
    """P(dense) of the ideal mixture by noise level: against the number of nonzero weights, and against k."""
    trained = now.pair.narrow.nnz

    def lines(at: tuple) -> list[Line]:
        return [
            Line(
                f"noise_{level:g}",
                t("selection.line.noise", noise=level) if level else t("selection.line.no_noise"),
                stroke,
                found.probability[position][at],
                found.low[position][at],
                found.high[position][at],
            )
            for position, (level, stroke) in enumerate(zip(found.levels, SHADES, strict=True))
        ]

    counts = np.arange(1.0, found.probability.shape[1] + 1)
    return [
        Panel(
            title=t("selection.panel.outside", k=k),
            x_title=t("selection.axis.nnz"),
            y_title=t("selection.axis.belief"),
            x=counts,
            lines=lines((slice(None), k)),
            y_range=PROBABILITIES,
            marks=[
                Mark(trained, t("selection.mark.trained")),
                Mark(nnz, t("selection.mark.nnz", nnz=nnz), "read_out"),
            ],
            levels=(0.0, 1.0),
        ),
        Panel(
            title=t("selection.panel.outside_k", nnz=nnz),
            x_title=t("figure.context_length"),
            y_title=t("selection.axis.belief"),
            x=_lengths(now),
            lines=lines((nnz - 1, slice(None))),
            y_range=PROBABILITIES,
            marks=_at(now, k),
            levels=(0.0, 1.0),
        ),
    ]


def cost_panels(now: Setting, found: dict[str, Comparison], k: int) -> list[Panel]:
    """Error less the better specialist's, against k, on the prompts of each family."""
    drawn_lines = []
    for role, comparison in found.items():
        lines = []
        if now.complete:
            label = t("selection.line.cost_model")
            lines.append(_line("cost_model", label, LEARNERS["mixture"], comparison.costs[MODELS.name]))
        label = t("selection.line.cost_ideal")
        lines.append(_line("cost_ideal", label, LEARNERS["bayes"], comparison.costs[IDEALS.name]))
        drawn_lines.append((role, lines))
    top = max(float(np.max(line.high)) for _, lines in drawn_lines for line in lines if line.high is not None)
    low = min(float(np.min(line.low)) for _, lines in drawn_lines for line in lines if line.low is not None)
    limits = (min(1.1 * low, -0.02), max(1.1 * top, 0.08))
    return [
        Panel(
            title=t("selection.panel.on", family=short_name(now.families[role])),
            x_title=t("figure.context_length"),
            y_title=t("selection.axis.cost"),
            x=_lengths(now),
            lines=lines,
            y_range=limits,
            marks=_at(now, k),
            levels=(0.0, 0.05),
        )
        for role, lines in drawn_lines
    ]


def learner_label(now: Setting, name: str) -> str:
    """The learner's name in legends."""
    return t(
        f"selection.learner.{name}",
        share=round(100 * now.pair.dense_share),
        dense=short_name(now.families["dense"]),
        narrow=short_name(now.families["narrow"]),
        alpha=now.experiment.evaluation.alpha,
    )


def _line(key: str, label: str, stroke: Stroke, curve: Curve) -> Line:
    return Line(key, label, stroke, curve.mean, curve.low, curve.high)


def _at_k(curves: list[Curve], k: int) -> Curve:
    """One entry of each curve."""
    mean, low, high = np.array([(curve.mean[k], curve.low[k], curve.high[k]) for curve in curves]).T
    return Curve(mean, low, high)


def _lengths(now: Setting) -> np.ndarray:
    return np.arange(0.0, now.experiment.context_length + 1)


def _at(now: Setting, k: int) -> list[Mark]:
    """The read-out, and k = d."""
    marks = [Mark(k, t("figure.read_out", k=k), "read_out")]
    if now.experiment.pretraining.dimension <= now.experiment.context_length:
        marks.append(Mark(now.experiment.pretraining.dimension, t("figure.dimension")))
    return marks
