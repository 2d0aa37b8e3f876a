"""zoo: train whatever the shipped library lacks."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from icl_core.commands.answer import Answer
from icl_core.commands.train import train_into
from icl_core.library import Library
from icl_core.library.grading import grade
from icl_core.library.zoo import NOTES, TIERS

NAME, ABOUT = "zoo", "train whatever the shipped library lacks"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tier", type=int, choices=sorted(TIERS), help="only this tier")
    parser.add_argument("--only", metavar="NAME", help="only this model")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="say what is there and what lacks; train nothing")
    what.add_argument(
        "--grade", action="store_true", help="measure again how good each model is; train nothing"
    )


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises ValueError for an unknown name; a training that was cut off goes on from its checkpoint."""
    models = [(tier, name, spec) for tier, group in TIERS.items() for name, spec in group.items()]
    if chosen.only is not None and chosen.only not in {name for _, name, _ in models}:
        raise ValueError(f"no model is named {chosen.only!r}: zoo --list names them")
    answers = []
    for tier, name, spec in models:
        if chosen.tier in (None, tier) and chosen.only in (None, name):
            entry = library.find(spec.hash)
            if entry is None and not (chosen.list or chosen.grade):
                entry = train_into(library, spec, name, library.shipped / name, NOTES.get(name, ""))
            elif entry is not None and chosen.grade:
                card = grade(library, entry)
                library.write_card(entry, replace(card, note=NOTES.get(name, card.note)))
            answers.append({"name": name, "tier": tier, "spec_hash": spec.hash, "ready": entry is not None})
    lines = [f"tier {a['tier']}  {a['name']:28} {'ready' if a['ready'] else 'lacking'}" for a in answers]
    return Answer({"models": answers}, "\n".join(lines))
