"""The verdicts to take away, and the command that measures a claim again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from dashboard.claims.words import command
from dashboard.frame import exports
from dashboard.frame.exports import Download, csv_text
from dashboard.frame.texts import joined, t
from dashboard.say.standing import Standing, limit, quantity, statement
from icl_core.claims import Claim

STEM = "icl-claims"
HEAD = (
    "id",
    "outcome",
    "statement",
    "quantity",
    "value",
    "low",
    "high",
    "side",
    "threshold",
    "verdict",
    "setting",
    "models",
    "url",
)


def verdicts_json(claims: Sequence[Standing]) -> str:
    """The stored verdicts, each with what it is worth today as `outcome` and with the page's words for it.

    A claim without a stored verdict has its statement and statistic alone.
    """
    found = []
    for standing in claims:
        claim = standing.claim
        stored = standing.result.to_dict() if standing.result else {}
        known = {"statement": statement(claim), "statistic": _statistic(claim)}
        found.append({"id": claim.id, **stored, **known, "outcome": standing.outcome})
    return json.dumps({"claims": found}, indent=1, allow_nan=False) + "\n"


def verdicts_csv(claims: Sequence[Standing]) -> str:
    """A row for each limit; one without numbers for a claim that has none."""
    return csv_text(HEAD, (row for standing in claims for row in _rows(standing)))


def _rows(standing: Standing) -> Iterator[list[object]]:
    claim, result = standing.claim, standing.result
    first = [claim.id, standing.outcome, statement(claim)]
    if result is None or not result.parts:
        waits = result.verdict if result else ""
        yield [*first, _statistic(claim), *[""] * 5, waits, "", "", claim.picture.page]
        return
    models = " ".join(f"{used.name}:{used.spec_hash}" for used in result.models)
    for part in result.parts:
        numbers = [quantity(part), part.value, part.low, part.high, part.side, part.threshold]
        yield [*first, *numbers, part.verdict, result.setting, models, result.url]


def _statistic(claim: Claim) -> str:
    """All checks with their limits."""
    checks = (t("claims.line.bare", quantity=quantity(asked), limit=limit(asked)) for asked in claim.limits)
    return joined("clauses", checks)


def take_away(claims: Sequence[Standing], shown: Standing) -> None:
    """JSON, CSV, and the command for `shown`."""
    exports.take_away(
        [
            Download("json", lambda: verdicts_json(claims), f"{STEM}.json"),
            Download("csv", lambda: verdicts_csv(claims), f"{STEM}.csv"),
        ],
        commands={
            t("claims.command"): command(shown.claim),
            t("claims.command.all"): "python -m icl_core claims --store",
        },
    )
