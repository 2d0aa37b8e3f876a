"""Every selector of the style matches something that Streamlit draws: most are its private names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

FRAME = Path(__file__).resolve().parents[2] / "dashboard" / "frame"
LECTURE = "present=1&lecture=in-context-learning&scene="
OPENED = {
    "style.css": ("/", "/library", "/lecture", "/prompt_lab", "/shift_lab"),  # tables, a formula
    "phone.css": ("/",),
    "present.css": (f"/?{LECTURE}2", f"/prompt_lab?{LECTURE}1"),
}
FEWEST = {"style.css": 15, "phone.css": 8, "present.css": 15}  # selectors that are found
OPEN_SHARE = ".st-key-share button"

SELECTORS = """
css => {
  const found = [];
  const walk = rules => [...rules].forEach(
    rule => rule.selectorText ? found.push(...apart(rule.selectorText)) : walk(rule.cssRules));
  const apart = text => {  // at the commas that stand in no brackets
    const parts = [''];
    let depth = 0;
    for (const letter of text) {
      depth += '([' .includes(letter) - ')]'.includes(letter);
      if (letter === ',' && !depth) parts.push(''); else parts[parts.length - 1] += letter;
    }
    return parts.map(part => part.trim());
  };
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  walk(sheet.cssRules);
  return found.flatMap(alternatives);

  function alternatives(selector) {  // what :is(a, b) stands for, each on its own
    const start = selector.indexOf(':is(');
    if (start < 0) return [selector];
    const end = selector.indexOf(')', start);
    return apart(selector.slice(start + 4, end)).flatMap(
      one => alternatives(selector.slice(0, start) + `:where(${one})` + selector.slice(end + 1)));
  }
}
"""
UNMATCHED = """selectors => selectors.filter(
  selector => !document.querySelector(selector.replaceAll(':focus-visible', '')))"""


@pytest.mark.parametrize("sheet", OPENED)
def test_every_selector_matches_something(
    sheet: str, page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    left: list[str] = page.evaluate(SELECTORS, (FRAME / sheet).read_text("utf-8"))
    assert len(left) > FEWEST[sheet], left
    assert page.evaluate(UNMATCHED, left) == left  # of a page that is not ours
    if sheet == "phone.css":
        page.set_viewport_size({"width": 390, "height": 844})
    for address in OPENED[sheet]:
        page.goto(app_server.url + address)
        page.locator("#done").wait_for(state="attached", timeout=120_000)
        settled(page)
        if sheet == "style.css" and address == "/":
            page.locator(OPEN_SHARE).click()
            page.locator(".st-key-share_code img").wait_for()
        if sheet == "phone.css":
            page.locator(".st-key-knobs summary").first.wait_for()
            settled(page)
        left = page.evaluate(UNMATCHED, left)
    assert left == []


def test_the_keyboard_s_place_is_seen(
    page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    """A page link that has the focus by the keyboard has a ring of its letters' colour; others have none."""
    page.goto(f"{app_server.url}/glossary")
    settled(page)
    links = page.locator("[data-testid='stPageLink'] a")
    links.first.focus()
    page.keyboard.press("Tab")
    ring = (
        "each => { const style = getComputedStyle(each); return [style.outlineStyle, style.outlineWidth]; }"
    )
    focused = page.evaluate(f"() => ({ring})(document.activeElement)")
    assert focused == ["solid", "3px"]
    assert links.last.evaluate(ring)[0] == "none"
