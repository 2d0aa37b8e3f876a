"""What a claim is: what is measured of it, the limits that the measurement is held to, where it is drawn.

Claims, quantities and facts are named by keys; whoever shows them has the words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from icl_core.claims.papers import PaperSetting
from icl_core.claims.wanted import Need, Used, WaitingForModel
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
    """One inequality of a claim. `quantity` is a key: several claims share some of them."""

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


EXACT_TOLERANCE = 1e-6  # of sums in float64
NETWORK_TOLERANCE = 1e-3  # of means over predictions of networks, which compute in float32

Fact = int | float | str | tuple[int | float, ...]


@dataclass(frozen=True)
class Finding:
    """One measurement for each limit of a claim, and a state that shows it.

    `facts` are the setting, and numbers that stand beside the measured ones, by key. The state's pictures are
    read at `k` pairs; None where theirs have no such place. What the claim compares it with, where that is
    another model, stands `beside` it: as the faint curves that a page can pin.
    """

    measurements: tuple[Measurement, ...]
    facts: Mapping[str, Fact]
    experiment: Experiment
    k: int | None = None
    beside: Experiment | None = None


@dataclass(frozen=True)
class Picture:
    """Where a claim's quantity is drawn: a page, the lines that carry it, and the page's own view.

    `lines` go by the names that the page's figures have for them.
    """

    page: str
    lines: tuple[str, ...]
    view: Mapping[str, str] = field(default_factory=dict)

    def query(self, k: int | None) -> dict[str, str]:
        """The view as URL parameters, read at k; with the lines, where the page can be told which to draw."""
        at = {} if k is None else {"k": str(k)}
        show = {"show": " ".join(self.lines)} if self.page in CHOOSING else {}
        return {**self.view, **at, **show}


CHOOSING = ("/", "/beyond_the_mixture")
"""Pages whose links say which lines are drawn."""


@dataclass(frozen=True)
class Claim:
    """A statement that can come out either way. It holds only where all its limits do; the first carries it.

    `setting` tells it apart where its number is measured in several: 'B11' is broad, 'B11-narrow' is narrow.
    `paper` is the published setting, None where ours is the theorem's own. `explained`: there is a known
    cause for its missing with the models that ship.
    """

    id: str
    limits: tuple[Limit, ...]
    measure: Callable[[Workbench], Finding]
    picture: Picture
    paper: PaperSetting | None = None
    explained: bool = False
    setting: str = ""

    @property
    def number(self) -> str:
        """Its id without the setting."""
        return self.id.partition("-")[0]

    @property
    def statistic(self) -> str:
        """What is measured, with the thresholds, in keys; a verdict on another one is of another claim."""
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

    @property
    def measurement(self) -> Measurement:
        return Measurement(self.value, self.low, self.high)

    @property
    def weight(self) -> tuple[int, float]:
        """The smaller, the worse off: by its verdict, then by how far its interval keeps from the limit."""
        return list(Verdict).index(self.verdict), self.limit.slack(self.measurement)

    @property
    def reach(self) -> float:
        """How far the interval lies on the other side of the threshold than the value does; 0 if decided."""
        if self.verdict is not Verdict.UNDECIDED:
            return 0.0
        over = self.threshold - self.low if self.value >= self.threshold else self.high - self.threshold
        return max(over, 0.0)

    @property
    def shrinking(self) -> float:
        """By which factor more prompts would narrow the interval off the threshold, were the value the truth.

        An interval's width falls with the root of their number; infinite where the value is the threshold.
        """
        gap = abs(self.value - self.threshold)
        return (1 + self.reach / gap) ** 2 if gap else math.inf


@dataclass(frozen=True)
class ClaimResult:
    """A claim's outcome; no parts where the library lacks the model named `waits_for`.

    Where that model is there, and has too few positions, `waits_positions` says how many it would need.
    `needs` are the models that it was measured with, or waits for.
    """

    id: str
    statistic: str
    parts: tuple[Part, ...]
    facts: Mapping[str, Fact]
    url: str
    needs: tuple[Need, ...] = ()
    waits_for: str = ""
    waits_positions: int | None = None

    @property
    def deciding(self) -> Part | None:
        """The limit that is worst off; None where the claim waits."""
        return min(self.parts, key=lambda part: part.weight, default=None)

    @property
    def headline(self) -> Part | None:
        """The limit to speak of: the one that carries the claim where that holds, else the one that fails."""
        deciding = self.deciding
        held = deciding is not None and deciding.verdict is Verdict.REPRODUCED
        return self.parts[0] if held else deciding

    @property
    def verdict(self) -> str:
        """The verdict of the limit that decides, or what the claim waits for."""
        if self.deciding is not None:
            return str(self.deciding.verdict)
        positions = f" with positions for {self.waits_positions} points" if self.waits_positions else ""
        return f"waiting for {self.waits_for}{positions}"

    @property
    def models(self) -> tuple[Used, ...]:
        """The models that it was measured with, each once."""
        return tuple(dict.fromkeys(used for need in self.needs for used in need.models))

    @property
    def tolerance(self) -> float:
        """How far its numbers may lie from these on another platform, relative to their size."""
        return NETWORK_TOLERANCE if self.models else EXACT_TOLERANCE

    @property
    def setting(self) -> str:
        """One line of plain data: the facts, and the models with their hashes."""
        facts = {name: _plain(value) for name, value in self.facts.items()}
        if self.models:
            facts["models"] = ", ".join(f"{used.name} {used.spec_hash}" for used in self.models)
        return "; ".join(f"{name}={value}" for name, value in facts.items())

    def is_of(self, cards: Sequence[Card]) -> bool:
        """Whether a library with these cards would give it the same models again."""
        return all(need.gets_the_same(cards) for need in self.needs)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; with those of the limit that decides, null where the claim waits."""
        names = ("value", "low", "high", "side", "threshold")
        decides = {name: getattr(self.deciding, name, None) for name in names}
        kept = {
            "parts": [asdict(part) for part in self.parts],
            "facts": {name: list(v) if isinstance(v, tuple) else v for name, v in self.facts.items()},
            "needs": [need.to_dict() for need in self.needs],
        }
        return {"id": self.id, "verdict": self.verdict, **decides, **vars(self), **kept}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_dict`. Raises KeyError, TypeError or ValueError for anything else."""
        parts = tuple(
            Part(**{**part, "side": Side(part["side"]), "verdict": Verdict(part["verdict"])})
            for part in data["parts"]
        )
        facts = {name: tuple(v) if isinstance(v, list) else v for name, v in data["facts"].items()}
        needs = tuple(Need.from_dict(need) for need in data["needs"])
        own = {each.name: data[each.name] for each in fields(cls)}
        return cls(**{**own, "parts": parts, "facts": facts, "needs": needs})


def judge(claim: Claim, finding: Finding, url: str) -> ClaimResult:
    """The outcome of a measured claim."""
    parts = tuple(
        Part(
            limit.quantity,
            limit.side,
            limit.threshold,
            *(measured.value, measured.low, measured.high),
            limit.verdict(measured),
        )
        for limit, measured in zip(claim.limits, finding.measurements, strict=True)
    )
    return ClaimResult(claim.id, claim.statistic, parts, finding.facts, url)


def waiting(claim: Claim, lacking: WaitingForModel) -> ClaimResult:
    """The outcome of a claim whose model the library lacks."""
    return ClaimResult(
        claim.id,
        claim.statistic,
        (),
        {},
        claim.picture.page,
        waits_for=lacking.name,
        waits_positions=lacking.positions,
    )


def _plain(value: Fact) -> str:
    """'0.3', '1, 2, 4'."""
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
