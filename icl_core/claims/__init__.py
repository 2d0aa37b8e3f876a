"""The papers' claims as executable checks: each measured, held to its thresholds, and given a verdict.

A: Zhang, Frei and Bartlett (arXiv 2306.09927). B: Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871).
C: what connects the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from icl_core.claims import (
    flow,
    ideal_mixture,
    linear_contrast,
    minimum,
    one_input,
    other_mixtures,
    random_covariance,
    selection,
    shifts,
    specialists,
    task_pools,
    trained_shift,
)
from icl_core.claims.claim import (
    Claim,
    ClaimResult,
    Fact,
    Finding,
    Limit,
    Measurement,
    Part,
    Picture,
    Side,
    Verdict,
    judge,
    waiting,
)
from icl_core.claims.wanted import WaitingForModel
from icl_core.claims.workbench import PROMPTS, Workbench
from icl_core.library import Library
from icl_core.library.links import to_query
from icl_core.specs import SpecError

__all__ = [
    "CLAIMS",
    "Claim",
    "ClaimResult",
    "Fact",
    "Finding",
    "Limit",
    "Measurement",
    "Part",
    "Picture",
    "Side",
    "Verdict",
    "named",
    "run",
]

_GROUPS = (
    flow,
    minimum,
    shifts,
    random_covariance,
    trained_shift,
    specialists,
    selection,
    ideal_mixture,
    one_input,
    other_mixtures,
    linear_contrast,
    task_pools,
)


def _order(claim: Claim) -> tuple[str, int, str]:
    """A1, A2, ..., A10, ..., B1, ..., B11, B11-narrow."""
    letter, number = re.fullmatch(r"([A-Z])(\d+)", claim.number).groups()  # type: ignore[union-attr]
    return letter, int(number), claim.setting


CLAIMS: tuple[Claim, ...] = tuple(sorted((claim for group in _GROUPS for claim in group.CLAIMS), key=_order))


STEPS = (PROMPTS, 4 * PROMPTS, 16 * PROMPTS)
"""On so many prompts; on more where fewer leave a claim undecided."""


def run(
    library: Library,
    only: str | None = None,
    report: Callable[[ClaimResult], object] = lambda result: None,
    prompts: Sequence[int] = STEPS,
) -> list[ClaimResult]:
    """Measures every claim, or those whose number or id is `only`; `report` is told each result as it comes.

    A claim is measured on the first number of prompts, and on the next ones as long as it is undecided.
    Raises SpecError for an unknown id, LibraryError for a damaged model.
    """
    results = []
    benches = [Workbench(library, count) for count in prompts]
    for claim in named(only):
        results.append(_result(benches, claim))
        report(results[-1])
    return results


def named(only: str | None) -> list[Claim]:
    """All claims, or those of one number ('B11': in each of its settings) or id ('B11-narrow').

    Raises SpecError where there is none.
    """
    chosen = [claim for claim in CLAIMS if only in (None, claim.number, claim.id)]
    if not chosen:
        raise SpecError("only", only, "one of {names}", names=", ".join(claim.id for claim in CLAIMS))
    return chosen


def _result(benches: Sequence[Workbench], claim: Claim) -> ClaimResult:
    """The first verdict that is one; the last where none is."""
    result = _measured(benches[0].for_one_claim(), claim)
    for bench in benches[1:]:
        if result.verdict != Verdict.UNDECIDED:
            break
        result = _measured(bench.for_one_claim(), claim)
    return result


def _measured(bench: Workbench, claim: Claim) -> ClaimResult:
    try:
        finding = claim.measure(bench)
    except WaitingForModel as lacking:
        result = waiting(claim, lacking)
    else:
        models, view = bench.library.specs(), claim.picture.query(finding.k)
        query = to_query(finding.experiment, models) | view
        if finding.beside is not None:
            query["pin"] = urlencode(to_query(finding.beside, models) | view)
        result = judge(claim, finding, f"{claim.picture.page}?{urlencode(query)}")
    return replace(result, needs=tuple(bench.needs.values()))
