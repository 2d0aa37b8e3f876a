"""The claim whose link a page was opened with, as it was measured: pages show its state on fewer prompts."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.texts import joined, plain, t
from dashboard.frame.views import Presentation
from dashboard.say.standing import (
    Standing,
    checks,
    departing,
    limit,
    measured,
    quantity,
    setting,
    standings,
    statement,
    weakness,
)
from icl_core.library import Library


def cited(presentation: Presentation, library: Library) -> None:
    """What the claim says, the check that carries it, and how it came out; nothing where the link names none.

    Its other checks and its setting unfold.
    """
    if presentation.claim is None:
        return
    found = {standing.claim.id: standing for standing in standings(library)}
    standing = found[presentation.claim]
    st.info(sentence(standing), icon=":material/fact_check:")
    if not presentation.present:
        details(standing)


def details(standing: Standing) -> None:
    """Every check, the setting, and in what it departs from the paper's; nothing without a verdict."""
    result = standing.result
    if result is None or not result.parts:
        return
    count = len(result.parts)
    name = t("claims.checks.one") if count == 1 else t("claims.checks", count=count)
    with st.expander(name, icon=":material/checklist:"):
        written_out(standing)


def written_out(standing: Standing) -> None:
    """The same without a fold."""
    result = standing.result
    if result is None or not result.parts:
        return
    if len(result.parts) > 1:
        st.markdown("  \n".join(checks(result, stale=standing.outcome == "outdated")))
    st.caption(plain(setting(result)))
    st.caption(departing(standing))


def sentence(standing: Standing) -> str:
    """Markdown: 'Claim B4: *it selects.* Largest cost: **0.067**, limit at most 0.05: **not reproduced**.'"""
    claim, result = standing.claim, standing.result
    outcome = t(f"claims.outcome.{standing.outcome}")
    named = {"id": claim.id, "statement": plain(statement(claim)), "outcome": outcome}
    part = result.headline if result else None
    if part is None or standing.outcome == "outdated":
        return t("claims.cited.unmeasured", **named)
    check = {"quantity": quantity(part), "value": plain(measured(part)), "limit": limit(part.limit)}
    said = t("claims.cited", **named, **check)
    return joined("sentences", (said, weakness(standing))) if standing.weak else said
