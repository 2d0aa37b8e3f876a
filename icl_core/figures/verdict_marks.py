"""One colour and one symbol for each outcome of a claim, on every figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from icl_core.figures.palette import Theme


@dataclass(frozen=True)
class VerdictMark:
    """Colours on light and on dark paper, Plotly's symbol, and the same sign as a letter."""

    light: str
    dark: str
    symbol: str
    letter: str

    def colour(self, theme: Theme) -> str:
        return self.dark if theme.dark else self.light


_MUTED = ("#5A626D", "#A3ADBA")

VERDICTS: Mapping[str, VerdictMark] = {
    "reproduced": VerdictMark("#0072B2", "#4FB0EE", "circle", "●"),
    "not_reproduced": VerdictMark("#D55E00", "#FF8A3D", "x", "✖"),
    "undecided": VerdictMark("#B37700", "#F2BE4A", "diamond", "◆"),
    "waiting": VerdictMark(*_MUTED, "circle-open", "…"),
    "outdated": VerdictMark(*_MUTED, "square-open", "□"),
    "unmeasured": VerdictMark(*_MUTED, "circle-open", "–"),
}
"""Outcomes in the order in which a summary tells them."""
