"""The scripts that watch the viewer's window: whether it is narrow, and what its pictures say once saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

NARROW = 700  # pixels of a window whose figures stand one under the other
KEY = "viewport"

WATCH = """
export default function ({ data, setStateValue }) {
  const tell = () => {
    const narrow = window.innerWidth < data.limit;
    if (narrow !== data.narrow) setStateValue("narrow", narrow);
  };
  tell();
  window.addEventListener("resize", tell);
  return () => window.removeEventListener("resize", tell);
}
"""


def is_narrow() -> bool:
    """Whether figures have to stand one under the other."""
    phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
    return st.session_state.get("narrow", phone)


def watch_width() -> None:
    """Draws the page again when the window becomes narrow or wide; says nothing as long as it stays so."""
    narrow = is_narrow()

    def told() -> None:
        st.session_state["narrow"] = bool(st.session_state[KEY].narrow)

    with st.container(key="viewport_watch"):  # which the page's style hides
        _watch()(
            key=KEY,
            data={"limit": NARROW, "narrow": narrow},
            default={"narrow": narrow},
            on_narrow_change=told,
        )
        _passport()(key="passport")


@st.cache_resource
def _passport() -> Callable[..., Any]:
    """The script that saves pictures with their title, setting, hash and link."""
    return component("passport", js=(Path(__file__).parent / "passport.js").read_text("utf-8"))


@st.cache_resource
def _watch() -> Callable[..., Any]:
    """The script in the browser, registered once for all viewers."""
    return component("viewport", js=WATCH)
