"""What a pack weighs, how soon its pages answer, and what a point costs: python -m benchmarks.pack [FOLDER].

Served by a plain static server and opened by Chromium without any cache. 'First interaction' is the time
from asking for the page until it has answered the first wish. On a busy machine the processor time of the
page's own thread says more. A point's time is that of reading one more pair and answering every point of the
grid; beside it the textbook loop over the same weights and queries.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

TIMES = 3  # openings of each page
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}


def _turned(name: str, act: str) -> str:
    """A function in the page: whether it could turn what the page shows."""
    board = f"window.{name}?.view?.board"
    return f"() => {{ if (!{board}?.children.length) return false; {name}.view.{act}; return true; }}"


ANSWERS = {
    "index.html": "() => document.documentElement.dataset.drawn === '1'",
    "lab.html": "() => { if (!window.lab?.plot?.data) return false; lab.put([1], [1], 'own'); return true; }",
    "lecture.html?scene=3": _turned("lecture", "go(1)"),
    "learn.html": _turned("learn", "play()"),
}
"""What makes each page answer, once it can."""

POINT = """
() => {
  const model = lab.model.architecture, { width, hidden, layers } = model;
  const network = ICL.network(lab.view.model), queries = lab.grid.map((x) => [x]);
  const once = (act) => {
    const start = performance.now();
    act();
    return performance.now() - start;
  };
  const weights = new Float64Array(3 * width * width + width * width + 3 * hidden * width).fill(0.5);
  const rows = weights.length / width, inputs = new Float64Array(queries.length * width).fill(0.25);
  const plain = () => {
    const out = new Float64Array(queries.length * rows);
    for (let layer = 0; layer < layers; layer++)
      for (let q = 0; q < queries.length; q++)
        for (let r = 0; r < rows; r++) {
          let sum = 0;
          for (let c = 0; c < width; c++) sum += weights[r * width + c] * inputs[q * width + c];
          out[q * rows + r] = sum;
        }
    return out;
  };
  const prompt = new Prompt(network), xs = [], ys = [], point = [], product = [];
  for (let i = 0; i < 12; i++) {
    xs.push([Math.sin(i)]);
    ys.push(Math.cos(i));
    point.push(once(() => prompt.read(xs, ys).answer(queries)));
    product.push(once(plain));
  }
  return [Math.min(...point), Math.min(...product)];
}
"""
"""Milliseconds of a point, and of the plain product: the least of twelve, in the page of the lab."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a static server of the folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "dist/icl-explorer")
    if not (folder / "index.html").exists():
        print(f"{folder} is no pack: `make pack` writes one.")
        return 0
    _sizes(folder)
    from playwright.sync_api import sync_playwright

    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright, served(folder) as address:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for page, answers in ANSWERS.items():
            for name, profile in (("desk", DESK), ("phone", PHONE)):
                times = [_first(chromium, f"{address}/{page}", answers, profile) for _ in range(TIMES)]
                waited, worked = (statistics.median(each) for each in zip(*times, strict=True))
                print(f"{page} on a {name}: first interaction after {waited:.2f} s, {worked:.2f} s of work")
        opened = chromium.new_page()
        opened.goto(f"{address}/lab.html")
        opened.wait_for_selector("html[data-drawn]", state="attached")
        point, product = opened.evaluate(POINT)
        print(f"a point: {point:.1f} ms, {point / product:.2f} of a plain product ({product:.1f} ms)")
        chromium.close()
    return 0


def _sizes(folder: Path) -> None:
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    print(f"the folder: {sum(sizes.values()) / 1e6:.2f} MB in {len(sizes)} files")
    parts = {"plotly.js": [folder / "plotly.js"]} | {
        name: list((folder / name).iterdir()) for name in ("models", "scenes")
    }
    for name, files in parts.items():
        print(f"  {name}: {sum(sizes[file] for file in files) / 1e6:.2f} MB")
    archive = folder.with_name(f"{folder.name}.zip")
    if archive.exists():
        print(f"the zip: {archive.stat().st_size / 1e6:.2f} MB")


def _first(chromium: Any, address: str, answers: str, profile: dict[str, Any]) -> tuple[float, float]:
    """Seconds until the page has answered, in its own clock, which begins when it is asked for; and seconds
    of work of its main thread."""
    context = chromium.new_context(**profile)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address, wait_until="commit")
    page.wait_for_function(answers, polling="raf")
    waited = (
        page.evaluate("new Promise((done) => requestAnimationFrame(() => done(performance.now())))") / 1e3
    )
    metrics = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}
    context.close()
    return waited, metrics["TaskDuration"]


if __name__ == "__main__":
    sys.exit(main())
