"""Server time of 'Beyond the mixture' and the prompt lab: a whole run of the page for one turn of a knob.

Aims: a median of 300 ms for any knob at 128 prompts, 1 s for the first picture from shipped results (after
Python has loaded the libraries). A new seed measures a whole sweep; the model ships none for it.

    python -m benchmarks.one_input
"""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import logging
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parents[1] / "app.py"
KNOB, FIRST = 0.3, 1.0  # seconds


def main() -> None:
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)  # Streamlit's, about running without a server
    with tempfile.TemporaryDirectory() as store:
        os.environ["ICL_MODEL_STORE"] = store  # nothing measured before is there
        opened("app.py")  # loads the libraries
        print(f"{'':44}{'median':>9}{'longest':>9}{'aim':>9}{'median/aim':>12}")
        beyond()
        lab()


def beyond() -> None:
    """Every knob of 'Beyond the mixture', each turn to a value not seen before."""
    pages: list[AppTest] = []
    report(
        "Beyond the mixture, first picture",
        [lambda: pages.append(opened("pages/beyond_the_mixture.py"))],
        FIRST,
    )
    (page,) = pages
    report("share of the line", [slid(page, "scene_value", value) for value in (0.1, 0.3, 0.6, 0.8, 0.9)])
    report("examples, k", [slid(page, "read_out", k) for k in (3, 6, 9, 15, 20)])
    report("prompt drawn", [slid(page, "drawn_prompt", number) for number in (1, 4, 9, 15, 20)])
    report("picture 'outside'", [lambda: page.button(key="picture_outside").click().run()])
    report("frequency", [slid(page, "scene_value", value) for value in (0.5, 1.0, 1.75, 2.5, 3.5)])
    report("new seed, a whole sweep", [lambda: page.button(key="new_seed").click().run()], None)


def lab() -> None:
    """Every knob of the prompt lab, with up to 40 points."""
    pages: list[AppTest] = []
    report("Prompt lab, first picture", [lambda: pages.append(opened("pages/prompt_lab.py"))], FIRST)
    (page,) = pages
    report("another prompt", [lambda: page.button(key="redraw").click().run()] * 5)
    report("points drawn", [slid(page, "count", count) for count in (2, 10, 20, 30, 40)])
    report("undo, from 40 points", [lambda: page.button(key="undo").click().run()] * 5)


def opened(page: str) -> AppTest:
    """A page after its first run. Raises RuntimeError if that failed."""
    app = AppTest.from_file(str(APP), default_timeout=300)
    return checked((app if page == "app.py" else app.switch_page(page)).run())


def slid(page: AppTest, slider: str, value: float) -> Callable[[], object]:
    return lambda: checked(page.slider(key=slider).set_value(value).run())


def checked(page: AppTest) -> AppTest:
    if page.exception:
        raise RuntimeError(page.exception[0].value)
    return page


def report(name: str, turns: list[Callable[[], object]], aim: float | None = KNOB) -> None:
    """Prints the median of the turns, each done once, and its ratio to the aim."""
    seconds = [timed(turn) for turn in turns]
    median = statistics.median(seconds)
    goal = f"{1e3 * aim:.0f} ms" if aim else "-"
    ratio = f"{median / aim:.2f}" if aim else "-"
    print(f"{name:44}{1e3 * median:6.0f} ms{1e3 * max(seconds):6.0f} ms{goal:>9}{ratio:>12}", flush=True)


def timed(turn: Callable[[], object]) -> float:
    start = time.perf_counter()
    turn()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
