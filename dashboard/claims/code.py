"""The verdicts to take away, and the command that measures a claim again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from dashboard.claims.words import command
from dashboard.frame import exports
from dashboard.frame.exports import Download, csv_text
from dashboard.frame.texts import t
from dashboard.say.standing import Standing

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
    """What `python -m icl_core claims --json` prints, with what each verdict is worth today as `outcome`.

    A claim without a stored verdict has its statement and statistic alone.
    """
    found = []
    for standing in claims:
        claim = standing.claim
        known = {"id": claim.id, "statement": claim.statement, "statistic": claim.statistic}
        stored = standing.result.to_dict() if standing.result else {}
        found.append({**known, **stored, "outcome": standing.outcome})
    return json.dumps({"claims": found}, indent=1, allow_nan=False) + "\n"


def verdicts_csv(claims: Sequence[Standing]) -> str:
    """A row for each limit; one without numbers for a claim that has none."""
    return csv_text(HEAD, (row for standing in claims for row in _rows(standing)))


def _rows(standing: Standing) -> Iterator[list[object]]:
    claim, result = standing.claim, standing.result
    first = [claim.id, standing.outcome, claim.statement]
    if result is None or not result.parts:
        waits = result.verdict if result else ""
        yield [*first, claim.statistic, *[""] * 5, waits, "", "", claim.page]
        return
    models = " ".join(f"{used.name}:{used.spec_hash}" for used in result.models)
    for part in result.parts:
        numbers = [part.quantity, part.value, part.low, part.high, part.side, part.threshold]
        yield [*first, *numbers, part.verdict, result.setting, models, result.url]


def take_away(claims: Sequence[Standing], shown: Standing) -> None:
    """JSON, CSV, and the command for `shown`."""
    exports.take_away(
        [
            Download("json", verdicts_json(claims), f"{STEM}.json"),
            Download("csv", verdicts_csv(claims), f"{STEM}.csv"),
        ],
        commands={
            t("claims.command"): command(shown.claim),
            t("claims.command.all"): "python -m icl_core claims --store",
        },
    )
