"""Data of the viewer's own: a file, or the same as pasted text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

Pair = tuple[str, str]
"""One of the file, one of the text."""


def bring(labels: Pair, keys: Pair, kinds: Sequence[str], take: Callable[[bytes], None]) -> None:
    """Draws both ways; `take` is given what was brought, as the bytes of a file, before the page is redrawn.

    `keys` name the widgets in the session; `kinds` are the endings of files.
    """
    file_key, text_key = keys

    def from_file() -> None:
        file = st.session_state[file_key]
        if file is not None:
            take(file.getvalue())

    def from_text() -> None:
        text: str = st.session_state[text_key]
        if text.strip():
            take(text.encode())

    st.file_uploader(labels[0], type=list(kinds), key=file_key, on_change=from_file)
    st.text_area(labels[1], key=text_key, height=120, on_change=from_text)
