"""The prompt lab in a real browser: a click adds a point and every curve moves."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PLOT = ".st-key-lab_plot .js-plotly-plot"
PLACE = """
([x, y]) => {
  const plot = document.querySelector('%s'), box = plot.getBoundingClientRect(), axes = plot._fullLayout;
  return [box.left + axes._size.l + axes.xaxis.d2p(x), box.top + axes._size.t + axes.yaxis.d2p(y)];
}
"""
FUNCTIONS = """
() => Object.fromEntries(
  document.querySelector('%s')._fullData
    .filter(trace => trace.meta.role === 'function')
    .map(trace => [trace.meta.learner, Array.from(trace.y)])
)
"""
DRAWN = """
() => document.querySelector('%s')._fullData
  .filter(trace => trace.visible === true && ['line', 'function'].includes(trace.meta.role))
  .map(trace => trace.meta.method ?? trace.meta.learner)
"""
LEARNERS = {"transformer", "ols", "bayes", "bayes_test"}


def wait_for_points(page: "Page", count: int) -> None:
    page.wait_for_selector(f"#done[data-points='{count}']", state="attached", timeout=120_000)
    page.locator(f"{PLOT} .main-svg").first.wait_for(timeout=60_000)


def functions(page: "Page") -> dict[str, list[float]]:
    return page.evaluate(FUNCTIONS % PLOT)


def query(page: "Page") -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.evaluate("location.href")).query, keep_blank_values=True)


def click(page: "Page", x: float, y: float) -> None:
    across, down = page.evaluate(PLACE % PLOT, [x, y])
    page.mouse.click(across, down)


def test_clicks_add_points_and_the_curves_move(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    page.goto(f"{app_server.url}/prompt_lab?source=own&x=-1+0.5&y=-0.5+0.25")
    wait_for_points(page, 2)
    settled(page)
    before = functions(page)
    assert {"ols", "sinusoid_fit", "bayes"} <= set(before)
    click(page, 2.0, -2.0)
    wait_for_points(page, 3)
    settled(page)
    assert [float(value) for value in query(page)["x"][0].split()] == pytest.approx([-1, 0.5, 2], abs=0.051)
    assert [float(value) for value in query(page)["y"][0].split()] == pytest.approx(
        [-0.5, 0.25, -2], abs=0.051
    )
    after = functions(page)
    assert set(after) == set(before)
    for learner, line in after.items():
        assert max(abs(new - old) for new, old in zip(line, before[learner], strict=True)) > 0.1, learner
    click(page, 0.0, 1.0)  # a second click is a second point, not the first again
    wait_for_points(page, 4)
    settled(page)
    click(page, 0.0, 1.0)  # and the same place may be clicked twice
    wait_for_points(page, 5)


def test_taps_land_where_they_are_made(
    browser: Any, app_server: Any, settled: Callable[["Page"], None]
) -> None:
    """By touch, where nothing hovers before it."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        user_agent="Mozilla/5.0 Mobile",
    )
    page = context.new_page()
    page.goto(f"{app_server.url}/prompt_lab?source=own&x=&y=")
    wait_for_points(page, 0)
    settled(page)
    places = [(-2.0, 1.0), (2.0, -1.5), (0.0, 2.0), (0.0, 2.0), (-1.0, -2.5)]
    for count, place in enumerate(places, start=1):
        page.touchscreen.tap(*page.evaluate(PLACE % PLOT, list(place)))
        wait_for_points(page, count)
        settled(page)
    made = zip(*([float(each) for each in query(page)[axis][0].split()] for axis in "xy"), strict=True)
    for place, (x, y) in zip(places, made, strict=True):
        assert (x, y) == pytest.approx(place, abs=0.03)  # a pixel
    context.close()


@pytest.mark.parametrize(
    ("address", "chart"),
    [
        ("/prompt_lab?predict=1", PLOT),
        ("/?predict=1", ".st-key-figure .js-plotly-plot"),
        ("/beyond_the_mixture?predict=1&present=1", ".st-key-functions .js-plotly-plot"),
    ],
)
def test_a_guess_is_drawn_by_hand_and_scored(
    address: str, chart: str, page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    page.goto(app_server.url + address)
    page.wait_for_selector("#done", state="attached", timeout=120_000)
    page.locator(f"{chart} .hand").wait_for(state="attached", timeout=60_000)
    settled(page)
    assert not set(page.evaluate(DRAWN % chart)) & LEARNERS
    box = page.locator(f"{chart} .hand").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    start, end = box["x"] + 5, box["x"] + box["width"] - 5
    if address.startswith("/?"):
        draw_by_touch(page, np.linspace(start, end, 9).tolist(), middle)
    else:
        page.mouse.move(start, middle)
        page.mouse.down()
        page.mouse.move(end, middle, steps=8)
        page.mouse.up()
    settled(page)
    if "present" in address:
        page.keyboard.press("r")
    else:
        page.locator(".st-key-reveal button").click()
    page.locator(".st-key-score").get_by_text("Nearest").wait_for(timeout=60_000)
    settled(page)
    said = page.locator(".st-key-score").inner_text()
    for name in ("Transformer", "OLS", "Bayes"):
        assert name in said
    assert set(page.evaluate(DRAWN % chart)) & LEARNERS
    assert page.locator(f"{chart} .hand path").get_attribute("d")  # the guess stays


def draw_by_touch(page: "Page", across: list[float], down: float) -> None:
    """A finger's stroke through these places."""
    hand = page.context.new_cdp_session(page)
    hand.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for number, x in enumerate(across):
        kind = "touchMove" if number else "touchStart"
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": down}]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_points_survive_reload_and_back(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    page.goto(f"{app_server.url}/prompt_lab?source=own&x=-1+0.5&y=-0.5+0.25")
    wait_for_points(page, 2)
    settled(page)
    page.locator(".st-key-clear button").click()
    wait_for_points(page, 0)
    settled(page)
    page.reload()
    wait_for_points(page, 0)
    page.go_back()
    wait_for_points(page, 2)


def test_the_functions_play_in_the_browser(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    """On 'Beyond the mixture': the drawn function changes while the server does nothing."""
    page.goto(f"{app_server.url}/beyond_the_mixture")
    page.wait_for_selector("#done", state="attached", timeout=300_000)
    settled(page)
    chart = ".st-key-functions .js-plotly-plot"
    page.locator(f"{chart} .main-svg").first.wait_for(timeout=60_000)
    before = page.evaluate(FUNCTIONS % chart)
    page.locator(f"{chart} .updatemenu-button").first.click()
    page.wait_for_function(
        f"() => document.querySelector('{chart}')._fullLayout.sliders[0].active > 14", timeout=60_000
    )
    page.locator(f"{chart} .updatemenu-button").nth(1).click()
    after = page.evaluate(FUNCTIONS % chart)
    assert after["bayes"] != before["bayes"]
    assert after["truth"] == before["truth"]
