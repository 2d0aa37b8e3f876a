"""What a claim is: a statement, what is measured of it, and the limits that the measurement is held to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from icl_core.claims.wanted import Need, Used
from icl_core.evaluation import Estimate
from icl_core.library import Card
from icl_core.specs import Experiment

if TYPE_CHECKING:
    from icl_core.claims.workbench import Workbench


class Side(StrEnum):
    """On which side of its threshold a quantity should lie."""

    AT_MOST = "at most"
    AT_LEAST = "at least"
    ABOVE = "above"


class Verdict(StrEnum):
    """What a measurement says of a claim. In order of weight: the first one among its limits decides."""

    NOT_REPRODUCED = "not reproduced"
    UNDECIDED = "undecided"
    REPRODUCED = "reproduced"

    @property
    def key(self) -> str:
        """Its name in catalogues, styles and links."""
        return self.name.lower()


@dataclass(frozen=True)
class Measurement:
    """A measured quantity with its 90% interval, which an exact one is itself. Raises ValueError for NaN."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if any(map(math.isnan, (self.value, self.low, self.high))):
            raise ValueError(f"A measurement has to be a number, but this one is {self}.")

    @classmethod
    def of(cls, estimate: Estimate) -> Self:
        """An estimate of one entry. Raises ValueError for more."""
        if len(estimate.mean) != 1:
            raise ValueError(f"a measurement is one number, but the estimate has {len(estimate.mean)}.")
        low, high = estimate.interval()
        return cls(float(estimate.mean[0]), float(low[0]), float(high[0]))

    @classmethod
    def exact(cls, value: float) -> Self:
        """A number that no sampling went into, or whose sampling error the quantity itself accounts for."""
        return cls(float(value), float(value), float(value))


@dataclass(frozen=True)
class Limit:
    """One inequality of a claim."""

    quantity: str
    side: Side
    threshold: float

    def __str__(self) -> str:
        return f"{self.quantity} {self.side} {self.threshold:g}"

    def verdict(self, measured: Measurement) -> Verdict:
        """Reproduced if the interval lies wholly on the claim's side, not if wholly on the other."""
        keeps = (self._keeps(measured.low), self._keeps(measured.high))
        if all(keeps):
            return Verdict.REPRODUCED
        return Verdict.UNDECIDED if any(keeps) else Verdict.NOT_REPRODUCED

    def slack(self, measured: Measurement) -> float:
        """How far the whole interval lies on the claim's side, in units of the threshold (of 1 for 0)."""
        return min(self.margin(measured.low), self.margin(measured.high))

    def margin(self, value: float) -> float:
        """How far a value lies on the claim's side, in units of the threshold (of 1 for 0)."""
        beyond = (value - self.threshold) / (abs(self.threshold) or 1.0)
        return -beyond if self.side is Side.AT_MOST else beyond

    def _keeps(self, value: float) -> bool:
        match self.side:
            case Side.AT_MOST:
                return value <= self.threshold
            case Side.AT_LEAST:
                return value >= self.threshold
            case Side.ABOVE:
                return value > self.threshold


def at_most(quantity: str, threshold: float) -> Limit:
    return Limit(quantity, Side.AT_MOST, threshold)


def at_least(quantity: str, threshold: float) -> Limit:
    return Limit(quantity, Side.AT_LEAST, threshold)


def above(quantity: str, threshold: float) -> Limit:
    return Limit(quantity, Side.ABOVE, threshold)


@dataclass(frozen=True)
class Finding:
    """One measurement for each limit of a claim, the setting in one line, and a state that shows it."""

    measurements: tuple[Measurement, ...]
    setting: str
    experiment: Experiment


@dataclass(frozen=True)
class Claim:
    """A statement of one of the papers that can come out either way.

    It holds only where all its limits do. `page` is the dashboard's page that shows it, `part`
    which of its pictures where it has several.
    """

    id: str
    statement: str
    limits: tuple[Limit, ...]
    measure: Callable[[Workbench], Finding]
    page: str
    part: str = ""

    @property
    def statistic(self) -> str:
        """What is measured, with the thresholds."""
        return "; ".join(map(str, self.limits))


@dataclass(frozen=True)
class Part:
    """One limit of a claim as measured."""

    quantity: str
    side: Side
    threshold: float
    value: float
    low: float
    high: float
    verdict: Verdict

    @property
    def limit(self) -> Limit:
        return Limit(self.quantity, self.side, self.threshold)

    def __str__(self) -> str:
        interval = f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"
        return f"{interval}, {self.side} {self.threshold:g}: {self.quantity}"


@dataclass(frozen=True)
class ClaimResult:
    """A claim's outcome. `value`, `low`, `high`, `side` and `threshold` are those of the limit that decides.

    Where the library lacks a model, `waits_for` names it, `verdict` says so and the numbers are None.
    `needs` are the models that it was measured with, or waits for.
    """

    id: str
    statement: str
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    side: Side
    threshold: float
    verdict: str
    setting: str
    url: str
    parts: tuple[Part, ...] = ()
    needs: tuple[Need, ...] = ()
    waits_for: str = ""

    @property
    def deciding(self) -> Part | None:
        """The limit that decides; None where the claim waits."""
        chosen = (self.side, self.threshold, self.value, self.low, self.high)
        same = (
            part
            for part in self.parts
            if (part.side, part.threshold, part.value, part.low, part.high) == chosen
        )
        return next(same, None)

    @property
    def models(self) -> tuple[Used, ...]:
        """The models that it was measured with, each once."""
        return tuple(dict.fromkeys(used for need in self.needs for used in need.models))

    def is_of(self, cards: Sequence[Card]) -> bool:
        """Whether a library with these cards would give it the same models again."""
        return all(need.gets_the_same(cards) for need in self.needs)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        parts = [asdict(part) for part in self.parts]
        return vars(self) | {"parts": parts, "needs": [need.to_dict() for need in self.needs]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`. Raises KeyError, TypeError or ValueError for anything else."""
        parts = tuple(
            Part(**{**part, "side": Side(part["side"]), "verdict": Verdict(part["verdict"])})
            for part in data["parts"]
        )
        needs = tuple(Need.from_dict(need) for need in data["needs"])
        return cls(**{**data, "side": Side(data["side"]), "parts": parts, "needs": needs})


def judge(claim: Claim, finding: Finding, url: str) -> ClaimResult:
    """The outcome of a measured claim: the limit that is worst off decides."""
    judged = [
        (limit.verdict(measured), limit.slack(measured), limit, measured)
        for limit, measured in zip(claim.limits, finding.measurements, strict=True)
    ]
    weight = list(Verdict)
    verdict, _, limit, measured = min(judged, key=lambda entry: (weight.index(entry[0]), entry[1]))
    parts = tuple(
        Part(each.quantity, each.side, each.threshold, *_numbers(found), outcome)
        for outcome, _, each, found in judged
    )
    return ClaimResult(
        claim.id,
        claim.statement,
        claim.statistic,
        *_numbers(measured),
        limit.side,
        limit.threshold,
        str(verdict),
        finding.setting,
        url,
        parts,
    )


def waiting(claim: Claim, model: str) -> ClaimResult:
    """The outcome of a claim whose model the library lacks."""
    limit = claim.limits[0]
    return ClaimResult(
        claim.id,
        claim.statement,
        claim.statistic,
        *(None, None, None),
        limit.side,
        limit.threshold,
        f"waiting for {model}",
        "",
        claim.page,
        waits_for=model,
    )


def _numbers(measured: Measurement) -> tuple[float, float, float]:
    return measured.value, measured.low, measured.high
