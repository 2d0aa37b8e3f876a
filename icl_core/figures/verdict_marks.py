"""One colour and one symbol for each outcome of a claim, on every figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from icl_core.figures.palette import AMBER, BLUE, GREY, ORANGE, Hue, Theme


@dataclass(frozen=True)
class VerdictMark:
    """Its hue, Plotly's symbol, and the same sign as a letter."""

    hue: Hue
    symbol: str
    letter: str

    def colour(self, theme: Theme) -> str:
        return self.hue.on(theme)


VERDICTS: Mapping[str, VerdictMark] = {
    "reproduced": VerdictMark(BLUE, "circle", "●"),
    "not_reproduced": VerdictMark(ORANGE, "x", "✖"),
    "undecided": VerdictMark(AMBER, "diamond", "◆"),
    "waiting": VerdictMark(GREY, "circle-open", "…"),
    "outdated": VerdictMark(GREY, "square-open", "□"),
    "unmeasured": VerdictMark(GREY, "circle-open", "–"),
}
"""Outcomes in the order in which a summary tells them."""
