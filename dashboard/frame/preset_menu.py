"""A menu of pictures to start from, above a page's title, each named by what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings, UrlState

KEY = "preset"
WIDTH = 520  # pixels: the longest name


def preset_menu(
    state: UrlState[Any],
    names: Sequence[str],
    current: str | None,
    label: Callable[[str], str],
    apply: Callable[[Settings[Any], str], Settings[Any]],
    beside: Callable[[], None] | None = None,
) -> None:
    """The menu. `current` is the picture shown, None where it is none; `apply` gives a picture's settings.

    `beside` draws what else stands in its row.
    """
    st.session_state[KEY] = current

    def changed() -> None:
        name = st.session_state[KEY]
        if name is not None:
            state.change(lambda settings: apply(settings, name))

    with st.container(key="beginnings", horizontal=True, vertical_alignment="center"):
        st.selectbox(
            t("presets.title"),
            names,
            key=KEY,
            format_func=label,
            placeholder=t("presets.title"),
            label_visibility="collapsed",
            width=WIDTH,
            on_change=changed,
        )
        if beside is not None:
            beside()


def settings_menu(
    state: UrlState[Any],
    found: Mapping[str, Settings[Any]],
    label: Callable[[str], str],
    beside: Callable[[], None] | None = None,
) -> None:
    """The menu of whole settings by name, the shown ones marked."""
    now = Settings(state.experiment, state.view)
    preset_menu(
        state,
        list(found),
        next((name for name, settings in found.items() if settings == now), None),
        label,
        lambda before, name: replace(found[name], presentation=before.presentation),
        beside,
    )
