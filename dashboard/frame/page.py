"""The frame of every page: its opening, its sidebar, the words under its figure, what explains it, its end.

In a lecture's view a page shows title, figure and words alone.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from dashboard.frame import shown
from dashboard.frame.bootstrap import apply_presentation, bootstrap
from dashboard.frame.glossary import linked
from dashboard.frame.knob import press
from dashboard.frame.memory import sweep_now_and_then
from dashboard.frame.navigation import navigation
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings, UrlState
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import View
from icl_core.library import Library, default_library

V = TypeVar("V", bound=View)


def begin(page: str, start: Callable[[Library], Settings[V]]) -> tuple[UrlState[V], Library]:
    """The page's state, which is `start` where the URL is bare, and the library. Call first on every page."""
    bootstrap()
    shown.begin(page)
    library = default_library()
    state = UrlState.begin(page, start(library), library.specs())
    apply_presentation(state.presentation)
    shown.add(query=tuple(state.query().items()))
    return state, library


def sidebar(state: UrlState[Any], **groups: Callable[[], None]) -> None:
    """The pages, then each group of knobs under its name, then the way into the lecture's view.

    In a narrow window the knobs stand on the page, where the style puts them under the figure.
    """
    if state.presentation.present:
        return
    beside = not is_narrow()
    with st.sidebar:
        navigation(state)
        if beside:
            _groups(groups)
        _lecture_button(state, "present", present=True, icon=":material/slideshow:", help=t("help.present"))
    if groups and not beside:
        with st.container(key="knobs"), st.expander(t("group.knobs"), icon=":material/tune:"):
            _groups(groups)


def _groups(groups: Mapping[str, Callable[[], None]]) -> None:
    for name, draw in groups.items():
        with st.container(key=f"{name}_group"):
            draw()


def warn(notices: Iterable[str], faults: Iterable[str] = ()) -> None:
    """What of the link could not be used, and what is damaged, a sentence each."""
    for notice in notices:
        st.warning(notice)
    for fault in faults:
        st.error(fault)


def title(text: str) -> None:
    """What the page shows now, over its figure."""
    st.title(text, anchor=False)
    shown.add(title=text)


def read_aloud(sentence: str, provenance: str, more: str = "") -> None:
    """What the figure says in a sentence or two, where its numbers come from, and `more` to unfold."""
    shown.add(sentence=sentence, provenance=provenance)
    with st.container(key="reading"):
        st.markdown(sentence)
    with st.container(key="provenance"):
        st.caption(provenance)
    if more:
        with st.expander(t("section.more"), icon=":material/notes:"):
            st.markdown(more)


def explain(state: UrlState[Any], *sections: tuple[str, str]) -> None:
    """Texts to unfold: what the page shows in three sentences, then the 'detail', what to 'try', what the
    'paper' claims."""
    icons = {"detail": "notes", "try": "experiment", "paper": "article"}
    with st.expander(t("section.what"), icon=":material/help:"):
        st.markdown(linked(t(f"what.{state.page}")))
    for name, text in sections:
        with st.expander(t(f"section.{name}"), icon=f":material/{icons[name]}:"):
            st.markdown(text)


def mark(name: str, **facts: object) -> None:
    """A mark for scripts: this part of the page is drawn, and shows these."""
    data = "".join(f" data-{name}='{html.escape(str(fact))}'" for name, fact in facts.items())
    st.html(f"<div id='{name}'{data}></div>")


def end(state: UrlState[Any], **facts: object) -> None:
    """The mark 'done': the whole page is drawn."""
    mark("done", **facts)
    sweep_now_and_then()


def leave_button(state: UrlState[Any]) -> None:
    """The way out of a lecture's view."""
    with st.container(key="leave_place", width="content"):
        _lecture_button(state, "leave", present=False, icon=":material/close_fullscreen:")


def _lecture_button(state: UrlState[Any], key: str, *, present: bool, **look: Any) -> None:
    press(
        state,
        key,
        t(f"button.{key}"),
        lambda settings: replace(
            settings,
            presentation=replace(settings.presentation, present=present, lecture=None, scene=0),
        ),
        **look,
    )
