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
    const plot = document.querySelector('.st-key-figure .js-plotly-plot');
    if (!plot || !plot._fullData) return null;
    const now = plot._fullData.find(trace => trace.meta && trace.meta.role === 'curve');
    return now && document.querySelector('.st-key-train_cancel') ? [now.meta.step, Array.from(now.y)] : null;
}
"""
REPLAYED = """
() => [...document.querySelectorAll('.st-key-figure .js-plotly-plot')].some(plot =>
    plot._transitionData?._frames?.length > 9 && plot._fullData.some(trace => trace.meta?.role === 'now'))
"""
COMPARED = """
() => [...document.querySelectorAll('.st-key-figure .js-plotly-plot')].some(plot =>
    (plot._fullData || []).some(trace => trace.meta?.method === 'transformer'))
"""
SPEC = replace(
    LIVE_DEMO, dimension=3, recipe=replace(LIVE_DEMO.recipe, steps=3000), model=Transformer(1, 1, 16)
)
CURVE = LIVE.replace(" && document.querySelector('.st-key-train_cancel')", "")
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
    query = urlencode(Experiment(SPEC).to_query())
    open_page(page, f"{app_server.url}/?{query}")
    page.locator(".st-key-train_name input").fill("The class of Monday")
    page.locator(".st-key-train_name input").press("Enter")
    page.locator(".st-key-train_start button").click()
    seen = [next_curve(page, 0)]
    figure = page.locator(".st-key-figure").bounding_box()
    assert figure is not None
    assert figure["y"] < 300  # the live curve is the figure, on the first screen
    assert "The class of Monday learns" in page.locator("h1").inner_text()

    context = browser.new_context()
    other = context.new_page()
    open_page(other, f"{app_server.url}/?{query}&present=1")  # a projector, or a student
    other.wait_for_function(CURVE, timeout=PATIENCE)
    assert other.locator(".st-key-train_cancel").count() == 0  # which is for who waits for the model
    open_page(other, f"{app_server.url}/?evaluation.shift=covariate_scale&evaluation.shift.magnitude=0.5&k=6")
    slider = other.locator(".st-key-read_out input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    other.wait_for_selector("#read[data-k='7']", state="attached", timeout=60_000)
    assert page.locator(".st-key-train_cancel").count() == 1  # it trains all the while
    context.close()

    while len(seen) < 6:
        seen.append(next_curve(page, seen[-1][0]))
    assert len({tuple(errors) for _, errors in seen}) == 6
    assert seen[-1][1][-1] < 0.9 * seen[0][1][-1]  # it bends down

    # Who began it stops it, after a reload too, and goes on from where it was.
    page.reload()
    page.wait_for_selector("#done", state="attached", timeout=120_000)
    page.locator(".st-key-train_cancel button").click()
    page.get_by_text("Training was stopped at step").wait_for(timeout=PATIENCE)
    page.locator(".st-key-train_name input").fill("The class of Tuesday")
    page.locator(".st-key-train_name input").press("Enter")
    page.locator(".st-key-train_start button").click()
    # When it is done it is played back, and the page draws it among the others.
    page.wait_for_function(REPLAYED, timeout=PATIENCE)
    assert "The class of Tuesday" in page.locator("h1").inner_text()
    page.locator(".st-key-train_compare button").click()
    page.wait_for_function(COMPARED, timeout=PATIENCE)
    (card,) = app_server.model_store.glob("*/card.json")
    assert json.loads(card.read_text())["name"] == "The class of Tuesday"
