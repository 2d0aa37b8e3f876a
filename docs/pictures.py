"""The pictures of the documents, taken of the dashboard as it is: python -m docs.pictures."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tqdm import tqdm

from benchmarks.hall.dashboard import running

FOLDER = Path(__file__).parent / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
SECONDS = 300
LAPTOP, PHONE = (1366, 768), (390, 844)
FIGURE = ".js-plotly-plot .main-svg"


@dataclass(frozen=True)
class Picture:
    """A page as a link shows it, in a window of this size; `click` is pressed before it is taken."""

    name: str
    link: str
    size: tuple[int, int] = LAPTOP
    click: str = ""
    shows: str = FIGURE


PICTURES = (
    Picture("explore", "/"),
    Picture("phone", "/?k=8", PHONE, click=".st-key-knobs summary"),
    Picture("prompt-lab", "/prompt_lab"),
    Picture("predict-first", "/prompt_lab?predict=1"),
    Picture("beyond", "/beyond_the_mixture"),
    Picture("lecture", "/lecture", shows=".st-key-listed_0"),
    Picture("scene", "/?present=1&lecture=in-context-learning&scene=2"),
)


def take(browser: Browser, url: str, picture: Picture) -> Path:
    """Writes one picture and returns its file. Raises TimeoutError for a page that does not come."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        reduced_motion="reduce",  # the strip stands at its last frame
        **({"is_mobile": True, "has_touch": True, "user_agent": "Mobi"} if picture.size == PHONE else {}),
    )
    page = context.new_page()
    page.set_default_timeout(1000 * SECONDS)
    page.goto(url + picture.link)
    page.locator("#done").wait_for(state="attached")
    page.locator(picture.shows).first.wait_for()
    if picture.click:
        page.locator(picture.click).first.click()
    page.locator("[data-test-script-state='notRunning']").wait_for(state="attached")
    page.wait_for_timeout(2000)  # charts grow into their place
    file = FOLDER / f"{picture.name}.png"
    page.screenshot(path=file, animations="disabled")
    context.close()
    return file


def main() -> None:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit(f"Pictures are taken with a browser: none of {', '.join(BROWSERS)} is on the PATH.")
    FOLDER.mkdir(exist_ok=True)
    with running() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        for picture in tqdm(PICTURES, unit="picture", disable=None):
            take(browser, server.url, picture)
        browser.close()


if __name__ == "__main__":
    main()
