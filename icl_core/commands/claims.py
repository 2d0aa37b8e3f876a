"""claims: the papers' claims and three of our own, measured."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from tqdm import tqdm

from icl_core.claims import CLAIMS, ClaimResult
from icl_core.claims import run as measure
from icl_core.claims.store import VerdictStore
from icl_core.commands.answer import Answer
from icl_core.library import Library

NAME, ABOUT = "claims", "measure the papers' claims and three of our own, with verdicts"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--only", metavar="ID", help="only this claim, A1 to A15, B1 to B17 or C1 to C3")
    parser.add_argument(
        "--store",
        action="store_true",
        help="keep the verdicts for the Claims page: beside the shipped models, or beside your own where a "
        "claim was measured with one of them",
    )


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises SpecError for an unknown id, OSError where a verdict cannot be stored."""
    store = VerdictStore(library)
    with tqdm(total=1 if chosen.only else len(CLAIMS), unit="claim", disable=None) as bar:

        def report(result: ClaimResult) -> None:
            if chosen.store:
                store.write(result)
            bar.update()

        results = measure(library, chosen.only, report)
    text = "\n".join(_lines(result) for result in results)
    return Answer({"claims": [result.to_dict() for result in results]}, text)


def _lines(result: ClaimResult) -> str:
    head = f"{result.id:4} {result.verdict:16} {result.statement}"
    return "\n".join([head, *(f"     {part}" for part in result.parts)])
