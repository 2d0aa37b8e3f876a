"""What title and sentence say while a figure plays: of the frame that is shown, not of the read-out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component


def follow(moments: Mapping[str, Mapping[str, str]]) -> None:
    """By the name of each frame of the page's figure what it shows: a 'sentence', and a 'title' where that
    changes too. No markup is read: what is bold on the page is plain."""
    said = {
        name: {place: text.replace("**", "") for place, text in words.items()}
        for name, words in moments.items()
    }
    with st.container(key="viewport_watch_moment"):  # which the page's style hides
        _script()(key="moment", data={"moments": said})


@st.cache_resource
def _script() -> Callable[..., Any]:
    """The script in the browser, registered once for all viewers."""
    return component("moment", js=(Path(__file__).parent / "moment.js").read_text("utf-8"))
