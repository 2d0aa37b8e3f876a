"""The choice of the language, for the sidebar of every page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.frame.texts import browser_language, languages, t, translate
from dashboard.frame.url_state import UrlState

KEY = "language_choice"


def language_choice(state: UrlState[Any]) -> None:
    """Every language that has a catalogue, by its own name; nothing where there is one alone."""
    if len(languages()) == 1:
        return

    def changed() -> None:
        chosen = st.session_state[KEY]  # even where it is the browser's: other browsers read the link
        state.change(
            lambda settings: replace(settings, presentation=replace(settings.presentation, lang=chosen))
        )

    st.session_state[KEY] = state.presentation.lang or browser_language()
    st.segmented_control(
        t("language.label"),
        languages(),
        key=KEY,
        required=True,
        label_visibility="collapsed",
        format_func=lambda language: translate("language.name", language),
        on_change=changed,
    )
