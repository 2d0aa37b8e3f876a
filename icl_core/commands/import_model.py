"""import: a published network as a model of the library."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from icl_core.commands.answer import Answer
from icl_core.commands.models import describe
from icl_core.library import Library
from icl_core.library.garg import ORIGIN, imported
from icl_core.library.grading import grade

NAME, ABOUT = "import", "read a published network into the library"
FORMATS = {"garg": (imported, ORIGIN)}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("format", choices=FORMATS, help="whose files: Garg et al. (arXiv 2208.01066)")
    parser.add_argument("state", type=Path, metavar="STATE_DICT", help="weights: state.pt or model_*.pt")
    parser.add_argument("config", type=Path, metavar="CONFIG", help="the training's config.yaml beside them")
    parser.add_argument("--name", help="its name in the library (default: its hash)")
    parser.add_argument("--licence", default="not stated", help="the licence of the weights, for the card")


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises ValueError or OSError for files that hold no such model, LibraryError for a taken name."""
    read, origin = FORMATS[chosen.format]
    trained = read(chosen.state, chosen.config)
    entry = library.add(trained, chosen.name or trained.spec.hash)
    note = f"Imported, not trained here: {origin}, file {chosen.state.name}; licence: {chosen.licence}."
    entry = library.write_card(entry, replace(grade(library, entry), note=note))
    return Answer(describe(library, entry), f"{entry.name} is in {entry.folder}.")
