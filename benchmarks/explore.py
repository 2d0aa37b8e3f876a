"""Server time of a slider move on the Explore page, computed and from the results cache, in one run.

    python -m benchmarks.explore [--json]

A move is one full run of the page's script: the widgets, every predictor on the prompts, the figure, the
texts. Each magnitude of the shift is visited first without a stored result, then with one on disk (the cache
in memory is emptied before both), then with one in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[1] / "app.py"
PROMPTS = 128
MOVES = 16


@dataclass(frozen=True)
class Moves:
    """Median, fastest and slowest move in milliseconds."""

    name: str
    median: float
    fastest: float
    slowest: float


def run() -> tuple[Moves, ...]:
    """Times of 16 slider moves each: computed, from disk, and from memory."""
    with tempfile.TemporaryDirectory() as store:
        os.environ["ICL_MODEL_STORE"] = store
        page = AppTest.from_file(str(APP), default_timeout=120)
        page.query_params["evaluation.shift"] = "covariate_scale"
        page.query_params["evaluation.prompts"] = str(PROMPTS)
        page.run()
        magnitudes = [2.0 - 0.25 * step for step in range(MOVES + 1) if step != 8]  # the slider's, but for 0
        computed = [_move(page, magnitude) for magnitude in magnitudes]
        stored = [_move(page, magnitude) for magnitude in magnitudes]
        results = len(list((Path(store) / "results").glob("*.json")))
        if results < MOVES:
            raise RuntimeError(f"Only {results} of {MOVES} moves were computed: the rest was not measured.")
        kept = [_move(page, magnitude, forget=False) for magnitude in 2 * magnitudes][MOVES:]
    return tuple(
        Moves(name, *(1000 * pick(times) for pick in (statistics.median, min, max)))
        for name, times in (("computed", computed), ("from disk", stored), ("from memory", kept))
    )


def _move(page: AppTest, magnitude: float, forget: bool = True) -> float:
    """Seconds that the page takes to answer a new magnitude."""
    if forget:
        st.cache_data.clear()
    page.query_params["evaluation.shift.magnitude"] = f"{magnitude:.4f}"
    start = time.perf_counter()
    page.run()
    seconds = time.perf_counter() - start
    if page.exception:
        raise RuntimeError(page.exception[0].value)
    return seconds


def table(results: tuple[Moves, ...]) -> str:
    """A row for each kind of move."""
    head = f"{'slider move, ms':20}{'median':>9}{'fastest':>9}{'slowest':>9}{'of computed':>13}"
    rows = [
        f"{r.name:20}{r.median:>9.0f}{r.fastest:>9.0f}{r.slowest:>9.0f}{r.median / results[0].median:>13.2f}"
        for r in results
    ]
    return "\n".join([head, *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    results = run()
    print(json.dumps([asdict(result) for result in results]) if chosen.json else table(results))


if __name__ == "__main__":
    main()
