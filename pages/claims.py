"""The Claims page: where each claim of the papers stands, with its measured number."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.claims import words
from dashboard.claims.code import take_away
from dashboard.claims.listing import filters, listing
from dashboard.claims.picture import draw_claims
from dashboard.claims.view import ClaimsView, filtered
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings
from dashboard.lecture.stage import stage
from dashboard.say.cited import cited
from dashboard.say.standing import standings
from icl_core.library.start import start

with frame.net():
    state, library = frame.begin("claims", lambda library: Settings(start(library.specs()), ClaimsView()))
    cited(state.presentation, library)
    frame.sidebar(state)
    frame.warn(state.notices)

    claims = standings(library)
    visible = filtered(claims, state.view)
    frame.title(words.title(claims))
    with frame.figure_place(state.presentation.present):
        draw_claims(claims, state.presentation)
    stage(state)
    frame.read_aloud(words.reading(claims), t("claims.provenance"))

    if not state.presentation.present:
        filters(state)
        if not visible:
            st.info(t("claims.none"))
        listing(state, visible)
        frame.explain(state, ("detail", t("claims.what")), ("try", t("claims.try")))
        take_away(claims, next(iter(visible), claims[0]))

    frame.end(state, cfg=state.experiment.hash, listed=len(visible))
