"""Who looks at the page: the same person after a reload, who may still stop what they started."""

from __future__ import annotations

import re
from uuid import uuid4

import streamlit as st

COOKIE, KEPT = "icl_viewer", "viewer_kept"
DAY_SECONDS = 24 * 3600


def viewer() -> str:
    """A random name: of the browser where it has one, else of this session."""
    return st.session_state.setdefault("viewer", _of_the_browser() or uuid4().hex)


def remember_viewer() -> None:
    """Leaves the name with the browser, for a day; only for who has started a training."""
    name = viewer()
    if name in (_of_the_browser(), st.session_state.get(KEPT)):
        return
    st.session_state[KEPT] = name
    script = f"document.cookie = '{COOKIE}={name}; max-age={DAY_SECONDS}; path=/; SameSite=Lax'"
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def _of_the_browser() -> str:
    """The name that the browser has kept; empty for none, or for one of another form."""
    found = re.fullmatch(r"[0-9a-f]{32}", str(st.context.cookies.get(COOKIE)))
    return found[0] if found else ""
