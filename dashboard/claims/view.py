"""Which claims are listed: filters in the URL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from dashboard.frame.views import View
from dashboard.say.standing import Standing

Paper = Literal["any", "a", "b", "c"]
Outcome = Literal["any", "reproduced", "not_reproduced", "undecided", "waiting", "outdated", "unmeasured"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True)
class ClaimsView(View):
    """Which claims are listed: of one paper (c: our own), of one outcome."""

    paper: Paper = "any"
    verdict: Outcome = "any"


def counts(claims: Sequence[Standing]) -> Mapping[str, int]:
    """How many claims there are of each outcome."""
    return Counter(standing.outcome for standing in claims)


def filtered(claims: Sequence[Standing], view: ClaimsView) -> list[Standing]:
    """The claims that pass both filters."""
    return [
        standing
        for standing in claims
        if view.paper in ("any", standing.paper) and view.verdict in ("any", standing.outcome)
    ]
