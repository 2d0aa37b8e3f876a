"""Where every claim stands: stored verdicts of today's models, of others, or none; and which are listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from dashboard.views import View
from icl_core.claims import CLAIMS, Claim, ClaimResult, Verdict
from icl_core.claims.store import Stored, VerdictStore
from icl_core.library import Library

Paper = Literal["any", "a", "b", "c"]
Outcome = Literal["any", "reproduced", "not_reproduced", "undecided", "waiting", "outdated", "unmeasured"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True)
class ClaimsView(View):
    """Which claims are listed: of one paper (c: our own), of one outcome."""

    paper: Paper = "any"
    verdict: Outcome = "any"


@dataclass(frozen=True)
class Standing:
    """A claim with its stored verdict; None where no sound one is stored."""

    claim: Claim
    stored: Stored | None

    @property
    def paper(self) -> str:
        """The letter of its id: a, b or c."""
        return self.claim.id[0].lower()

    @property
    def result(self) -> ClaimResult | None:
        return self.stored.result if self.stored else None

    @property
    def outcome(self) -> str:
        """What the stored verdict says; 'outdated' where it is of other models, and says nothing of these."""
        if self.stored is None:
            return "unmeasured"
        if not self.stored.current:
            return "outdated"
        if self.stored.result.waits_for:
            return "waiting"
        return Verdict(self.stored.result.verdict).key


def standings(library: Library) -> list[Standing]:
    """Every claim, in order. Nothing is measured."""
    stored = VerdictStore(library).read(CLAIMS)
    return [Standing(claim, stored.get(claim.id)) for claim in CLAIMS]


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
