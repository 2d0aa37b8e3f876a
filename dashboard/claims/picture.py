"""The claims at a glance: every limit's margin, by paper."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.texts import joined, t
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import Presentation
from dashboard.say.standing import Standing, limit, measured, quantity, short_name
from icl_core.claims import ClaimResult, Part
from icl_core.figures.claim_margins import ClaimGroup, ClaimRow, Dot, MarginLabels, claim_margins_figure

COLUMNS = (("a", "c"), ("b",))
"""Papers by column, so that both are about equally long."""


def groups(papers: Sequence[str], claims: Sequence[Standing]) -> list[ClaimGroup]:
    """The rows of one figure."""
    return [_group(paper, claims) for paper in papers]


def draw_claims(claims: Sequence[Standing], presentation: Presentation) -> None:
    """Two charts of one axis, side by side; one under the other on a phone."""
    labels = MarginLabels(t("claims.axis"), t("claims.axis.threshold"))
    drawn = [groups(papers, claims) for papers in COLUMNS]
    for place, papers, own, beside in zip(st.columns(2), COLUMNS, drawn, reversed(drawn), strict=True):
        figure = claim_margins_figure(
            own, labels, beside=beside, theme=figure_theme(presentation), compact=is_narrow()
        )
        with place:
            stem = f"icl-claims-{papers[0]}"
            draw_chart(figure, f"claims_{papers[0]}", alt=spoken(own), stem=stem, camera="hover")


def spoken(drawn: Sequence[ClaimGroup]) -> str:
    """The figure's rows in words."""
    rows = (f"{row.id} {row.name}: {row.word}" for group in drawn for row in group.rows)
    return joined("clauses", rows)


def _group(paper: str, claims: Sequence[Standing]) -> ClaimGroup:
    rows = tuple(_row(standing) for standing in claims if standing.paper == paper)
    return ClaimGroup(t(f"claims.paper.{paper}"), rows)


def _row(standing: Standing) -> ClaimRow:
    claim, result = standing.claim, standing.result
    stale = standing.outcome == "outdated"
    dots = tuple(_dot(part, result, stale) for part in result.parts) if result else ()
    outcome = t(f"claims.outcome.{standing.outcome}")
    return ClaimRow(claim.number, short_name(claim), standing.outcome, outcome, dots)


def _dot(part: Part, result: ClaimResult, stale: bool) -> Dot:
    value, first, second = (part.limit.margin(number) for number in (part.value, part.low, part.high))
    hover = f"<b>{result.id}</b> {quantity(part)}<br>{measured(part)}, {limit(part.limit)}"
    outcome = "outdated" if stale else part.verdict.key
    return Dot(value, min(first, second), max(first, second), outcome, part == result.headline, hover)
