"""The Claims page: where each claim of the papers stands, with its measured number."""

from __future__ import annotations

import streamlit as st

from dashboard.bootstrap import apply_presentation, bootstrap
from dashboard.claims import words
from dashboard.claims.chart import draw_claims
from dashboard.claims.exports import exports_section
from dashboard.claims.listing import filters, listing
from dashboard.claims.view import ClaimsView, filtered, standings
from dashboard.knobs import leave_button
from dashboard.navigation import navigation
from dashboard.texts import t
from dashboard.url_state import Settings, UrlState
from icl_core.library import default_library
from icl_core.library.start import start

bootstrap()
library = default_library()
models = library.specs()
state = UrlState.begin("claims", Settings(start(models), ClaimsView()), models)
apply_presentation(state.presentation)

if not state.presentation.present:
    with st.sidebar:
        navigation(state)

for notice in state.notices:
    st.warning(notice)

claims = standings(library)
visible = filtered(claims, state.view)
st.title(words.title(claims), anchor=False)
draw_claims(claims, state.presentation)
with st.container(key="reading"):
    st.markdown(words.reading(claims))
with st.container(key="provenance"):
    st.caption(t("claims.provenance"))

if state.presentation.present:
    leave_button(state)  # type: ignore[arg-type]
else:
    filters(state)
    if not visible:
        st.info(t("claims.none"))
    listing(state, visible)
    with st.expander(t("section.what"), icon=":material/help:"):
        st.markdown(t("claims.what"))
    with st.expander(t("section.try"), icon=":material/experiment:"):
        st.markdown(t("claims.try"))
    exports_section(claims, next(iter(visible), claims[0]))

st.html(f"<div id='done' data-cfg='{state.experiment.hash}' data-listed='{len(visible)}'></div>")
