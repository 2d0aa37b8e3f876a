"""Every page as axe-core sees it, in light and in dark: nothing that shuts anyone out.

tests/browser/test_lecture.py asks the same of the scenes of a lecture.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.frame.navigation import GROUPS
from tests.browser.access import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONGEST = 240_000
PAGES = [link.name for links in GROUPS.values() for link in links]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shuts_anyone_out(
    name: str, page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    page.set_default_timeout(LONGEST)
    page.emulate_media(color_scheme="light")
    page.goto(f"{app_server.url}/{'' if name == 'explore' else name}")
    page.locator("#done").wait_for(state="attached")
    settled(page)
    assert grave(page) == []
    page.emulate_media(color_scheme="dark")  # which the open page takes on
    page.wait_for_function("getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark'")
    settled(page)
    assert grave(page, "color-contrast") == []
