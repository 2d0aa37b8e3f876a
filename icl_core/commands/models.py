"""models: what the library holds."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import Any

from icl_core.commands.answer import Answer
from icl_core.library import Entry, Library

NAME, ABOUT = "models", "list the library's models, verified"


def add_arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""


def run(chosen: Namespace, library: Library) -> Answer:
    models = [describe(library, entry) for entry in library.entries()]
    text = "\n".join(_line(model) for model in models)
    return Answer(
        {"models": models}, text or "The library is empty: python -m icl_core zoo trains its models."
    )


def describe(library: Library, entry: Entry) -> dict[str, Any]:
    """An entry as plain data; `status` is 'ready' or the sentence that says what is wrong."""
    fault, card = library.verify(entry), entry.card
    return {
        "name": entry.name,
        "spec": card.spec.to_dict() if card else None,
        "spec_hash": card.spec.hash if card else None,
        "status": fault or "ready",
        "verified": not fault,
        "meets_limits": card.meets_limits if card else None,
        "steps": card.spec.recipe.steps if card else None,
        "seconds": round(card.seconds, 1) if card else None,
        "device": card.device if card else None,
        "errors": [asdict(errors) for errors in card.errors] if card else [],
        "checks": [asdict(check) | {"met": check.met} for check in card.checks] if card else [],
        "note": card.note if card else "",
    }


def _line(model: dict[str, Any]) -> str:
    limits = {None: "no limits", True: "meets its limits", False: "misses a limit"}[model["meets_limits"]]
    about = f"{limits:16} {model['status']}" if model["verified"] else model["status"]
    return f"{model['name']:28} {model['spec_hash'] or '-':16} {model['steps'] or '-':>8}  {about}"
