"""Sentences about the claims, computed from their verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.claims.view import OUTCOMES, PAPERS, counts
from dashboard.frame.texts import joined, plain, t
from dashboard.say.standing import Standing, limit, number, quantity, weakness
from icl_core.claims import Claim


def title(claims: Sequence[Standing]) -> str:
    """'20 of 35 claims reproduced, 2 not with our models, 13 wait for a model'."""
    found = counts(claims)
    parts = [t("claims.title", reproduced=found.get("reproduced", 0), count=len(claims))]
    parts += [
        t(f"claims.count.{outcome}", count=found[outcome]) for outcome in OUTCOMES[2:] if found.get(outcome)
    ]
    return joined("phrases", parts)


def reading(claims: Sequence[Standing]) -> str:
    """Paper by paper how many are reproduced; then whatever is not, with its number."""
    shares = []
    for paper in PAPERS[1:]:
        own = [standing for standing in claims if standing.paper == paper]
        reproduced = counts(own).get("reproduced", 0)
        shares.append(t(f"claims.reading.{paper}", reproduced=reproduced, count=len(own)))
    failed = [standing for standing in claims if standing.outcome == "not_reproduced"]
    sentences = [t("claims.reading", shares=joined("phrases", shares))]
    if failed:
        named = joined("clauses", [f"{standing.claim.id} ({in_short(standing)})" for standing in failed])
        sentences.append(t("claims.reading.failed", named=named))
    return joined("sentences", sentences)


def in_short(standing: Standing) -> str:
    """'0.14 where at least 0.2 was asked', of the limit that decides."""
    part = standing.result.deciding if standing.result else None
    return t("claims.in_short", value=number(part.value), limit=limit(part.limit)) if part else ""


def undecided(standing: Standing) -> str:
    """By how far its interval is from deciding, and how many prompts would decide; Markdown."""
    part = standing.result.deciding if standing.result else None
    if part is None or standing.result is None:
        return ""
    prompts = standing.result.facts.get("prompts", 0)
    assert isinstance(prompts, int)  # of every claim that has an interval
    said = t(
        "claims.remark.undecided", prompts=f"{prompts:,}", quantity=quantity(part), reach=number(part.reach)
    )
    if not math.isfinite(part.shrinking):
        return said
    enough = f"{float(f'{prompts * part.shrinking:.2g}'):,.0f}"
    return joined("sentences", (said, t("claims.remark.more_prompts", prompts=enough)))


def remark(standing: Standing) -> str:
    """What must be said of a verdict that is not plainly 'reproduced'; Markdown, '' where nothing must."""
    weak = [weakness(standing)] if standing.weak else []
    match standing.outcome:
        case "not_reproduced":
            said = [t("claims.remark.not_reproduced", short=in_short(standing))]
            cause = [t(f"claims.cause.{standing.claim.number.lower()}")] if standing.claim.explained else []
            return joined("sentences", (*said, *cause, *weak))
        case "undecided":
            return joined("sentences", (undecided(standing), *weak))
        case "reproduced" if weak:
            return weak[0]
        case "waiting" if standing.result:
            model, positions = plain(standing.result.waits_for), standing.result.waits_positions
            if positions is None:
                return t("claims.remark.waiting", model=model)
            return t("claims.remark.positions", model=model, positions=positions)
        case "outdated":
            return t("claims.remark.outdated")
        case "unmeasured":
            return t("claims.remark.unmeasured")
    return ""


def command(claim: Claim, store: bool = False) -> str:
    """The command that measures a claim again."""
    return f"python -m icl_core claims --only {claim.id}" + " --store" * store
