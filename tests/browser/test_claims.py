"""The Claims page in a real browser: cold, filtered, and followed to a page that shows a claim."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from icl_core.claims import CLAIMS
from icl_core.claims.store import VerdictStore
from icl_core.library import default_library

if TYPE_CHECKING:
    from playwright.sync_api import Page

DRAWN = """
() => Array.from(document.querySelectorAll('.js-plotly-plot'))
    .flatMap(plot => plot._fullData).map(trace => trace.meta.id)
"""
pytestmark = pytest.mark.browser


def open_page(page: "Page", address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=120_000)
    page.wait_for_selector("#done", state="attached", timeout=120_000)


def test_it_opens_cold_and_leads_to_what_shows_a_claim(
    page: "Page",
    app_server: Any,
    settled: Callable[["Page"], None],
    choose: Callable[["Page", str, str], None],
) -> None:
    open_page(page, f"{app_server.url}/claims")
    settled(page)
    stored = VerdictStore(default_library()).read(CLAIMS)
    measured = {claim.partition("-")[0] for claim, found in stored.items() if found.result.parts}
    assert set(page.evaluate(DRAWN)) == measured
    assert f"of {len(CLAIMS)} claims reproduced" in page.locator("h1").inner_text()
    assert page.get_by_test_id("stException").count() == 0
    assert page.locator("#done").get_attribute("data-listed") == str(len(CLAIMS))

    choose(page, "claims_paper", "Paper A")
    page.wait_for_selector("#done[data-listed='15']", state="attached", timeout=60_000)
    settled(page)
    page.get_by_role("link", name="Open it").nth(8).click()
    page.wait_for_url("**/shift_lab?**", timeout=60_000)
    page.wait_for_selector("#done", state="attached", timeout=120_000)
    settled(page)
    asked = dict(parse_qsl(urlsplit(stored["A9"].result.url).query))
    assert asked.items() <= dict(parse_qsl(urlsplit(page.evaluate("location.href")).query)).items()
    assert page.get_by_test_id("stException").count() == 0
