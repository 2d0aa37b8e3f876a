"""Packs built once, served by a plain static server, and pages that send nothing anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.pack import served
from dashboard.lecture.format import Lecture
from dashboard.lecture.format import shipped as shipped_lectures
from dashboard.pack.learn import trainings
from dashboard.pack.models import USUAL
from dashboard.pack.scenes import Visitor
from icl_core.library import Library
from tests.site.packs import Built, built

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[2]
DESKTOP = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped models alone."""
    return Library(ROOT / "cached_models", tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def pack(shipped: Library, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Everything that ships, in English for a wide window."""
    folder, visitor = tmp_path_factory.mktemp("pack") / "icl-explorer", Visitor("en", narrow=False)
    return built(folder, shipped, USUAL, shipped_lectures(), trainings(shipped), visitor)


@pytest.fixture(scope="session")
def small_pack(shipped: Library, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A short lecture and one training, in Chinese for a phone."""
    found = {scene.title: scene for each in shipped_lectures() for scene in each.scenes}
    chosen = tuple(found[f"lecture.{name}.title"] for name in ("guess", "copes", "claims"))
    lecture = Lecture("short", "lecture.both.title", chosen, "lecture.both.text")
    folder, visitor = tmp_path_factory.mktemp("small") / "icl-explorer", Visitor("zh", narrow=True)
    replayed = trainings(shipped, ("linear-sinusoid-small",))
    return built(folder, shipped, USUAL[:1], (lecture,), replayed, visitor)


@pytest.fixture(scope="session")
def site(pack: Built) -> Iterator[str]:
    with served(pack.folder) as address:
        yield address


@pytest.fixture(scope="session")
def small_site(small_pack: Built) -> Iterator[str]:
    with served(small_pack.folder) as address:
        yield address


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A function that opens an address in a fresh profile. In the end no other place may have been asked for
    anything, and no script may have failed."""
    contexts, faults = [], []

    def open_page(address: str, **profile: Any) -> Page:
        context = browser.new_context(**(DESKTOP | profile))
        contexts.append(context)
        home = address.partition("?")[0].rpartition("/")[0]

        def only_home(route: Route) -> None:
            if route.request.url.startswith((home, "blob:", "data:")):
                return route.continue_()
            faults.append(route.request.url)
            return route.abort()

        context.route("**/*", only_home)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(address)
        page.wait_for_selector("html[data-drawn]", state="attached", timeout=60_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
