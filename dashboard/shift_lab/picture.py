"""The pictures of the page 'Shift lab', one function each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
import streamlit as st

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart, figure_place
from dashboard.frame.knob import Knob, Menu, Row, Slider, Switch, draw, viewed
from dashboard.frame.page import read_aloud, title
from dashboard.frame.pin import of_pinned
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import Settings, UrlState
from dashboard.frame.viewport import is_narrow
from dashboard.lecture.stage import stage
from dashboard.say.describe import magnitude_name, shift_name
from dashboard.shift_lab import code, numbers, tables, words
from dashboard.shift_lab.code import numbers_file, stem, take_away
from dashboard.shift_lab.knobs import main_knobs, read_out
from dashboard.shift_lab.view import INPUT_KINDS, PARTS, QUERY_KINDS, TASK_KINDS, Part, ShiftView
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.covariance_panels import residuals
from icl_core.evaluation.length_sweep import LengthSweep
from icl_core.evaluation.shift_lab import fitting_kinds, strong_magnitude, with_shift
from icl_core.figures.covariance_panels import covariance_figure, residual_figure
from icl_core.figures.length_sweep import length_figure
from icl_core.figures.shift_grid import shift_grid_figure
from icl_core.figures.shift_panels import Panel, shift_panels_figure
from icl_core.library import Library
from icl_core.specs import Experiment

State = UrlState[ShiftView]
ShiftSettings = Settings[ShiftView]
GRID = "shift_grid"


def parts_row(state: State) -> None:
    """Which picture is shown."""
    row = Row(PARTS, lambda part: t(f"shift_lab.part_name.{part}"))
    draw(state, Knob("shift_part", t("shift_lab.parts"), row, state.view.part, _at_part))


def _at_part(settings: ShiftSettings, part: Part) -> ShiftSettings:
    """Another picture; a k beyond all prompts, which only the test length has, does not go with it."""
    k = settings.view.k
    fits = k is None or k <= settings.experiment.context_length
    return settings.viewed(part=part, k=k if fits else None)


def length_part(state: State) -> None:
    """Error against test length."""
    sweep = numbers.sweep_of(state.experiment, state.view.unit)
    if sweep is None:
        title(t("shift_lab.title.no_formula"))
        st.info(t("shift_lab.no_formula"))
        return
    M = read_out(state)
    sentence, whose = words.length_reading(sweep, M), words.length_provenance(state.experiment)
    pinned = _pinned_sweep(state)
    if pinned is not None:
        since = words.length_since(pinned, sweep, M)
        sentence = joined("sentences", (sentence, since))
        whose = " · ".join((whose, of_pinned(words.length_title(pinned), pinned.experiment.hash)))
    title(words.length_title(sweep))
    figure = length_figure(
        sweep,
        words.length_labels(sweep, state.view.unit),
        theme=figure_theme(state.presentation),
        read_out=M,
        log_axis=state.view.log,
        pinned=pinned,
    )
    with figure_place(state.presentation.present):
        draw_chart(figure, "shift_length", alt=sentence, stem=stem(state.experiment, "length"))
    stage(state, *main_knobs(state), pins=True)
    read_aloud(sentence, whose)
    if state.presentation.present:
        return
    _log_toggle(state)
    _formulas(words.length_formulas(sweep, M))
    take_away(
        state,
        state.experiment,
        [tables.length_table(sweep)],
        [numbers_file(state.experiment, "length", partial(tables.length_csv, sweep))],
        code.length_code(state.experiment, state.models, state.view.unit),
    )


def panels_part(state: State, library: Library) -> None:
    """Every kind of shift on the same axes."""
    experiment, view = state.experiment, state.view
    relative, k = _panels_of(experiment, view, library), read_out(state)
    shown = words.in_the_unit(relative, view.unit)
    sentence = words.panels_reading(shown, k)
    whose = ()
    pinned: list[LearningCurves] = []
    if state.pinned is not None and state.pinned.view.part == "panels":
        then = _panels_of(state.pinned.experiment, state.pinned.view, library)
        pinned = words.in_the_unit(then, view.unit)
        sentence = joined("sentences", (sentence, words.panels_since(pinned, shown, k)))
        whose = (of_pinned(words.panels_title(then, k), then[0].experiment.hash),)
    title(words.panels_title(relative, k))
    figure = shift_panels_figure(
        [
            Panel(words.panel_title(each, relative[0], k), curves, behind)
            for each, curves, behind in zip_longest(relative, shown, pinned[: len(shown)])
        ],
        words.panel_labels(view.unit),
        theme=figure_theme(state.presentation),
        read_out=k,
        log_axis=view.log,
        columns=1 if is_narrow() else 3,
    )
    with figure_place(state.presentation.present):
        draw_chart(figure, "shift_panels", alt=sentence, stem=stem(experiment, "panels"))
    stage(state, *main_knobs(state), pins=True)
    if not state.presentation.present:
        _panel_knobs(state, {"none", *fitting_kinds(experiment)})
    card = numbers.card_of(experiment.pretraining, library) if "transformer" in shown[0].curves else None
    read_aloud(sentence, " · ".join((words.panels_provenance(experiment, card), *whose)))
    remark = words.panels_remark(shown)
    if state.presentation.present:
        return
    if remark:
        st.caption(remark)
    tested = experiment.unshifted
    shifts = [curves.experiment.evaluation.shift for curves in shown]
    take_away(
        state,
        tested,
        [words.panels_table(shown, k)],
        [numbers_file(tested, "panels", partial(tables.panels_csv, shown))],
        code.panels_code(
            tested, [(shift.kind, shift.magnitude) for shift in shifts], state.models, view.unit
        ),
    )


def grid_part(state: State, library: Library) -> None:
    """Error over magnitude and length; a click on a cell makes it the page's state."""
    experiment, view = state.experiment, state.view
    kind = numbers.grid_kind(experiment)
    grid = numbers.grid_of(experiment, kind, view.method, library, view.unit)
    if grid is None:
        lacks_model = view.method == "transformer"
        title(t("shift_lab.title.no_model" if lacks_model else "shift_lab.title.no_formula"))
        st.info(t("remark.no_model" if lacks_model else "shift_lab.no_formula"))
        _method_choice(state)
        return
    sentence = words.grid_reading(grid, kind)
    title(words.grid_title(grid, kind))
    k, magnitude = read_out(state), experiment.evaluation.shift.magnitude
    figure = shift_grid_figure(
        grid,
        words.grid_labels(grid, kind, view.unit),
        theme=figure_theme(state.presentation),
        chosen=(magnitude, k),
        compact=is_narrow(),
    )
    # The key changes with the state, so that one click counts once and leaves no selection behind.
    key = f"{GRID}_{experiment.hash}_{k}_{view.method}"
    with figure_place(state.presentation.present):
        draw_chart(
            figure,
            key,
            alt=sentence,
            stem=stem(experiment, "grid"),
            on_select=lambda: _open_cell(state, key, kind),
        )
    stage(state)
    card = numbers.card_of(experiment.pretraining, library)
    read_aloud(sentence, words.grid_provenance(grid, card))
    if state.presentation.present:
        return
    st.caption(t("shift_lab.grid.click"))
    _method_choice(state)
    if magnitude in grid.magnitudes and k in grid.lengths:  # one cell is framed
        query = state.query_for("explore") | {"k": str(k)}
        label = t("shift_lab.grid.open", magnitude=magnitude_name(kind, magnitude), k=k)
        st.page_link("app.py", label=label, icon=":material/open_in_new:", query_params=query)
    take_away(
        state,
        grid.experiment,
        [tables.grid_table(grid, kind)],
        [numbers_file(grid.experiment, "grid", partial(tables.grid_csv, grid))],
        code.grid_code(grid.experiment, kind, view.method, state.models, view.unit, exact=grid.exact),
    )


