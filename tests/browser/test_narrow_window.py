"""A narrow window sets a figure's plots one under the other, a wide one sets them side by side."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

STARTS = """
() => ['xaxis', 'xaxis2'].map(
    axis => document.querySelector('.js-plotly-plot')?._fullLayout?.[axis]?.domain[0])
"""
STACKED = f"() => {{ const [one, two] = ({STARTS})(); return two !== undefined && one === two; }}"
BESIDE = f"() => {{ const [one, two] = ({STARTS})(); return one < two; }}"


def test_plots_follow_the_window(page: "Page", app_server: Any) -> None:
    page.goto(f"{app_server.url}/model_selection")
    page.wait_for_function(BESIDE, timeout=120_000)
    page.set_viewport_size({"width": 420, "height": 800})
    page.wait_for_function(STACKED, timeout=60_000)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function(BESIDE, timeout=60_000)
