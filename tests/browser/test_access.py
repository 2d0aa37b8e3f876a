"""Every page as axe-core sees it: in light, in dark and in a lecture nothing that shuts anyone out."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.frame.navigation import GROUPS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONGEST = 120_000
GRAVE = ("serious", "critical")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}
PAGES = [link.name for links in GROUPS.values() for link in links]


def faults(page: "Page") -> list[str]:
    """What axe-core finds that is serious or critical: rule, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {' '.join(map(str, node['target']))}: {node.get('html', '')[:160]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shuts_anyone_out(
    name: str, page: "Page", app_server: Any, settled: Callable[["Page"], None]
) -> None:
    page.set_default_timeout(LONGEST)
    address = f"{app_server.url}/{'' if name == 'explore' else name}"
    found = {}
    for look, query in (("light", ""), ("dark", ""), ("lecture", "?present=1")):
        page.emulate_media(color_scheme="dark" if look == "dark" else "light")
        if look != "dark":  # which the open page takes on
            page.goto(address + query)
        page.locator("#done").wait_for(state="attached")
        settled(page)
        found[look] = faults(page)
    assert found == {"light": [], "dark": [], "lecture": []}
