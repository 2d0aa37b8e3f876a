"""train: a model from its spec into the library."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from icl_core.commands.answer import Answer
from icl_core.commands.curve import read_text
from icl_core.commands.models import describe
from icl_core.commands.progress import Meter
from icl_core.library import Entry, Library, state_folder
from icl_core.library.grading import grade
from icl_core.specs import Pretraining
from icl_core.training import Progress, train
from icl_core.training.devices import CPU, DEVICES, available
from icl_core.training.loop import checkpoint_path

NAME, ABOUT = "train", "train a model from its spec into the library"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("spec", help="a pretraining's JSON file, or - for standard input")
    parser.add_argument("--name", help="its name in the library (default: its hash)")
    add_fused(parser)
    add_device(parser)
    parser.add_argument("--resume", action="store_true", help="go on from a checkpoint where there is one")


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises ValueError for a training begun before without --resume or a device that is not there,
    LibraryError for a taken name."""
    available(chosen.device)
    spec = Pretraining.from_json(read_text(chosen.spec))
    begun = checkpoint_path(state_folder(), spec, "latest")
    if begun.exists() and not chosen.resume:
        raise ValueError(
            f"training of {spec.hash} was begun before: add --resume to go on, or delete {begun}"
        )
    name = chosen.name or spec.hash
    library.check_name(name, spec)  # before the hours of training, not after
    if chosen.fused:
        check_compiler()
    entry = train_into(library, spec, name, fused=chosen.fused, device=chosen.device)
    return Answer(describe(library, entry), f"{entry.name} is in {entry.folder}.")


def check_compiler() -> None:
    """Raises ValueError where `--fused` has no compiler to work with."""
    compiler = os.environ.get("CXX", "g++")
    if shutil.which(compiler) is None:
        raise ValueError(
            f"--fused needs a C++ compiler, and {compiler} is not there: leave it out, or set CXX"
        )


def add_fused(parser: ArgumentParser) -> None:
    """The option of every command that trains in its own process."""
    parser.add_argument(
        "--fused",
        action="store_true",
        help="compile the training step first: a minute to start and a C++ compiler, then a quarter faster",
    )


def add_device(parser: ArgumentParser) -> None:
    """The option of every command that trains."""
    parser.add_argument(
        "--device", choices=DEVICES, default=CPU, help="what computes; checkpoints go on on any (default cpu)"
    )


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed: training then keeps a checkpoint after its step. A second press ends it."""
    pressed: list[int] = []

    def press(number: int, frame: object) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, before)

    if threading.current_thread() is not threading.main_thread():  # where signals do not arrive
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def train_into(
    library: Library,
    spec: Pretraining,
    name: str,
    folder: Path | None = None,
    note: str = "",
    fused: bool = False,
    device: str = CPU,
) -> Entry:
    """Trains (or goes on training) a model, says how far it is, stores it and measures how good it is."""
    with Meter(name, spec.recipe.steps) as meter, stop_on_interrupt() as stop:

        def report(progress: Progress) -> None:
            meter.show(progress.step, f"loss {progress.loss:.3f}", progress.seconds_left)

        trained = train(
            spec, state_folder(), report, stop, fused=fused, finished=library.network, device=device
        )
    entry = library.add(trained, name, folder)
    return library.write_card(entry, replace(grade(library, entry), note=note))
