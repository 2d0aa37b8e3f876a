"""What a person waits for in Chromium: the first figure after a start, and the picture after a slider's move.

    python -m benchmarks.browser [--moves 20] [--json]

A move is timed inside the page: from the key that moves the slider to the frame in which the chart is drawn
anew. Aims on idle cores: 5 s from a server's start to the first figure, .25 s (median) and .5 s (95%) a move.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from benchmarks.hall.dashboard import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
CHART = ".st-key-figure .js-plotly-plot .main-svg"
PATIENCE = 120_000
SHIFTED = "?evaluation.shift=covariate_scale&evaluation.shift.magnitude=-1&k=6"
WATCH = """
() => {
  const picture = () => JSON.stringify(
    [...document.querySelectorAll('.st-key-figure .js-plotly-plot')].map(
      plot => [plot._fullLayout && plot._fullLayout.shapes.map(each => each.x0), plot.data.map(t => t.y)]));
  document.addEventListener('keydown', () => {
    const before = picture(), start = performance.now();
    window.waited = null;
    const look = () => {
      const now = picture();
      if (now !== before && now !== '[]') window.waited = performance.now() - start;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
}
"""


@dataclass(frozen=True)
class Wait:
    """Seconds that a person waits: the median, and what 95% stay within."""

    name: str
    median: float
    within_95: float


def opened(browser: Browser, url: str) -> tuple[Page, float]:
    """The page in a fresh profile, and seconds until its figure stands there."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    start = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(CHART, timeout=PATIENCE)
    return page, time.perf_counter() - start


def moves(page: Page, knob: str, count: int) -> list[float]:
    """Seconds from the key to the new picture, there and back over the slider."""
    page.wait_for_selector("#done", state="attached", timeout=PATIENCE)
    page.wait_for_timeout(2000)
    page.evaluate(WATCH)
    found = []
    for turn in range(count + 2):
        page.locator(f".st-key-{knob} input[type=range]").focus()
        page.keyboard.press("ArrowRight" if turn // 4 % 2 == 0 else "ArrowLeft")
        page.wait_for_function("() => window.waited", timeout=PATIENCE)
        found.append(page.evaluate("() => window.waited") / 1000)
        page.wait_for_timeout(700)
    return found[2:]


def waits(name: str, seconds: Sequence[float]) -> Wait:
    return Wait(name, statistics.median(seconds), sorted(seconds)[int(0.95 * len(seconds))])


def run(count: int) -> list[Wait]:
    """A server's start, a second visitor, and moves of two sliders."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("benchmarks.browser needs Chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        start = time.perf_counter()
        with running() as server:
            _, _ = opened(browser, server.url)
            begun = time.perf_counter() - start
            page, second = opened(browser, server.url)
            read = moves(page, "read_out", count)
            page, _ = opened(browser, f"{server.url}/{SHIFTED}")
            shifts = moves(page, "magnitude", count)
            browser.close()
    return [
        Wait("from a server's start to the first figure", begun, begun),
        Wait("a second visitor's first figure", second, second),
        waits("read-out to changed picture", read),
        waits("magnitude to changed picture", shifts),
    ]


def table(results: Sequence[Wait]) -> str:
    """A row for each wait."""
    rows = [f"{each.name:44}{each.median:>8.2f} s{each.within_95:>9.2f} s" for each in results]
    return "\n".join((f"{'':44}{'median':>10}{'95%':>11}", *rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    results = run(chosen.moves)
    print(json.dumps([asdict(each) for each in results]) if chosen.json else table(results))


if __name__ == "__main__":
    main()
