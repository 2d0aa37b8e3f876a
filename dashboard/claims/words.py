"""Sentences about the claims, computed from their verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.claims.view import OUTCOMES, PAPERS, counts
from dashboard.frame.texts import joined, plain, t
from dashboard.say.standing import Standing, limit, number, weakness
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


def remark(standing: Standing) -> str:
    """What must be said of a verdict that is not plainly 'reproduced'; Markdown, '' where nothing must."""
    weak = [weakness(standing)] if standing.weak else []
    match standing.outcome:
        case "not_reproduced":
            said = t("claims.remark.not_reproduced", short=in_short(standing))
            return joined("sentences", (said, *weak))
        case "undecided":
            return joined("sentences", (t("claims.remark.undecided"), *weak))
        case "reproduced" if weak:
            return weak[0]
        case "waiting" if standing.result:
            return t("claims.remark.waiting", model=plain(standing.result.waits_for))
        case "outdated":
            return t("claims.remark.outdated")
        case "unmeasured":
            return t("claims.remark.unmeasured")
    return ""


def command(claim: Claim, store: bool = False) -> str:
    """The command that measures a claim again."""
    return f"python -m icl_core claims --only {claim.id}" + " --store" * store
