"""Where every claim stands, with its numbers in words: stored verdicts of today's models, or of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.frame.texts import joined, plain, t
from icl_core.claims import CLAIMS, Claim, ClaimResult, Fact, Limit, Part, Verdict
from icl_core.claims.claim import Measurement
from icl_core.claims.papers import Departure, departures
from icl_core.claims.store import Stored, VerdictStore
from icl_core.library import Card, Library

ICONS = {
    Verdict.REPRODUCED: ":blue[:material/check:]",
    Verdict.NOT_REPRODUCED: ":orange[:material/close:]",
    Verdict.UNDECIDED: ":yellow[:material/question_mark:]",
}
STALE = ":gray[:material/history:]"


@dataclass(frozen=True)
class Standing:
    """A claim with its stored verdict; None where no sound one is stored.

    `weak` names the models of a current verdict that miss their own limits, `departures` says in what its
    models are not the paper's.
    """

    claim: Claim
    stored: Stored | None
    weak: tuple[str, ...] = ()
    departures: tuple[Departure, ...] = ()

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
    cards = {card.spec.hash: card for card in library.cards()}
    return [_standing(claim, stored.get(claim.id), cards) for claim in CLAIMS]


def _standing(claim: Claim, found: Stored | None, cards: Mapping[str, Card]) -> Standing:
    if found is None or not found.current:
        return Standing(claim, found)
    used = [cards[model.spec_hash] for model in found.result.models]
    weak = tuple(card.name for card in used if card.meets_limits is False)
    departing = departures(claim.paper, [card.spec for card in used]) if claim.paper else ()
    return Standing(claim, found, weak, departing)


def statement(claim: Claim) -> str:
    """What the claim says, and in which of its settings."""
    said = t(f"claims.says.{claim.number.lower()}")
    if not claim.setting:
        return said
    return t("claims.in_setting", statement=said, setting=t(f"claims.setting.{claim.setting}"))


def short_name(claim: Claim) -> str:
    """A few words for the claim, and for its setting."""
    name = t(f"claims.name.{claim.number.lower()}")
    if not claim.setting:
        return name
    short = t(f"claims.short_setting.{claim.setting}")
    return t("claims.in_setting", statement=name, setting=short)


def quantity(part: Part | Limit) -> str:
    """What is measured."""
    return t(f"claims.quantity.{part.quantity}")


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


def checks(result: ClaimResult, stale: bool = False) -> list[str]:
    """Every check of a claim, Markdown: with marks of their verdicts, which `stale` ones do not have."""
    return [
        t(
            "claims.line",
            icon=STALE if stale else ICONS[part.verdict],
            quantity=quantity(part),
            measured=plain(measured(part)),
            limit=limit(part.limit),
        )
        for part in result.parts
    ]


def setting(result: ClaimResult) -> str:
    """In what it was measured, models with their hashes included."""
    facts = [_fact(name, value) for name, value in result.facts.items()]
    if result.models:
        models = joined("names", (f"{used.name} {used.spec_hash}" for used in result.models))
        facts.append(t("claims.models", models=models))
    return " · ".join(facts)


def departing(standing: Standing) -> str:
    """In what the setting is not the paper's, and how far numbers may differ on another platform."""
    said = t("claims.no_departure")
    if standing.departures:
        named = joined("clauses", map(_departure, standing.departures))
        said = t("claims.departs", departures=named)
    tolerance = number(standing.result.tolerance) if standing.result else ""
    return joined("sentences", (said, t("claims.tolerance", tolerance=tolerance))) if tolerance else said


def _departure(departure: Departure) -> str:
    ours, paper = (
        joined("names", (f"{value:,}" for value in each)) for each in (departure.ours, departure.paper)
    )
    return t(f"claims.departure.{departure.name}", ours=ours, paper=paper)


def _fact(name: str, value: Fact) -> str:
    values = [_amount(name, each) for each in (value if isinstance(value, tuple) else (value,))]
    ends = {"first": values[0], "last": values[-1]}
    return t(f"claims.fact.{name}", value=joined("names", values), **ends)


def _amount(name: str, value: float | str) -> str:
    """Counts with their thousands apart, but a seed as it is typed; other numbers to three digits."""
    if isinstance(value, int) and name != "seed":
        return f"{value:,}"
    return number(value) if isinstance(value, float) else str(value)
