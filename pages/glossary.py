"""The Glossary page: every term and symbol of the other pages in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import frame
from dashboard.frame.glossary import PAGE, TERMS
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings
from dashboard.frame.views import View
from icl_core.library.start import start


@dataclass(frozen=True)
class GlossaryView(View):
    """Nothing: the page has one picture of itself."""


with frame.net():
    state, _ = frame.begin(PAGE, lambda library: Settings(start(library.specs()), GlossaryView()))
    frame.sidebar(state)
    frame.warn(state.notices)

    st.title(t("page.glossary"), anchor=False)
    for term in TERMS:
        st.subheader(t(f"glossary.name.{term}"), anchor=term)
        st.markdown(t(f"glossary.text.{term}"))

    frame.end(state, terms=len(TERMS))
