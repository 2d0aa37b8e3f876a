"""Where every claim stands: stored verdicts of today's models, of others, or none; and which are listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from dashboard.frame.views import View
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
    """A claim with its stored verdict; None where no sound one is stored.

    `weak` names the models of a current verdict that miss their own limits.
    """

    claim: Claim
    stored: Stored | None
    weak: tuple[str, ...] = ()

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
    missing = {card.spec.hash: card.name for card in library.cards() if card.meets_limits is False}
    return [
        Standing(claim, found, _weak(found, missing))
        for claim, found in ((claim, stored.get(claim.id)) for claim in CLAIMS)
    ]


def _weak(found: Stored | None, missing: Mapping[str, str]) -> tuple[str, ...]:
    if found is None or not found.current:
        return ()
    return tuple(missing[used.spec_hash] for used in found.result.models if used.spec_hash in missing)


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
