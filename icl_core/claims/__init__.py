"""The papers' claims as executable checks: each measured, held to its thresholds, and given a verdict.

A: Zhang, Frei and Bartlett (arXiv 2306.09927). B: Yadlowsky, Doshi and Tripuraneni (arXiv 2311.00871).
C: what connects the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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
    Finding,
    Limit,
    Measurement,
    Part,
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
    "Finding",
    "Limit",
    "Measurement",
    "Part",
    "Side",
    "Verdict",
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


def _order(claim: Claim) -> tuple[str, int]:
    """A1, A2, ..., A10, ..., B1."""
    letter, number = re.fullmatch(r"([A-Z])(\d+)", claim.id).groups()  # type: ignore[union-attr]
    return letter, int(number)


CLAIMS: tuple[Claim, ...] = tuple(sorted((claim for group in _GROUPS for claim in group.CLAIMS), key=_order))


def run(
    library: Library,
    only: str | None = None,
    report: Callable[[ClaimResult], object] = lambda result: None,
    prompts: int = PROMPTS,
) -> list[ClaimResult]:
    """Measures every claim, or the one whose id is `only`; `report` is told each result as it comes.

    Raises SpecError for an unknown id, LibraryError for a damaged model.
    """
    chosen = [claim for claim in CLAIMS if only in (None, claim.id)]
    if not chosen:
        raise SpecError("only", only, f"one of {', '.join(claim.id for claim in CLAIMS)}")
    bench = Workbench(library, prompts)
    results = []
    for claim in chosen:
        results.append(_result(bench.for_one_claim(), claim))
        report(results[-1])
    return results


def _result(bench: Workbench, claim: Claim) -> ClaimResult:
    try:
        finding = claim.measure(bench)
    except WaitingForModel as error:
        result = waiting(claim, str(error))
    else:
        query = urlencode(to_query(finding.experiment, bench.library.specs()))
        result = judge(claim, finding, f"{claim.page}?{query}" if query else claim.page)
    return replace(result, needs=tuple(bench.needs.values()))
