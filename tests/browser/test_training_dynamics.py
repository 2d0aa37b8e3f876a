"""The animation in a real browser: it plays by itself, and its last frame is the limit beside it."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from icl_core.evaluation.dynamics import Dynamics, trajectory

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MATRICES = """
() => Object.fromEntries(document.querySelector('.js-plotly-plot')._fullData
    .filter(trace => trace.type === 'bar')
    .map(trace => [trace.meta.role, Array.from(trace.marker.color)]))
"""
CELLS = """
() => [...document.querySelectorAll('.js-plotly-plot .barlayer .point path')]
    .filter(cell => cell.getBBox().width > 1).length
"""
FRAME = "() => document.querySelector('.js-plotly-plot')._transitionData._frames.length"
SLIDER = "() => document.querySelector('.js-plotly-plot')._fullLayout.sliders[0].active"
ENDED = f"() => ({SLIDER})() === ({FRAME})() - 1"


def opened(page: "Page", address: str, settled: Callable[["Page"], None]) -> None:
    page.goto(address)
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=120_000)
    page.wait_for_selector("#done", state="attached", timeout=120_000)
    settled(page)


def matrices(page: "Page") -> dict[str, np.ndarray]:
    found = {role: np.array(entries, dtype=float) for role, entries in page.evaluate(MATRICES).items()}
    return {role: entries.reshape(math.isqrt(len(entries)), -1) for role, entries in found.items()}


def test_the_animation_plays_to_the_limit(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    opened(page, f"{app_server.url}/training_dynamics", settled)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    limit = trajectory(Dynamics()).limit
    page.get_by_text("▶ Play").first.click()
    page.wait_for_function(f"() => ({SLIDER})() < ({FRAME})() / 2", timeout=20_000)  # it begins at the start
    seen = matrices(page)
    for _ in range(5):  # nothing goes blank, the fixed limits neither
        assert page.evaluate(CELLS) == sum(entries.size for entries in seen.values())
        page.wait_for_timeout(40)
    assert np.abs(seen["key_query"] - seen["key_query_limit"]).max() > 0.05
    page.wait_for_function(ENDED, timeout=60_000)
    page.wait_for_timeout(500)
    drawn = matrices(page)
    np.testing.assert_allclose(drawn["key_query"], drawn["key_query_limit"], atol=1e-3)
    np.testing.assert_allclose(drawn["value"], drawn["value_limit"], atol=1e-3)
    np.testing.assert_allclose(drawn["key_query"][:-1, :-1], limit.U, atol=1e-3)
    assert drawn["value"][-1, -1] == pytest.approx(limit.u, abs=1e-3)
    assert requests == []  # the server had no part in it


def test_pause_stops_it(page: "Page", app_server: Any, settled: Callable[["Page"], None]) -> None:
    opened(page, f"{app_server.url}/training_dynamics", settled)
    page.get_by_text("▶ Play").first.click()
    page.wait_for_timeout(1200)
    page.get_by_text("❚❚ Pause").first.click()
    page.wait_for_timeout(400)
    before = matrices(page)["key_query"]
    page.wait_for_timeout(800)
    np.testing.assert_array_equal(matrices(page)["key_query"], before)


def test_a_cell_of_the_grid_opens_its_state(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    opened(page, f"{app_server.url}/shift_lab?part=grid", settled)
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box is not None
    columns, rows = page.evaluate(
        "() => { const heat = document.querySelector('.js-plotly-plot')._fullData[0];"
        " return [heat.z[0].length, heat.z.length]; }"
    )
    page.mouse.click(box["x"] + box["width"] * 2.5 / columns, box["y"] + box["height"] * 6.5 / rows)
    page.wait_for_function("() => location.href.includes('covariate_scale')", timeout=60_000)
    assert "evaluation.shift.magnitude=1" in page.evaluate("location.href")
    assert "k=3" in page.evaluate("location.href")
