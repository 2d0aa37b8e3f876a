"""Prompt lab: put points on a plot and see every learner's function move."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.frame import exports
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings
from dashboard.frame.viewport import is_narrow
from dashboard.lab import knobs, own, picture, words
from dashboard.lab.code import exported, python_code
from dashboard.lab.numbers import answer as answer_to
from dashboard.lab.view import LabView, fitted
from dashboard.lecture.stage import stage
from dashboard.pack.lab import offline
from dashboard.say.cited import cited
from dashboard.say.learners import learner_names
from icl_core.library.finding import main_model
from icl_core.specs import Experiment

with frame.net():
    state, library = frame.begin(
        "prompt_lab", lambda library: Settings(Experiment(main_model(library.specs())), LabView())
    )
    cited(state.presentation, library)
    pretraining = fitted(state.experiment, state.default.experiment)
    names = learner_names(pretraining, library)
    answer = answer_to(state.view, pretraining, library)
    available = tuple(name for name in knobs.LEARNERS if name in answer.functions.functions)
    sentence = words.reading(answer, state.view, pretraining)

    frame.sidebar(
        state,
        evaluation=lambda: knobs.tested_on(state),
        pretraining=lambda: knobs.pretrained_on(state, pretraining, state.models),
    )
    frame.warn(state.notices, filter(None, (answer.fault,)))

    frame.title(words.title(answer, state.view, pretraining))
    shown = knobs.shown(state.view, available)

    def points() -> None:
        """What Bayes believes, and the points."""
        if not state.view.hidden:
            picture.draw_belief(state, answer)
        knobs.points_row(state, answer.functions.prompt)
        picture.draw_table(state, answer.functions.prompt)

    with frame.figure_place(state.presentation.present):
        left, right = (st.container(), None) if is_narrow() else st.columns([11, 4], gap="medium")
        with left:
            picture.draw_plot(state, answer, names, pretraining, shown=shown, alt=sentence)
        if right is not None:
            with right:
                points()
    stage(state, *knobs.main_knobs(state))
    if right is None:
        points()
    picture.score_line(state, answer, names, pretraining)
    entry = library.find(pretraining.hash)
    frame.read_aloud(sentence, words.provenance(state.view, pretraining, entry.card if entry else None))

    if not state.presentation.present:
        if "transformer" not in available:
            waiting = t("beyond.waiting", models=pretraining.hash)
            st.info(waiting, icon=":material/hourglass_empty:")
        own.own_section(state, pretraining)
        own.query_table(state, pretraining, library, {name: names[name] for name in available})
        knobs.settings_section(state, names, available)
        frame.explain(state, ("detail", t("lab.what")), ("try", t("lab.try")))
        code = python_code(answer, pretraining, state.view)
        files = [
            exports.Download(
                "prompt", lambda: exported(answer, pretraining, state.view), f"icl-{state.view.hash}.json"
            )
        ]
        exports.take_away(files, python=code, offline=offline(pretraining, library))

    frame.end(state, cfg=pretraining.hash, view=state.view.hash, points=len(answer.functions.prompt.xs))
