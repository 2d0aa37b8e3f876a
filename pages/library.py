"""The Library page: every trained model with its card, and its training played back."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.frame import exports
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings
from dashboard.lecture.stage import stage
from dashboard.models import cards, code, knobs, words
from dashboard.models.numbers import shelf
from dashboard.models.view import LibraryView, asked_for, filtered, played
from dashboard.say.cited import cited
from dashboard.training import replay
from icl_core.library.start import start

with frame.net():
    state, library = frame.begin("library", lambda library: Settings(start(library.specs()), LibraryView()))
    cited(state.presentation, library)
    frame.sidebar(state)
    frame.warn(state.notices)

    shelved = shelf(library)
    visible = filtered(shelved, state.view)
    asked = asked_for(state)
    chosen = played(shelved if asked else visible, asked)
    card = chosen.entry.card if chosen else None
    if card is None:
        frame.title(t("page.library"))
    else:
        frame.title(replay.title(card))
        with frame.figure_place(state.presentation.present):
            replay.draw_training(card, state.presentation)
        stage(state)
        frame.read_aloud(
            replay.reading(card),
            t("library.provenance", name=card.name, hash=card.spec.hash, checkpoints=len(card.history)),
        )

    if not state.presentation.present:
        st.subheader(words.summary(shelved), anchor=False)
        knobs.filters(state, shelved)
        if not visible:
            st.info(t("library.none"))
        cards.cards(state, visible, chosen)
        frame.explain(state, ("detail", t("library.what")))
        if card is not None:
            exports.take_away(code.files(card), python=code.python_code(card))

    frame.end(state, cfg=state.experiment.hash, played=chosen.entry.name if chosen else "")
