"""The plot that takes taps and strokes, the bar of beliefs, and the table of points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.hand import Question, hand, say_score
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import UrlState
from dashboard.frame.viewport import is_narrow
from dashboard.lab.numbers import Answer
from dashboard.lab.view import DECIMALS, LabSettings, LabView, Points, prompt_of, with_points
from icl_core.evaluation.prompt_functions import Prompt, input_range
from icl_core.figures.belief import belief_figure
from icl_core.figures.palette import THEMES
from icl_core.figures.prompt_function import Canvas, PromptLabels, prompt_figure
from icl_core.specs import Pretraining

State = UrlState[LabView]

SCORED = ("transformer", "ols", "bayes")
LEAST_REACH = 3.0
HEIGHT, NARROW_HEIGHT = 560, 400


def points_of(prompt: Prompt) -> Points:
    """The prompt's pairs, as the state keeps them."""
    xs, ys = (tuple(round(float(value), DECIMALS) for value in values) for values in (prompt.xs, prompt.ys))
    return Points(xs, ys)


def draw_plot(
    state: State,
    answer: Answer,
    names: Mapping[str, str],
    pretraining: Pretraining,
    *,
    shown: tuple[str, ...],
    alt: str,
) -> None:
    """Points and functions; a tap on the paper adds a point, a stroke draws a guess while they are hidden."""
    prompt = answer.functions.prompt
    points = points_of(prompt)
    labels = PromptLabels(
        learners=names,
        truth=t("lab.truth"),
        seen=t("beyond.seen"),
        coming="",
        input="x",
        output="y",
        shade=t("lab.untrained"),
    )
    drawn = answer.functions
    if state.view.hidden:
        drawn = replace(drawn, prompt=replace(prompt, truth=None))
    figure = prompt_figure(
        drawn,
        labels,
        _canvas(answer, pretraining),
        k=len(points.xs),
        shown=shown,
        theme=figure_theme(state.presentation),
        height=_height(state),
        compact=is_narrow(),
    )

    def tapped(x: float, y: float) -> None:
        def added(settings: LabSettings) -> LabSettings:  # to the points of now: a tap may follow on a tap
            now = points_of(prompt_of(settings.view, pretraining, answer.functions.grid))
            return with_points(settings, now.with_point(x, y))

        state.change(added)

    with st.container(key="lab_plot"):
        draw_chart(figure, "lab", alt=alt, stem="icl-prompt", camera="hover")
    hand(
        "lab_plot", question(answer), figure_theme(state.presentation), draws=state.view.hidden, on_tap=tapped
    )


def question(answer: Answer) -> Question:
    """Which function goes through these points?"""
    return Question(("lab", points_of(answer.functions.prompt)), answer.functions.grid)


def score_line(state: State, answer: Answer, names: Mapping[str, str], pretraining: Pretraining) -> None:
    """How near the guess came, once the answer shows."""
    if state.view.hidden:
        return
    answers = {names[name]: row for name in SCORED if (row := answer.at_end(name)) is not None}
    if answer.functions.prompt.truth is not None:
        answers[t("lab.truth")] = answer.functions.prompt.truth
    say_score(question(answer), answers, input_range(pretraining))


def draw_belief(state: State, answer: Answer) -> None:
    """The posterior over families as one bar."""
    names = {kind: t(f"lab.family.{kind}") for kind in ("dense", "sinusoid")}
    st.markdown(f"**{t('lab.belief')}**")
    figure = belief_figure(answer.posterior, names, theme=figure_theme(state.presentation))
    said = joined("names", (f"{names[kind]} {share:.0%}" for kind, share in answer.posterior.items()))
    draw_chart(figure, "belief", alt=said, camera="none")


def draw_table(state: State, prompt: Prompt) -> None:
    """The points in a table: edit a cell, add a row at the end, delete rows."""
    points = points_of(prompt)
    key = f"table_{abs(hash(points))}"

    def edited() -> None:
        changed = applied(points, st.session_state[key])
        if changed is not None:
            state.change(lambda settings: with_points(settings, changed))

    st.markdown(f"**{t('lab.table')}**")  # and room for the table's own toolbar, which hovers above it
    number = {"format": "%.2f", "required": True}
    st.data_editor(
        pd.DataFrame({"x": points.xs, "y": points.ys}, dtype="float64"),
        key=key,
        num_rows="dynamic",
        on_change=edited,
        hide_index=True,
        height=300,
        column_config={
            name: st.column_config.NumberColumn(name, step=10.0**-DECIMALS, **number) for name in ("x", "y")
        },
    )


def applied(points: Points, changes: Mapping[str, Any]) -> Points | None:
    """The points after a table's changes; None while a row still lacks a number."""
    rows: list[dict[str, float | None]] = [
        {"x": x, "y": y} for x, y in zip(points.xs, points.ys, strict=True)
    ]
    for position, cells in changes["edited_rows"].items():
        rows[int(position)].update(cells)
    rows = [row for position, row in enumerate(rows) if position not in changes["deleted_rows"]]
    rows += [dict(row) for row in changes["added_rows"]]
    xs, ys = ([row.get(name) for row in rows] for name in ("x", "y"))
    known_xs, known_ys = (
        tuple(round(float(value), DECIMALS) for value in values if value is not None) for values in (xs, ys)
    )
    complete = len(known_xs) == len(known_ys) == len(rows)
    return Points(known_xs, known_ys) if complete else None


def _canvas(answer: Answer, pretraining: Pretraining) -> Canvas:
    """Room for taps, and for every point."""
    grid, ys = answer.functions.grid, answer.functions.prompt.ys
    reach = max(LEAST_REACH, math.ceil(1.1 * max((abs(float(y)) for y in ys), default=0.0)))
    return Canvas(
        float(grid[0]),
        float(grid[-1]),
        -reach,
        reach,
        trained=input_range(pretraining),
    )


def _height(state: State) -> int:
    if state.presentation.present:
        return THEMES["present"].height
    return NARROW_HEIGHT if is_narrow() else HEIGHT