def random_part(state: State, library: Library) -> None:
    """Training on random covariances."""
    experiment = state.experiment
    specs = numbers.covariance_models(experiment, state.models)
    formula, evaluation = numbers.covariance_setting(experiment, specs)
    panels = numbers.covariance_panels_of(experiment, specs, library)
    length = panels[0].curves.experiment.pretraining.context_length
    dimension = experiment.pretraining.dimension
    sentence = words.covariance_reading(panels)
    title(t("shift_lab.title.random"))
    theme = figure_theme(state.presentation)
    figure = covariance_figure(
        panels,
        words.covariance_labels(panels),
        theme=theme,
        trained_length=length,
        columns=1 if is_narrow() else 2,
    )
    with figure_place(state.presentation.present):
        draw_chart(figure, "shift_covariances", alt=sentence, stem=stem(experiment, "random"))
    stage(state, *main_knobs(state))
    cards = {name: card for name, spec in specs.items() if (card := numbers.card_of(spec, library))}
    read_aloud(sentence, words.covariance_provenance(cards.values(), formula, evaluation))
    if state.presentation.present:
        return
    missing = [name for name in numbers.TRAINED_ON if name not in specs]
    for name in missing:
        st.caption(t(f"shift_lab.missing.{name}", dimension=dimension))
    st.caption(t("shift_lab.random.smaller", dimension=dimension, length=length))
    st.markdown(f"##### {t('shift_lab.random.residual')}")
    lengths = np.unique(np.geomspace(1, 1e6, 80).round())
    text = t("shift_lab.random.residual_text")
    left = residuals(dimension, lengths)
    lines = residual_figure(lengths, left, words.residual_labels(), theme=theme)
    draw_chart(lines, "shift_residual", alt=text, stem=stem(experiment, "residual"))
    st.caption(text)
    _formulas(words.covariance_formulas())
    setting = Experiment(formula, evaluation)
    named = {name: card.name for name, card in cards.items()}
    take_away(
        state,
        setting,
        [tables.covariance_table(panels), tables.residual_table(lengths, left)],
        [
            numbers_file(setting, "random", partial(tables.covariance_csv, panels)),
            numbers_file(setting, "residual", partial(tables.residual_csv, lengths, left), kind="residual"),
        ],
        code.covariance_code(setting, named, state.models),
    )


