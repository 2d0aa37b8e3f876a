"""The claims one by one: statement, numbers against their limits, setting, and a link that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from urllib.parse import parse_qsl

import streamlit as st

from dashboard.claims import words
from dashboard.claims.view import OUTCOMES, PAPERS, ClaimsView
from dashboard.frame.knob import Knob, Menu, draw, viewed
from dashboard.frame.texts import plain, t
from dashboard.frame.url_state import UrlState
from dashboard.frame.viewport import is_narrow
from dashboard.say.cited import details, written_out
from dashboard.say.standing import Standing, checks, limit, quantity, short_name, statement
from icl_core.claims import Claim

State = UrlState[ClaimsView]
BADGES = {
    "reproduced": ("blue", "check_circle"),
    "not_reproduced": ("orange", "cancel"),
    "undecided": ("yellow", "help"),
    "waiting": ("gray", "hourglass_empty"),
    "outdated": ("gray", "history"),
    "unmeasured": ("gray", "remove"),
}
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
    """The given claims, paper by paper; on a phone a paper is folded, and within it every claim."""
    for paper, found in groupby(claims, key=lambda standing: standing.paper):
        own = list(found)
        if is_narrow():
            reproduced = sum(standing.outcome == "reproduced" for standing in own)
            name = t(f"claims.paper.{paper}")
            with st.expander(t("claims.group", name=name, reproduced=reproduced, count=len(own))):
                st.caption(t(f"claims.source.{paper}"))
                for standing in own:
                    _folded(state, standing)
        else:
            st.subheader(t(f"claims.paper.{paper}"), anchor=False)
            st.caption(t(f"claims.source.{paper}"))
            for _, settings in groupby(own, key=lambda standing: standing.claim.number):
                _cards(state, list(settings))


def page_file(claim: Claim) -> str:
    """The file of the page that shows the claim."""
    page = claim.picture.page
    return "app.py" if page == "/" else f"pages{page}.py"


def _cards(state: State, settings: Sequence[Standing]) -> None:
    """The settings of one claim side by side."""
    for place, standing in zip(st.columns(len(settings)), settings, strict=True):
        with place, st.container(border=True, gap="xsmall", height="stretch"):
            _card(state, standing)


def _card(state: State, standing: Standing) -> None:
    claim = standing.claim
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        said = f"**{claim.id}** &ensp; *{plain(statement(claim))}* &ensp; {_badge(standing)}"
        st.markdown(said, width="stretch")
        _link(state, standing)
    _findings(standing)
    details(standing)


def _folded(state: State, standing: Standing) -> None:
    colour, icon = BADGES[standing.outcome]
    line = f":{colour}[:material/{icon}:] **{standing.claim.id}** {plain(short_name(standing.claim))}"
    with st.expander(line, key=f"claim_{standing.claim.id}"):
        st.markdown(f"*{plain(statement(standing.claim))}* {_badge(standing)}")
        _findings(standing)
        written_out(standing)
        _link(state, standing)


def _badge(standing: Standing) -> str:
    colour, icon = BADGES[standing.outcome]
    return f":{colour}-badge[:material/{icon}: {t(f'claims.outcome.{standing.outcome}')}]"


def _link(state: State, standing: Standing) -> None:
    """To the page that shows the claim, which then cites it."""
    st.page_link(
        page_file(standing.claim),
        label=t("claims.open"),
        icon=":material/open_in_new:",
        query_params=_query(standing) | state.presentation.to_query() | {"claim": standing.claim.id},
    )


def _findings(standing: Standing) -> None:
    """The check to speak of, or what was to be checked; what must be said of it; how to measure it again."""
    claim, result = standing.claim, standing.result
    part = result.headline if result else None
    if result is not None and part is not None:
        line = checks(replace(result, parts=(part,)), stale=standing.outcome == "outdated")
    else:
        line = [t("claims.line.bare", quantity=quantity(asked), limit=limit(asked)) for asked in claim.limits]
    said = words.remark(standing)
    st.markdown("  \n".join(line) + (f"\n\n{said}" if said else ""))
    if standing.outcome in STORED_AGAIN:
        st.code(words.command(claim, store=True), language="bash")


def _query(standing: Standing) -> dict[str, str]:
    """The state of the page that shows the claim; its view alone where the models are others by now."""
    if standing.result is None or standing.outcome == "outdated":
        return standing.claim.picture.query(None)
    return dict(parse_qsl(standing.result.url.partition("?")[2]))
