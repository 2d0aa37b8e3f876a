"""The strip above Explore's first picture plays in the browser, and stands still for who asked for that."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

ANSWER = ".st-key-door_strip svg path >> nth=1"  # what the transformer answers at every x
TURNS = "() => window.turns"
LISTEN = """
() => {
  window.turns = 0;
  new MutationObserver(() => window.turns++).observe(
    document.querySelector('[data-testid=stApp]'),
    {attributes: true, attributeFilter: ['data-test-script-state']});
}
"""


def test_it_plays_without_the_server_on_the_first_screen_of_a_laptop(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(app_server.url)
    page.wait_for_selector("#done", state="attached", timeout=120_000)
    settled(page)
    page.evaluate(LISTEN)
    answer = page.locator(ANSWER)
    expect(answer).to_have_attribute("d", re.compile("M"), timeout=60_000)  # it is drawn once it has its size
    before = answer.get_attribute("d")
    assert before
    expect(answer).not_to_have_attribute("d", before, timeout=30_000)
    assert page.evaluate(TURNS) == 0
    strip, slider = (
        page.locator(place).bounding_box() for place in (".st-key-door", ".st-key-read_out input[type=range]")
    )
    assert strip
    assert slider
    assert strip["height"] <= 200
    assert slider["y"] + slider["height"] < 768
    page.locator(".st-key-door a").first.click()
    page.wait_for_url("**/prompt_lab**")


def test_it_stands_still_for_who_wants_no_motion(browser: Any, app_server: Any) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(app_server.url)
    before = page.locator(ANSWER).get_attribute("d", timeout=120_000)
    page.wait_for_timeout(1500)
    assert page.locator(ANSWER).get_attribute("d") == before
    context.close()
