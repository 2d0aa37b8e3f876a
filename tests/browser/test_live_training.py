"""A class watches a transformer learn, while somebody else's page still answers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psutil
import pytest

from icl_core.library.zoo import LIVE_DEMO
from icl_core.models import Transformer
from icl_core.specs import Experiment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIVE = """
() => {
    const plot = document.querySelector('.st-key-training .js-plotly-plot');
    if (!plot || !plot._fullData) return null;
    const now = plot._fullData.find(trace => trace.meta && trace.meta.role === 'curve');
    return now ? [now.meta.step, Array.from(now.y)] : null;
}
"""
PATIENCE = 1_500_000  # milliseconds; a minute on a free processor, ten beside other tests


@pytest.fixture
def cluster(app_server: Any) -> Iterator[None]:
    """Ends the cluster that the dashboard starts, by its process id."""
    yield
    identity: Path = app_server.state / "scheduler.json"
    if not identity.exists():
        return
    process = psutil.Process(json.loads(identity.read_text())["pid"])
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, alive = psutil.wait_procs(family, timeout=20)
    for each in alive:
        each.kill()


def open_page(page: "Page", address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#done", state="attached", timeout=120_000)


def next_curve(page: "Page", after: int) -> tuple[int, list[float]]:
    """The live learning curve of a later step."""
    script = f"() => {{ const now = ({LIVE})(); return now && now[0] > {after} ? now : null; }}"
    step, errors = page.wait_for_function(script, timeout=PATIENCE).json_value()
    return step, errors


def test_a_class_watches_a_model_learn_while_another_page_answers(
    page: "Page", browser: "Browser", app_server: Any, cluster: None
) -> None:
    open_page(page, f"{app_server.url}/")
    page.get_by_text("Train one in front of the class").click()
    page.locator(".st-key-train_lecture button").click()
    seen = [next_curve(page, 0)]

    context = browser.new_context()
    other = context.new_page()
    open_page(other, f"{app_server.url}/?evaluation.shift=covariate_scale&evaluation.shift.magnitude=0.5&k=6")
    slider = other.locator(".st-key-read_out input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    other.wait_for_selector("#read[data-k='7']", state="attached", timeout=60_000)
    assert page.locator(".st-key-train_cancel").count() == 1  # it trains all the while
    context.close()

    while len(seen) < 7:
        seen.append(next_curve(page, seen[-1][0]))
    assert len({tuple(errors) for _, errors in seen}) == 7
    assert seen[-1][1][-1] < 0.9 * seen[0][1][-1]  # it bends down
    # When it is done the library has it, and the page draws it.
    page.wait_for_function(
        "() => Array.from(document.querySelectorAll('.js-plotly-plot')).some(plot =>"
        " (plot._fullData || []).some(trace => trace.meta && trace.meta.method === 'transformer'))"
        " && !document.querySelector('.st-key-training')",
        timeout=PATIENCE,
    )
    assert len(list(app_server.model_store.glob("*/card.json"))) == 1


def test_who_starts_a_training_sees_it_grow_and_stops_it_even_after_a_reload(
    page: "Page", app_server: Any, cluster: None
) -> None:
    spec = replace(
        LIVE_DEMO, dimension=3, recipe=replace(LIVE_DEMO.recipe, steps=4000), model=Transformer(1, 1, 16)
    )
    open_page(page, f"{app_server.url}/?{urlencode(Experiment(spec).to_query())}")
    page.locator(".st-key-train_start button").click()
    first, _ = next_curve(page, 0)
    next_curve(page, first)
    page.reload()
    page.wait_for_selector("#done", state="attached", timeout=120_000)
    page.locator(".st-key-train_cancel button").click()
    page.get_by_text("Training was stopped at step").wait_for(timeout=PATIENCE)
    assert page.locator(".st-key-train_start").count() == 1
