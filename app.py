"""The Explore page: a learning curve of a pretrained model beside every baseline, under any test."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import frame, knobs
from dashboard.explore import guessing, numbers, presets, words
from dashboard.explore.code import numbers_section, take_away
from dashboard.explore.door import door, is_open
from dashboard.explore.knobs import presets_menu, settings_section
from dashboard.explore.own import own_section
from dashboard.explore.picture import draw_curves, is_log, shown_methods
from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.hand import hand, hides, reveal_button
from dashboard.frame.shared import waiting
from dashboard.frame.texts import joined, plain, said, t
from dashboard.frame.url_state import Settings
from dashboard.frame.viewport import is_narrow
from dashboard.lecture.stage import stage
from dashboard.say.cited import cited
from dashboard.training import replay
from dashboard.training.live import show_live, stop_button, under_way
from dashboard.training.section import control, training_section
from icl_core.library.start import start

with frame.net():
    state, library = frame.begin(
        "explore", lambda library: Settings(start(library.specs()), presets.START_VIEW)
    )
    cited(state.presentation, library)
    models = state.models
    frame.sidebar(
        state,
        pretraining=lambda: knobs.pretraining_knobs(state, models),
        evaluation=lambda: knobs.evaluation_knobs(state),
        restart=lambda: knobs.restart_buttons(state),
    )
    frame.warn((*state.notices, *knobs.notices(state)))

    training = under_way(state)
    if training is not None:
        show_live(state, training)
        stage(state, play=partial(stop_button, training))
        frame.end(state, cfg=state.experiment.hash, training=training.spec.hash)
        st.stop()

    with waiting(state.experiment.hash):
        try:
            outcome = numbers.explored(state.experiment, library, state.view.unit)
        except ValueError as error:  # inputs beyond what a predictor can solve: its sentence says which
            st.error(t("figure.refused", reason=plain(said(error))))
            st.stop()
    frame.warn((), outcome.faults)
    if outcome.lacks_model:
        st.info(t("remark.no_model"), icon=":material/info:")

    curves = outcome.curves
    shown = shown_methods(curves, state.view)
    pinned = numbers.pinned(state, library)

    def picture() -> None:
        """The figure with its words, which the read-out alone moves."""
        k = knobs.read_out(state)
        sentence = words.reading(curves, shown, k, outcome.unshifted)
        if pinned is not None:
            sentence = joined(
                "sentences", filter(None, (sentence, words.since(pinned.curves, curves, shown, k)))
            )
        trained = replay.just_trained(state, library)
        if trained is not None:
            sentence = joined("sentences", (t("train.done"), replay.reading(trained)))
        at_door = is_open(state)
        if at_door:
            door(state, library)
        if not state.presentation.present:
            presets_menu(state, models)
        frame.title(words.title(curves) if trained is None else replay.title(trained))
        question = guessing.question(curves)
        waits = hides(state, question) and trained is None
        if waits:
            sentence = t("guess.curve")
        with frame.figure_place(state.presentation.present):
            only = guessing.WAITING if waits else None
            if trained is None:
                draw_curves(
                    outcome,
                    state.view,
                    state.presentation,
                    read_out=k,
                    low=at_door,
                    only=only,
                    alt=sentence,
                    pinned=None if waits else pinned,
                )
            else:
                replay.draw_training(trained, state.presentation)
        if state.view.predict and trained is None:
            hand("figure", question, figure_theme(state.presentation), draws=waits)
        stage(state, *knobs.main_knobs(state), play=control(state, models, trained), pins=not waits)
        if waits:
            reveal_button(question)
        elif state.view.predict:
            guessing.say(question, curves)
        frame.read_aloud(sentence, words.provenance(curves, outcome.card, pinned and pinned.curves))
        frame.mark("read", k=k)

    frame.draw_alone(state, picture, "k")

    if not state.presentation.present:
        training_section(state, models)
        log_axis = is_log(curves, state.view)
        remarks = words.remarks(
            curves,
            outcome,
            shown,
            log_axis=log_axis,
            log_chosen=log_axis and state.view.log is None,
            flags=is_narrow(),
        )
        with st.container(key="remarks"):
            st.caption(joined("sentences", remarks))
        frame.explain(state, ("detail", t("section.what.text")), ("try", t("section.try.text")))
        settings_section(state, curves)
        own_section(state, library)
        if not hides(state, guessing.question(curves)):
            numbers_section(state, outcome)
        take_away(state, curves)

    frame.end(state, cfg=state.experiment.hash)
