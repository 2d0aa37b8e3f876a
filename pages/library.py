"""The Library page: every trained model with its card, and its training played back."""

from __future__ import annotations

import html

import streamlit as st

from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.knobs import leave_button
from dashboard.navigation import navigation
from dashboard.shelf import cards
from dashboard.shelf.training import draw_training, reading
from dashboard.shelf.view import LibraryView, filtered, played
from dashboard.texts import t
from dashboard.url_state import Settings, UrlState
from icl_core.library import default_library
from icl_core.library.start import start

bootstrap()
library = default_library()
models = library.specs()
state = UrlState.begin("library", Settings(start(models), LibraryView()), models)
apply_presentation(state.presentation)

if not state.presentation.present:
    with st.sidebar:
        navigation(state)

for notice in state.notices:
    st.warning(notice)

shelved = cards.shelf(library)
visible = filtered(shelved, state.view)
chosen = played(shelved if state.view.played else visible, state.view)
if chosen is None or chosen.entry.card is None:
    st.title(t("page.library"), anchor=False)
else:
    card = chosen.entry.card
    st.title(t("library.title", name=card.name), anchor=False)
    draw_training(card, state.presentation)
    with st.container(key="reading"):
        st.markdown(reading(card))
    with st.container(key="provenance"):
        st.caption(
            t("library.provenance", name=card.name, hash=card.spec.hash, checkpoints=len(card.history))
        )

if state.presentation.present:
    leave_button(state)  # type: ignore[arg-type]
else:
    st.subheader(cards.summary(shelved), anchor=False)
    cards.filters(state, shelved)
    if not visible:
        st.info(t("library.none"))
    cards.cards(state, visible, chosen)
    with st.expander(t("section.what"), icon=":material/help:"):
        st.markdown(t("library.what"))

name = html.escape(chosen.entry.name if chosen else "")
st.html(f"<div id='done' data-cfg='{state.experiment.hash}' data-played='{name}'></div>")
