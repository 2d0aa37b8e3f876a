"""Where every claim stands, with its numbers in words: stored verdicts of today's models, or of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.frame.texts import joined, plain, t
from icl_core.claims import CLAIMS, Claim, ClaimResult, Limit, Part, Verdict
from icl_core.claims.claim import Measurement
from icl_core.claims.store import Stored, VerdictStore
from icl_core.library import Library


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


def measured(part: Part | Measurement) -> str:
    """'0.14 [0.12, 0.15]'; an exact number alone."""
    if part.low == part.high:
        return number(part.value)
    return f"{number(part.value)} [{number(part.low)}, {number(part.high)}]"


def number(value: float) -> str:
    """Three digits: '0.0134', '4.31e−15'."""
    digits, e, exponent = f"{value:.3g}".partition("e")
    return f"{digits}{e}{int(exponent) if e else ''}".replace("-", "−")


def limit(asked: Limit) -> str:
    """'at least 0.2'."""
    return f"{t(f'claims.side.{asked.side.name.lower()}')} {number(asked.threshold)}"


def weakness(standing: Standing) -> str:
    """That models which it was measured with miss their own limits: Markdown."""
    return t("claims.remark.weak", models=plain(joined("names", standing.weak)))


def setting(standing: Standing) -> str:
    """In what it was measured, models with their hashes included."""
    return standing.result.setting.replace("; ", " · ") if standing.result else ""
