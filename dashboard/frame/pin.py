"""Curves that stay on as faint ones under the next setting: the button, and what has changed since."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState


def pin_button(state: UrlState[Any]) -> None:
    """Pins what the page shows, or lets go of what is pinned; the link carries both."""
    pinned = state.presentation.pin is not None
    name, icon = ("unpin", "keep_off") if pinned else ("pin", "keep")
    with st.container(key="pin_place", width="content"):
        st.button(
            t(f"button.{name}"),
            key="pin",
            icon=f":material/{icon}:",
            help=t(f"help.{name}"),
            on_click=state.unpin if pinned else state.pin,
        )


def since_pinned(who: str, before: float, now: float) -> str:
    """What the pinned curve has at the read-out, and by how much the present one is off it."""
    difference = f"{now - before:+.3f}".replace("-", "−")
    return t("pin.reading", who=who, before=f"{before:.3f}", difference=difference)


def of_pinned(title: str, hash: str) -> str:
    """Whose the faint lines are, beside where the others come from."""
    return t("pin.provenance", title=title, hash=hash)
