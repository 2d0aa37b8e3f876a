"""The claim whose link a page was opened with, as it was measured: pages show its state on fewer prompts."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.texts import joined, plain, t
from dashboard.frame.views import Presentation
from dashboard.say.standing import Standing, limit, measured, setting, standings, weakness
from icl_core.library import Library


def cited(presentation: Presentation, library: Library) -> None:
    """What the claim says, its measured number and how it came out; nothing where the link names none."""
    if presentation.claim is not None:
        found = {standing.claim.id: standing for standing in standings(library)}
        st.info(sentence(found[presentation.claim]), icon=":material/fact_check:")


def sentence(standing: Standing) -> str:
    """Markdown: 'Claim B4: *it selects.* Measured: 0.067, limit at most 0.05: **not reproduced**.'"""
    outcome = t(f"claims.outcome.{standing.outcome}")
    named = {"id": standing.claim.id, "statement": plain(standing.claim.statement), "outcome": outcome}
    part = standing.result.deciding if standing.result else None
    if part is None or standing.outcome == "outdated":
        return t("claims.cited.unmeasured", **named)
    numbers = {"value": plain(measured(part)), "limit": limit(part.limit)}
    said = t("claims.cited", **named, **numbers, setting=plain(setting(standing)))
    return joined("sentences", (said, weakness(standing))) if standing.weak else said
