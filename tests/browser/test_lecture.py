"""A lecture is given by → alone: every scene is one window high, with one control, and nothing goes wrong."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.lecture.format import Lecture, shipped
from dashboard.lecture.stage import Place
from tests.browser.access import grave

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = ((1366, 768), (1920, 1080), (1024, 768))
LONGEST = 240_000  # of a scene on a machine that is busy with other tests
HEIGHTS = """
() => {
  const main = document.querySelector('.stMain'), place = document.querySelector('.st-key-figure');
  const inside = element => {
    const box = element.getBoundingClientRect();
    return box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1 && box.top >= -1 && box.height > 0;
  };
  return {
    scrolls: document.documentElement.scrollHeight > innerHeight || main.scrollHeight > main.clientHeight + 1,
    figure: place.getBoundingClientRect().height,
    outside: [...document.querySelectorAll('h1, .st-key-figure, .st-key-stage, .st-key-reading p')]
      .filter(element => !inside(element)).map(element => element.className || element.tagName),
    plots: [...document.querySelectorAll('.js-plotly-plot .main-svg')].filter(svg => !inside(svg)).length,
  };
}
"""
CONTROLS = ".st-key-stage_knob input[type=range]"


def wait_for_scene(page: "Page", place: Place, settled: Callable[["Page"], None]) -> None:
    """Until the strip says where the lecture stands, and so hears keys, and the figure is drawn."""
    said = f"{place.number + 1} / {len(place.lecture.scenes)}"
    page.locator(".strip .place", has_text=said).wait_for(timeout=LONGEST)
    page.locator("#done").wait_for(state="attached", timeout=LONGEST)
    settled(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=LONGEST)


@pytest.mark.parametrize("lecture", shipped(), ids=lambda lecture: lecture.name)
def test_a_lecture_is_walked_by_the_arrow_key(
    lecture: Lecture, page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    faults: list[str] = []
    longest = max(shipped(), key=lambda each: each.minutes)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
    page.set_default_timeout(LONGEST)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{app_server.url}/lecture?name={lecture.name}")
    page.locator(".strip .place[data-listens]").wait_for(state="attached")
    settled(page)
    for number, scene in enumerate(lecture.scenes):
        page.keyboard.press("ArrowRight")
        wait_for_scene(page, Place(lecture, number), settled)
        assert f"scene={number}" in page.url or number == 0, scene.link
        assert page.locator(CONTROLS).count() <= 1, scene.link
        assert page.get_by_test_id("stAlert").count() == 0, scene.link
        if lecture == longest:
            assert grave(page) == [], scene.link
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(300)
            settled(page)
            found = page.evaluate(HEIGHTS)
            assert found["scrolls"] is False, (scene.link, width, found)
            assert found["outside"] == [], (scene.link, width, found)
            assert found["plots"] == 0, (scene.link, width, found)
            assert found["figure"] > 0.45 * height, (scene.link, width, found)
        page.set_viewport_size({"width": 1366, "height": 768})
    assert faults == []
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "present" not in url)


def is_fault(line: "ConsoleMessage") -> bool:
    """Streamlit asks for its health beside the page's address first, and is told that it is not there."""
    return line.type == "error" and "/_stcore/" not in line.location.get("url", "")


def test_a_step_that_is_pressed_while_a_scene_is_on_its_way_is_taken(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    lecture = max(shipped(), key=lambda each: each.minutes)
    page.set_default_timeout(LONGEST)
    page.goto(f"{app_server.url}/lecture?name={lecture.name}")
    page.locator(".strip .place[data-listens]").wait_for(state="attached")
    settled(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait_for_scene(page, Place(lecture, 1), settled)


def test_the_way_back_the_slider_and_the_notes(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    lecture = max(shipped(), key=lambda each: each.minutes)
    number = next(n for n, scene in enumerate(lecture.scenes) if scene.page == "explore" and scene.slider)
    scene = lecture.scenes[number]
    assert scene.slider is not None
    page.set_default_timeout(LONGEST)
    query = "&".join(f"{name}={value}" for name, value in scene.query.items())
    page.goto(f"{app_server.url}/?{query}&present=1&lecture={lecture.name}&scene={number}")
    wait_for_scene(page, Place(lecture, number), settled)
    title = page.locator("h1").inner_text()
    slider = page.locator(CONTROLS)
    slider.focus()
    slider.press("End")
    page.wait_for_function(
        "before => document.querySelector('h1').innerText !== before || !location.search.includes('k=6')",
        arg=title,
    )
    settled(page)
    last = dict(pair.split("=") for pair in scene.slider.stops[-1].query.split("&"))
    assert all(f"{name}={value}" in page.evaluate("location.search") for name, value in last.items())
    with page.expect_popup() as opened:
        page.locator(".notes").click()
    opened.value.wait_for_selector("h1")
    assert "Let" in opened.value.inner_text("body") or len(opened.value.inner_text("body")) > 80
    page.locator(".st-key-stage_back").locator("a, button").first.click()
    wait_for_scene(page, Place(lecture, number - 1), settled)
