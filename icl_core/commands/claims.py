"""claims: the papers' claims and our own, measured."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from tqdm import tqdm

from icl_core.claims import CLAIMS, ClaimResult, Part, named
from icl_core.claims import run as measure
from icl_core.claims.store import VerdictStore
from icl_core.commands.answer import Answer
from icl_core.commands.claim_words import QUANTITIES, statement, statistic
from icl_core.library import Library

NAME, ABOUT = "claims", "measure the papers' claims and our own, with verdicts"
BY_ID = {claim.id: claim for claim in CLAIMS}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--only",
        metavar="ID",
        help="only this claim, A1 to A15, B1 to B17 or C1 to C5: in all its settings, or B11-narrow in one",
    )
    parser.add_argument(
        "--store",
        action="store_true",
        help="keep the verdicts for the Claims page: beside the shipped models, or beside your own where a "
        "claim was measured with one of them",
    )


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises SpecError for an unknown id, OSError where a verdict cannot be stored."""
    store = VerdictStore(library)
    with tqdm(total=len(named(chosen.only)), unit="claim", disable=None) as bar:

        def report(result: ClaimResult) -> None:
            if chosen.store:
                store.write(result)
            bar.update()

        results = measure(library, chosen.only, report)
    return Answer({"claims": [_entry(result) for result in results]}, "\n".join(map(_lines, results)))


def _entry(result: ClaimResult) -> dict[str, Any]:
    """A verdict for machines, with the claim and its quantities in words."""
    claim = BY_ID[result.id]
    words = {"statement": statement(claim), "statistic": statistic(claim), "setting": result.setting}
    return {"id": result.id, **words} | result.to_dict() | words


def _lines(result: ClaimResult) -> str:
    head = f"{result.id:4} {result.verdict:16} {statement(BY_ID[result.id])}"
    return "\n".join([head, *(f"     {_line(part)}" for part in result.parts)])


def _line(part: Part) -> str:
    """A quantity as measured; of an undecided one how far its interval is from deciding."""
    interval = f"{part.value:.4g} [{part.low:.4g}, {part.high:.4g}]"
    said = f"{interval}, {part.side} {part.threshold:g}: {QUANTITIES[part.quantity]}"
    return f"{said}; undecided by {part.reach:.2g}" if part.reach else said
