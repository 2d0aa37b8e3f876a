"""The page's two pictures, each with its figures, sentence, and what can be taken away."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import frame
from dashboard.beyond import claimed, code, guessing, knobs, ladder, numbers, picture, words
from dashboard.beyond.knobs import State
from dashboard.beyond.ladder import Ladder
from dashboard.beyond.numbers import Learners
from dashboard.beyond.view import current, read_out
from dashboard.frame import exports
from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.hand import Question, hand, hides, reveal_button
from dashboard.frame.line_chart import draw_panels, files
from dashboard.frame.line_chart import numbers as drawn_numbers
from dashboard.frame.moment import follow
from dashboard.frame.texts import joined, t
from dashboard.lecture.stage import stage
from icl_core.evaluation.prompt_functions import PromptFunctions
from icl_core.library import Library
from icl_core.library.finding import waiting
from icl_core.library.questions import IDEAL
from icl_core.specs import Experiment

LADDER = ("transformer", "bayes", "bayes_test", "smooth")
"""Learners whose functions the ladder draws."""
SCORED = ("ols", "bayes")
"""Learners that a guess is compared with, drawn or not."""


def ladder_picture(
    state: State,
    experiment: Experiment,
    found: Ladder,
    learners: Learners,
    names: Mapping[str, str],
    library: Library,
) -> None:
    """From narrow to broad: the rung's functions, and the error on the sum against k."""
    k, present = read_out(experiment, state.view), state.presentation.present
    shown = tuple(name for name in LADDER if name != "transformer" or name in learners.entries)
    with st.spinner(t("figure.waiting"), show_time=True):
        functions = numbers.drawn(experiment, state.view.prompt, learners, (*shown, *SCORED), library)
    question = guessing.question(experiment, state.view.prompt, k, functions)
    waits = hides(state, question)
    panels = [ladder.panel(found, k, unnamed=shown if present else ())]
    sentence = t("guess.function") if waits else ladder.reading(found, k)
    frame.title(t("guess.title") if waits else ladder.title(found, k))
    if not present:
        knobs.picture_row(state, "ladder")
    names = {**names, "transformer": ladder.line_name(found.current)}
    stem = f"icl-ladder-{experiment.hash}"
    with frame.figure_place(present):
        left, right = st.columns([6, 5], gap="medium")
        with left:
            picture.draw_functions(
                functions, names, state.presentation, k=k, shown=shown, waits=waits, alt=sentence
            )
        with right:
            if not waits:
                draw_panels(panels, state.presentation, stem=stem, alt=sentence)
    _hand(state, question, waits)
    stage(state, *knobs.main_knobs(state, experiment, found))
    _answer(state, question, waits, experiment, functions, names, k)
    if not waits:
        follow(ladder.moments(found, experiment))
    more = "" if waits or present else ladder.details(found, k)
    frame.read_aloud(sentence, ladder.provenance(found, experiment, library), more)
    if present:
        return
    if found.missing:
        bands = joined("names", [ladder.band_name(rung) for rung in found.missing])
        st.info(t("beyond.ladder.missing", bands=bands), icon=":material/hourglass_empty:")
    frame.explain(state, ("detail", t("beyond.ladder.what")), ("try", t("beyond.ladder.try")))
    if not waits:
        exports.numbers_section(drawn_numbers(panels))
    exports.take_away(files(panels, experiment, stem), python=code.ladder_code(experiment, k))


def sweep_picture(
    state: State, experiment: Experiment, learners: Learners, names: Mapping[str, str], library: Library
) -> None:
    """Along the mixture, or past the range: a prompt's functions, and the errors of the sweep."""
    main, k = experiment.pretraining, read_out(experiment, state.view)
    parameter, present = current(experiment).parameter, state.presentation.present
    with st.spinner(t("figure.waiting"), show_time=True):
        shown = learners.shown(parameter, state.view, swept=False)
        functions = numbers.drawn(experiment, state.view.prompt, learners, (*shown, *SCORED), library)
        swept = learners.shown(parameter, state.view, swept=True)
        curves = numbers.swept(experiment, learners, swept, library)
    question = guessing.question(experiment, state.view.prompt, k, functions)
    waits = hides(state, question)
    sentence = t("guess.function") if waits else words.reading(experiment, curves, k)
    frame.title(t("guess.title") if waits else words.title(experiment, curves, k))
    if not present:
        knobs.picture_row(state, "sweep")
    with frame.figure_place(present):
        left, right = st.columns([6, 5], gap="medium")
        with left:
            picture.draw_functions(
                functions, names, state.presentation, k=k, shown=shown, waits=waits, alt=sentence
            )
        with right:
            if not waits:
                picture.draw_sweep(
                    experiment,
                    curves,
                    names,
                    state.presentation,
                    k=k,
                    log_axis=state.view.log,
                    unnamed=tuple(name for name in shown if name in IDEAL) if present else (),
                    alt=sentence,
                )
    _hand(state, question, waits)
    stage(state, *knobs.main_knobs(state, experiment))
    _answer(state, question, waits, experiment, functions, names, k)
    if not waits:
        follow(words.moments(experiment, curves))
    cards = learners.cards(swept)
    more = "" if waits or present else words.details(experiment, curves, k)
    frame.read_aloud(
        sentence, words.provenance(experiment, cards.pop("transformer", None), [*cards.values()]), more
    )
    if present:
        return
    if not waits:
        claimed.claims_line(experiment, curves, k)
    lacking = waiting(main, library)
    if lacking:
        st.info(t("beyond.waiting", models=joined("names", lacking)), icon=":material/hourglass_empty:")
    knobs.shown_knobs(state, experiment, learners, names)
    frame.explain(state, ("detail", t("beyond.what")), ("try", t("beyond.try")))
    if not waits:
        exports.numbers_section(picture.numbers_table(experiment, curves, names, k))
    knobs.networks(state, library)
    code.take_away(experiment, curves, k)


def _hand(state: State, question: Question, waits: bool) -> None:
    if state.view.predict:
        hand("functions", question, figure_theme(state.presentation), draws=waits)


def _answer(
    state: State,
    question: Question,
    waits: bool,
    experiment: Experiment,
    functions: PromptFunctions,
    names: Mapping[str, str],
    k: int,
) -> None:
    """The way to the answer, then how near the guess came."""
    if waits:
        reveal_button(question)
    elif state.view.predict:
        guessing.say(question, experiment, functions, names, k)
