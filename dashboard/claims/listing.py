"""The claims one by one: statement, numbers against their limits, setting, and a link that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from urllib.parse import parse_qsl

import streamlit as st

from dashboard.claims import words
from dashboard.claims.view import OUTCOMES, PAPERS, ClaimsView
from dashboard.frame.knob import Knob, Menu, draw, viewed
from dashboard.frame.texts import plain, t
from dashboard.frame.url_state import UrlState
from dashboard.say.standing import Standing, limit, measured, setting
from icl_core.claims import Claim, Part, Verdict

State = UrlState[ClaimsView]
BADGES = {
    "reproduced": ("blue", "check_circle"),
    "not_reproduced": ("orange", "cancel"),
    "undecided": ("yellow", "help"),
    "waiting": ("gray", "hourglass_empty"),
    "outdated": ("gray", "history"),
    "unmeasured": ("gray", "remove"),
}
ICONS = {
    Verdict.REPRODUCED: ":blue[:material/check:]",
    Verdict.NOT_REPRODUCED: ":orange[:material/close:]",
    Verdict.UNDECIDED: ":yellow[:material/question_mark:]",
}
STALE = ":gray[:material/history:]"
STORED_AGAIN = ("outdated", "unmeasured")
"""Outcomes that a claim leaves when it is measured again."""


def filters(state: State) -> None:
    """By paper and by outcome."""
    view = state.view
    papers = Menu(PAPERS, lambda paper: t(f"claims.paper.{paper}"))
    outcomes = Menu(OUTCOMES, lambda outcome: t(f"claims.outcome.{outcome}"))
    first, second = st.columns(2)
    with first:
        draw(state, Knob("claims_paper", t("claims.filter.paper"), papers, view.paper, viewed("paper")))
    with second:
        draw(
            state,
            Knob("claims_verdict", t("claims.filter.verdict"), outcomes, view.verdict, viewed("verdict")),
        )


def listing(state: State, claims: Sequence[Standing]) -> None:
    """The given claims, paper by paper."""
    for paper, own in groupby(claims, key=lambda standing: standing.paper):
        st.subheader(t(f"claims.paper.{paper}"), anchor=False)
        st.caption(t(f"claims.source.{paper}"))
        for standing in own:
            with st.container(border=True, gap="xsmall"):
                _entry(state, standing)


def page_file(claim: Claim) -> str:
    """The file of the page that shows the claim."""
    return "app.py" if claim.page == "/" else f"pages{claim.page}.py"


def _entry(state: State, standing: Standing) -> None:
    claim = standing.claim
    part = {"part": claim.part} if claim.part else {}
    colour, icon = BADGES[standing.outcome]
    badge = f":{colour}-badge[:material/{icon}: {t(f'claims.outcome.{standing.outcome}')}]"
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{claim.id}** &ensp; *{plain(claim.statement)}* &ensp; {badge}", width="stretch")
        st.page_link(
            page_file(claim),
            label=t("claims.open"),
            icon=":material/open_in_new:",
            query_params=_query(standing) | part | state.presentation.to_query() | {"claim": claim.id},
        )
    said = words.remark(standing)
    stale = standing.outcome == "outdated"
    lines = [_line(part, stale) for part in standing.result.parts] if standing.result else []
    if not lines:
        lines = [
            t("claims.line.bare", quantity=plain(asked.quantity), limit=limit(asked))
            for asked in claim.limits
        ]
    st.markdown("  \n".join(lines) + (f"\n\n{said}" if said else ""))
    if standing.outcome in STORED_AGAIN:
        st.code(words.command(claim, store=True), language="bash")
    where = setting(standing)
    if where:
        st.caption(plain(where))


def _line(part: Part, stale: bool) -> str:
    """One limit: the quantity, what was measured, what was asked; no mark of a verdict on other models."""
    found, asked = plain(measured(part)), limit(part.limit)
    icon = STALE if stale else ICONS[part.verdict]
    return t("claims.line", icon=icon, quantity=plain(part.quantity), measured=found, limit=asked)


def _query(standing: Standing) -> dict[str, str]:
    """The state of the page that shows the claim; the bare page where the models are others by now."""
    if standing.result is None or standing.outcome == "outdated":
        return {}
    return dict(parse_qsl(standing.result.url.partition("?")[2]))
