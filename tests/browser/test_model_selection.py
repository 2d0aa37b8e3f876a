"""The Model selection page in a real browser: the sweep is the core's, and answers to its knobs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from icl_core.evaluation.selection import FamilyPair, compare, on_family
from icl_core.library import Library, default_library
from icl_core.library.links import from_query
from icl_core.specs import Experiment
from tests.evaluation.references import reference_learners, sparsity_sweep

if TYPE_CHECKING:
    from playwright.sync_api import Page

DRAWN = """
() => Array.from(document.querySelector('.js-plotly-plot')._fullData)
    .filter(trace => trace.meta && trace.meta.role === 'line')
    .map(trace => [trace.meta.key + ' ' + trace.yaxis, Array.from(trace.y)])
"""
VIEW = ("picture", "k", "nnz", "prompt", "lang", "present", "hide")
BARE = (
    "pretraining.dimension=5&pretraining.context_length=8&pretraining.model=linear_attention"
    "&pretraining.mixture.components.0.function_class=dense&pretraining.mixture.components.0.weight=0.5"
    "&pretraining.mixture.components.1.function_class=sparse&pretraining.mixture.components.1.weight=0.5"
    "&evaluation.context_length=8"
)
pytestmark = pytest.mark.browser


def open_page(page: "Page", address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=120_000)
    page.wait_for_selector("#done", state="attached", timeout=120_000)


def query(page: "Page") -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.evaluate("location.href")).query))


def drawn(page: "Page") -> dict[str, list[float]]:
    return dict(page.evaluate(DRAWN))


def experiment(page: "Page", app_server: Any) -> Experiment:
    """What the page's own URL says it shows."""
    library = Library(default_library().shipped, app_server.model_store)
    spec = {name: value for name, value in query(page).items() if name not in VIEW}
    return from_query(spec, library.specs())


def press(page: "Page", key: str, button: str) -> None:
    slider = page.locator(f".st-key-{key} input[type=range]")
    slider.focus()
    slider.press(button)


def test_the_sweep_answers_to_its_knobs(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    open_page(page, f"{app_server.url}/model_selection?{BARE}&picture=sparsity&k=2")
    settled(page)
    before = drawn(page)
    press(page, "selection_k", "ArrowRight")
    page.wait_for_selector("#done[data-k='3']", state="attached", timeout=60_000)
    settled(page)
    assert query(page)["k"] == "3"
    asked = experiment(page, app_server)
    swept = sparsity_sweep(asked)
    lines = drawn(page)
    assert lines["bayes y"] != before["bayes y"]
    for name in ("ols", "bayes"):
        expected = [each.errors[name].mean[3] for each in swept]
        assert lines[f"{name} y"] == pytest.approx(expected, abs=2e-6)
    far = [each.distances["bayes", "bayes_narrow"].mean[3] for each in swept]
    assert lines["distance_narrow y2"] == pytest.approx(far, abs=2e-6)

    press(page, "selection_nnz", "ArrowRight")
    page.wait_for_function("() => new URLSearchParams(location.search).get('nnz') === '4'", timeout=60_000)
    settled(page)
    assert (
        page.locator(".st-key-reading").inner_text().startswith("With 3 examples of functions with 4 nonzero")
    )


def test_pictures_change_and_back_returns(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    open_page(page, f"{app_server.url}/model_selection?{BARE}&k=4")
    settled(page)
    asked = experiment(page, app_server)
    pair = FamilyPair.of(asked.pretraining)
    learners = reference_learners(asked)
    expected = compare(on_family(asked, pair.narrow), learners).errors["bayes"].mean
    assert drawn(page)["bayes y2"] == pytest.approx(expected.tolist(), abs=2e-6)
    for name in ("Which family?", "Outside the mixture", "Cost of selection"):
        page.locator(".st-key-selection_picture").get_by_text(name).click()
        page.wait_for_timeout(300)
        settled(page)
        assert page.get_by_test_id("stException").count() == 0
        assert drawn(page)
    assert query(page)["picture"] == "cost"
    page.go_back()
    page.wait_for_selector("#done[data-picture='outside']", state="attached", timeout=60_000)
    settled(page)
    assert "noise_0 y" in drawn(page)


@pytest.mark.parametrize("name", ["claims", "library", "model_selection", "task_diversity"])
def test_a_phone_is_not_wider_than_its_screen(
    browser: Any, app_server: Any, settled: Callable[["Page"], None], name: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        user_agent="Mozilla/5.0 Mobile",
    )
    page = context.new_page()
    open_page(page, f"{app_server.url}/{name}")
    settled(page)
    assert page.locator(".js-plotly-plot").first.bounding_box()["width"] > 340
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
