"""What axe-core finds on a page that keeps somebody out of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

GRAVE = ("serious", "critical")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

DRAWN = {"exclude": [[".js-plotly-plot"]]}  # a picture, which its alt text describes


def grave(page: "Page", *rules: str) -> list[str]:
    """Violations of serious or critical impact: rule and place. `rules`: these alone, else WCAG 2.1 AA."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate("document.fonts.ready")  # a formula has its size only then
    asked = {"type": "rule", "values": [*rules]} if rules else {"type": "tag", "values": TAGS}
    options = {"runOnly": asked, "resultTypes": ["violations"]}
    found = Axe().run(page, context=DRAWN, options=options).response["violations"]
    return [
        f"{each['id']}: {' '.join(map(str, node['target']))}: {node['html'][:160]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]
