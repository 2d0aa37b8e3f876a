"""zoo: train whatever the shipped library lacks, and whatever such a model starts from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from icl_core.commands.answer import Answer
from icl_core.commands.progress import Meter
from icl_core.commands.train import add_device, add_fused, check_compiler, train_into
from icl_core.library import Library, state_folder
from icl_core.library.grading import grade
from icl_core.library.zoo import NOTES, TIERS
from icl_core.specs import Pretraining
from icl_core.training import Progress, train_to_decay
from icl_core.training.devices import available
from icl_core.training.loop import checkpoint_path

NAME, ABOUT = "zoo", "train whatever the shipped library lacks"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tier", type=int, choices=sorted(TIERS), help="only this tier")
    parser.add_argument("--only", metavar="NAME", help="only this model")
    add_fused(parser)
    add_device(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="say what is there and what lacks; train nothing")
    what.add_argument(
        "--grade", action="store_true", help="measure again how good each model is; train nothing"
    )


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises ValueError for an unknown name or a device that is not there.

    A training that was cut off goes on from its checkpoint.
    """
    available(chosen.device)
    models = [(tier, name, spec) for tier, group in TIERS.items() for name, spec in group.items()]
    if chosen.only is not None and chosen.only not in {name for _, name, _ in models}:
        raise ValueError(f"no model is named {chosen.only!r}: zoo --list names them")
    wanted = [
        (tier, name, spec)
        for tier, name, spec in models
        if chosen.tier in (None, tier) and chosen.only in (None, name)
    ]
    if chosen.fused:
        check_compiler()
    answers = []
    for tier, name, spec in wanted:
        fault = _fault(library, spec)
        if fault and not (chosen.list or chosen.grade):
            _train(library, name, spec, chosen.fused, chosen.device)
            fault = ""
        elif chosen.grade and not fault:
            _grade(library, name, spec)
        answers.append(
            {"name": name, "tier": tier, "spec_hash": spec.hash, "ready": not fault, "fault": fault}
        )
    lines = [f"tier {a['tier']}  {a['name']:28} {a['fault'] or 'ready'}" for a in answers]
    return Answer({"models": answers}, "\n".join(lines))


def _fault(library: Library, spec: Pretraining) -> str:
    """Why the library's model cannot be used; empty where it can."""
    entry = library.find(spec.hash)
    return library.verify(entry) if entry else "lacking"


def _grade(library: Library, name: str, spec: Pretraining) -> None:
    entry = library.find(spec.hash)
    assert entry is not None
    card = grade(library, entry)
    library.write_card(entry, replace(card, note=NOTES.get(name, "")))


def _train(library: Library, name: str, spec: Pretraining, fused: bool, device: str) -> None:
    folder = library.shipped / name
    library.check_name(name, spec, folder)  # before the hours of training, not after
    _train_start(library, name, spec, fused, device)
    train_into(library, spec, name, folder, NOTES.get(name, ""), fused, device)


def _train_start(library: Library, name: str, spec: Pretraining, fused: bool, device: str) -> None:
    """What a model starts from, where it is not there yet; its own start first.

    A start that is needed finished goes into the user's library, under its hash.
    """
    start, at_end = spec.warm_start, spec.warm_start_at == "end"
    if start is None or (at_end and not _fault(library, start)):
        return
    if not at_end and checkpoint_path(state_folder(), start, "stable").exists():
        return
    _train_start(library, name, start, fused, device)
    if at_end:
        train_into(library, start, start.hash, fused=fused, device=device)
        return
    with Meter(f"{name}: its start {start.hash}", start.recipe.decay_start) as meter:

        def report(progress: Progress) -> None:
            meter.show(progress.step, f"loss {progress.loss:.3f}")

        train_to_decay(start, state_folder(), report, fused=fused, finished=library.network, device=device)
