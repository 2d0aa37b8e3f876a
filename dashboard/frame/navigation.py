"""The list of pages, in groups, and the choice of the language. Links keep the experiment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard.frame.bootstrap import ROOT
from dashboard.frame.knob import Knob, Row, draw
from dashboard.frame.texts import browser_language, languages, t, translate
from dashboard.frame.url_state import Settings, UrlState


@dataclass(frozen=True)
class PageLink:
    """One page: its name in the state and in the texts, its file, what it takes from the view of another."""

    name: str
    file: str
    takes: tuple[str, ...] = ()


START = "start"
READ_OUT = ("k",)
GROUPS: dict[str, tuple[PageLink, ...]] = {
    START: (PageLink("explore", "app.py", READ_OUT), PageLink("lecture", "pages/lecture.py")),
    "linear_attention": (
        PageLink("training_dynamics", "pages/training_dynamics.py"),
        PageLink("shift_lab", "pages/shift_lab.py", READ_OUT),
    ),
    "mixtures": (
        PageLink("model_selection", "pages/model_selection.py", READ_OUT),
        PageLink("beyond_the_mixture", "pages/beyond_the_mixture.py", READ_OUT),
        PageLink("prompt_lab", "pages/prompt_lab.py"),
        PageLink("task_diversity", "pages/task_diversity.py", READ_OUT),
    ),
    "models": (
        PageLink("library", "pages/library.py"),
        PageLink("claims", "pages/claims.py"),
        PageLink("glossary", "pages/glossary.py"),
    ),
}
HEADED = ("linear_attention", "mixtures")


def navigation(state: UrlState[Any]) -> None:
    """Links to the pages that exist and the choice of the language, in the sidebar."""
    with st.container(key="navigation", gap=None):
        for group, links in GROUPS.items():
            present = [link for link in links if (ROOT / link.file).is_file()]
            if present and group in HEADED:
                st.caption(t(f"navigation.{group}"))
            with st.container(horizontal=True, gap="xsmall"):
                for link in present:
                    query = state.query_for(link.name, link.takes)
                    st.page_link(link.file, label=t(f"page.{link.name}"), query_params=query)
                if group == START:
                    language_choice(state)


def language_choice(state: UrlState[Any]) -> None:
    """Every language that has a catalogue, by its own name; nothing where there is one alone."""
    if len(languages()) == 1:
        return
    names = Row(languages(), lambda language: translate("language.name", language))
    spoken = state.presentation.lang or browser_language()
    draw(state, Knob("language_choice", t("language.label"), names, spoken, _speaking))


def _speaking(settings: Settings[Any], language: str) -> Settings[Any]:
    """The language stands in the link even where it is the browser's: other browsers read the link."""
    return replace(settings, presentation=replace(settings.presentation, lang=language))
