"""Who looks at the page: the same person after a reload, who may still stop what they started."""

from __future__ import annotations

import re
from uuid import uuid4

import streamlit as st

COOKIE = "icl_viewer"
DAY_SECONDS = 24 * 3600


def viewer() -> str:
    """A random name: of the browser where it has one, else of this session."""
    given = st.context.cookies.get(COOKIE, "")
    known = given if re.fullmatch(r"[0-9a-f]{32}", given) else uuid4().hex
    return st.session_state.setdefault("viewer", known)


def remember_viewer() -> None:
    """Leaves the name with the browser, for a day; only for who has started a training."""
    name = viewer()
    if st.context.cookies.get(COOKIE) == name:
        return
    script = f"document.cookie = '{COOKIE}={name}; max-age={DAY_SECONDS}; path=/; SameSite=Lax'"
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
