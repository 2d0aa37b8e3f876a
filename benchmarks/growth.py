"""How times grow: a figure's baselines with prompts, examples and inputs, and the library with its models.

    python -m benchmarks.growth [--plot docs/growth.png] [--json]

Each row is a slope in logarithms: 1 means that twice as much takes twice as long. Processor time of this
process, the least of three turns. The plot needs Chromium.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import torch
from plotly.subplots import make_subplots

from icl_core.evaluation import learning_curves
from icl_core.evaluation.suite import suite, unregularised
from icl_core.library import Card, Library
from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Pretraining

TURNS = 3
SHIPPED = Path(__file__).resolve().parents[1] / "cached_models"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Growth:
    """Seconds at each size, and the slope of their logarithms over the last half of the sizes."""

    what: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def slope(self) -> float:
        half = len(self.sizes) // 2
        return float(np.polyfit(np.log(self.sizes[half - 1 :]), np.log(self.seconds[half - 1 :]), 1)[0])


def least(turn: Callable[[], object], turns: int = TURNS) -> float:
    """Processor seconds of the fastest turn."""
    found = []
    for _ in range(turns):
        start = time.process_time()
        turn()
        found.append(time.process_time() - start)
    return min(found)


def figure(dimension: int = 8, pairs: int = 16, prompts: int = 128) -> float:
    """The baselines of one Explore figure."""
    pretraining = Pretraining(dimension=dimension, context_length=pairs, model=LinearAttention())
    experiment = Experiment(pretraining, Evaluation(context_length=pairs, prompts=prompts))
    measured = suite(experiment, None)
    return least(lambda: learning_curves(experiment, measured, {}, unregularised(experiment)))


def grown(what: str, sizes: Sequence[int], seconds: Callable[[int], float]) -> Growth:
    return Growth(what, tuple(sizes), tuple(seconds(size) for size in sizes))


def shelf(folder: Path, count: int) -> Library:
    """A library with so many models in the user's own store: copies of a shipped card with other seeds."""
    template = Card.from_json((SHIPPED / "live-demo-d4" / "card.json").read_text("utf-8"))
    own = folder / str(count)
    for seed in range(count):
        spec = replace(template.spec, seed=10_000 + seed)
        card = replace(template, name=f"copy-{seed}", spec=spec)
        (own / spec.hash).mkdir(parents=True)
        (own / spec.hash / "card.json").write_text(card.to_json(), "utf-8")
    return Library(SHIPPED, own)


def listing(folder: Path, count: int) -> tuple[float, float]:
    """Processor seconds of the first listing and of later ones."""
    library = shelf(folder, count)
    first = least(library.cards, turns=1)
    assert len(library.cards()) >= count
    return first, least(library.cards)


def run() -> list[Growth]:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        counts = (10, 30, 100, 300, 1000)
        listings = [listing(Path(folder), count) for count in counts]
    first, later = zip(*listings, strict=True)
    return [
        grown("prompts", (64, 128, 256, 512), lambda prompts: figure(prompts=prompts)),
        grown("examples K", (8, 16, 32, 64), lambda pairs: figure(pairs=pairs)),
        grown("inputs d, K = 32", (2, 4, 8, 16), lambda dimension: figure(dimension, pairs=32)),
        Growth("models, listed first", counts, first),
        Growth("models, listed again", counts, later),
    ]


def table(results: Sequence[Growth]) -> str:
    """A row for each growth."""
    rows = [
        f"{each.what:22}{each.slope:>7.2f}   "
        + "  ".join(f"{size}: {1000 * s:.0f} ms" for size, s in zip(each.sizes, each.seconds, strict=True))
        for each in results
    ]
    return "\n".join((f"{'growth with':22}{'slope':>7}", *rows))


def plot(results: Sequence[Growth]) -> go.Figure:
    """Seconds over sizes, both in logarithms, a panel for each growth."""
    titles = [f"{each.what}: slope {each.slope:.2f}" for each in results]
    chart = make_subplots(1, len(results), subplot_titles=titles)
    for column, each in enumerate(results, 1):
        line = go.Scatter(x=each.sizes, y=each.seconds, mode="lines+markers", line={"color": "#0072B2"})
        chart.add_trace(line, 1, column)
    chart.update_xaxes(type="log", tickvals=sorted({size for each in results for size in each.sizes}))
    chart.update_yaxes(type="log", dtick=1, title=None)
    chart.update_layout(
        showlegend=False, template="plotly_white", font={"size": 11}, margin={"t": 40, "b": 30}
    )
    return chart


def save(chart: go.Figure, file: Path) -> None:
    """The plot as a PNG image."""
    from playwright.sync_api import sync_playwright

    browser = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 1500, "height": 340})
        page.set_content(chart.to_html(include_plotlyjs=True, config={"staticPlot": True}))
        page.wait_for_selector(".main-svg")
        page.screenshot(path=str(file))
        chromium.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--plot", type=Path, help="a PNG file")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    results = run()
    if chosen.plot:
        save(plot(results), chosen.plot)
    rows = [asdict(each) | {"slope": each.slope} for each in results]
    print(json.dumps(rows) if chosen.json else table(results))


if __name__ == "__main__":
    main()
