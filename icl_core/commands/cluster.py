"""cluster: the embedded scheduler and workers of the training service."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace
from dataclasses import replace

from icl_core.commands.answer import Answer
from icl_core.library import Library, state_folder
from icl_core.library.jobs.cluster import ClusterSettings, serve

NAME, ABOUT = "cluster", "run the training service's scheduler and workers; ends when idle"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--workers", type=_positive, help="worker processes (default: cores less one)")
    parser.add_argument("--idle", type=_seconds, metavar="SECONDS", help="end after so long without a job")


def run(chosen: Namespace, library: Library) -> Answer:
    """Raises ClusterError where a cluster of the same state folder runs already."""
    settings = ClusterSettings.for_this_machine()
    if chosen.workers is not None:
        settings = replace(settings, workers=chosen.workers)
    if chosen.idle is not None:
        settings = replace(settings, idle_seconds=chosen.idle)
    serve(state_folder(), settings, lambda address: print(f"The scheduler listens at {address}.", flush=True))
    return Answer({"workers": settings.workers}, "The cluster has ended.")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise ValueError(text)
    return seconds


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