def _pinned_sweep(state: State) -> LengthSweep | None:
    """The sweep that is pinned; None where none is, or it has no formula."""
    pinned = state.pinned
    if pinned is None or pinned.view.part != "length":
        return None
    return numbers.sweep_of(pinned.experiment, state.view.unit)


def _panels_of(experiment: Experiment, view: ShiftView, library: Library) -> list[LearningCurves]:
    """The curves under each kind of shift that the view names and that fits."""
    fitting = {"none", *fitting_kinds(experiment)}
    kinds = [kind for kind in view.panel_kinds if kind in fitting]
    shifted = (
        with_shift(experiment, kind, strong_magnitude(experiment, kind, view.strength)) for kind in kinds
    )
    return [numbers.curves_of(each, library) for each in shifted]


def _panel_knobs(state: State, fitting: set[str]) -> None:
    columns = st.columns(1 if is_narrow() else 5, gap="small", vertical_alignment="bottom")
    places = iter(columns * 5)
    with next(places):
        draw(
            state,
            Knob(
                "shift_strength",
                t("shift_lab.strength"),
                Slider(0.0, 1.0, 0.05),
                state.view.strength,
                viewed("strength"),
                t("shift_lab.strength.help"),
            ),
        )
    for name, kinds in (("task", TASK_KINDS), ("query", QUERY_KINDS), ("inputs", INPUT_KINDS)):
        options = [kind for kind in kinds if kind in fitting]
        if getattr(state.view, name) not in options:
            continue
        with next(places):
            label, current = t(f"shift_lab.kind.{name}"), getattr(state.view, name)
            draw(state, Knob(f"shift_{name}", label, Menu(options, shift_name), current, viewed(name)))
    with next(places):
        _log_toggle(state)


def _method_choice(state: State) -> None:
    methods = Menu(("lsa", "transformer", "ols"), lambda name: t(f"method.{name}"))
    draw(state, Knob("shift_method", t("shift_lab.method"), methods, state.view.method, viewed("method")))


def _open_cell(state: State, key: str, kind: str) -> None:
    """The clicked cell becomes the shift and the read-out."""
    points = st.session_state[key].selection.points
    if points:
        magnitude, k = points[0]["customdata"][:2]
        state.change(lambda settings: _at_cell(settings, kind, float(magnitude), int(k)))


def _at_cell(settings: ShiftSettings, kind: str, magnitude: float, k: int) -> ShiftSettings:
    experiment: Experiment = with_shift(settings.experiment, kind, _counted(settings, kind, magnitude))
    return replace(settings, experiment=experiment, view=replace(settings.view, k=k))


def _counted(settings: ShiftSettings, kind: str, magnitude: float) -> Any:
    """The magnitude as the kind counts it: a number of weights is whole."""
    return int(magnitude) if kind == "task_sparsity" else magnitude


def _log_toggle(state: State) -> None:
    if not state.presentation.present:
        draw(state, Knob("shift_log", t("knob.log"), Switch(), state.view.log, viewed("log")))


def _formulas(found: list[tuple[str, str]]) -> None:
    with st.expander(t("section.formulas"), icon=":material/functions:", expanded=True):
        for place, latex in found:
            st.caption(place)
            st.latex(latex)
