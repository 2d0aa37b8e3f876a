"""Timed turns of a page's knobs, a row of a table each."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

Turn = Callable[[], object]
WIDTH = 58  # of a row's name


def heading() -> None:
    """Prints the names of the columns; 'processor' is the median of the time that this process computed."""
    print(f"{'':{WIDTH}}{'median':>9}{'longest':>9}{'processor':>11}{'aim':>9}{'median/aim':>12}", flush=True)


def report(name: str, turns: Sequence[Turn], aim: float | None, before: Turn | None = None) -> list[float]:
    """Prints the turns' median, each done once, and its ratio to the aim in seconds; returns their times.

    `before` is done ahead of each turn and not timed.
    """
    seconds, processor = zip(*(timed(turn, before) for turn in turns), strict=True)
    median = statistics.median(seconds)
    goal = f"{1e3 * aim:.0f} ms" if aim else "-"
    ratio = f"{median / aim:.2f}" if aim else "-"
    times = (median, max(seconds), statistics.median(processor))
    columns = "".join(f"{1e3 * value:{width}.0f} ms" for value, width in zip(times, (6, 6, 8), strict=True))
    print(f"{name:{WIDTH}}{columns}{goal:>9}{ratio:>12}", flush=True)
    return list(seconds)


def timed(turn: Turn, before: Turn | None = None) -> tuple[float, float]:
    """Seconds that passed, and seconds of them that this process computed: less, where others do too."""
    if before is not None:
        before()
    start, computed = time.perf_counter(), time.process_time()
    turn()
    return time.perf_counter() - start, time.process_time() - computed
