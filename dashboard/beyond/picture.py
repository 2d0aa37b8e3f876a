"""The page's two figures: a prompt as functions that grow with the examples, and errors over all prompts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from dashboard.beyond.numbers import Curves
from dashboard.beyond.view import current, sweep_of
from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.texts import t
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import Presentation
from dashboard.say.amounts import interval
from icl_core.evaluation.prompt_functions import PromptFunctions
from icl_core.figures.family_sweep import SweepLabels, family_sweep_figure
from icl_core.figures.palette import THEMES
from icl_core.figures.prompt_function import Canvas, PromptLabels, growing_prompt_figure
from icl_core.specs import Experiment

NARROW_HEIGHT = 400
HEIGHT = 460


def draw_functions(
    functions: PromptFunctions,
    names: Mapping[str, str],
    presentation: Presentation,
    *,
    k: int,
    shown: tuple[str, ...],
    waits: bool = False,
    alt: str,
) -> None:
    """The prompt's points and the learners' functions; the browser plays them from k = 0 to K.

    Where the answer `waits` the points stand alone.
    """
    labels = PromptLabels(
        learners=names,
        truth=t("beyond.truth"),
        seen=t("beyond.seen"),
        coming=t("beyond.coming"),
        input="x",
        output="y",
        play=t("beyond.play"),
        pause=t("beyond.pause"),
        prefix=t("beyond.frame"),
    )
    canvas = Canvas.around(functions)
    if waits:
        functions, shown = replace(functions, prompt=replace(functions.prompt, truth=None)), ()
    figure = growing_prompt_figure(
        functions,
        labels,
        canvas,
        k=k,
        shown=shown,
        theme=figure_theme(presentation),
        height=_height(presentation),
        compact=is_narrow(),
    )
    draw_chart(figure, "functions", alt=alt, stem="icl-functions", camera="hover")


def draw_sweep(
    experiment: Experiment,
    curves: Curves,
    names: Mapping[str, str],
    presentation: Presentation,
    *,
    k: int,
    log_axis: bool,
    unnamed: tuple[str, ...] = (),
    alt: str,
) -> None:
    """Error of the learners along the scene's line, with k pairs.

    `unnamed` ones have their names in another legend beside this one.
    """
    sweep, scene = sweep_of(experiment), current(experiment)
    labels = SweepLabels(
        learners=names,
        parameter=t(f"beyond.axis.{scene.parameter}"),
        error=t("beyond.axis.error", k=k),
        interval=t("figure.interval"),
        trained=t("beyond.inside"),
        outside=t("beyond.outside"),
    )
    figure = family_sweep_figure(
        sweep.values,
        curves,
        labels,
        k=k,
        theme=figure_theme(presentation),
        marked=scene.value,
        trained_range=sweep.trained_range,
        zero=sweep.zero_errors,
        log_axis=log_axis,
        height=_height(presentation),
        compact=is_narrow(),
    )
    figure.for_each_trace(
        lambda trace: trace.update(showlegend=False),
        selector=lambda trace: trace.meta is not None and trace.meta.get("learner") in unnamed,
    )
    draw_chart(figure, "sweep", alt=alt, stem=sweep_stem(experiment), camera="hover")


def sweep_stem(experiment: Experiment) -> str:
    """A file name that says which sweep it holds."""
    sweep = sweep_of(experiment)
    return f"icl-{sweep.parameter}-{sweep.hash}"


def numbers_table(experiment: Experiment, curves: Curves, names: Mapping[str, str], k: int) -> pd.DataFrame:
    """The sweep's errors with k pairs: each with its 90% interval."""
    sweep = sweep_of(experiment)
    columns = {
        names[name]: [
            interval(mean, low, high, 4)
            for mean, low, high in zip(curve.mean[:, k], curve.low[:, k], curve.high[:, k], strict=True)
        ]
        for name, curve in curves.items()
    }
    index = pd.Index([f"{value:g}" for value in sweep.values], name=t(f"beyond.axis.{sweep.parameter}"))
    return pd.DataFrame(columns, index=index)


def _height(presentation: Presentation) -> int:
    if presentation.present and not is_narrow():
        return THEMES["present"].height
    return NARROW_HEIGHT if is_narrow() else HEIGHT
