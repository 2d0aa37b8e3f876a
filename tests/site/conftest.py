"""A pack built once, served by a plain static server, and pages that nothing outside of it is sent to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from dashboard.lecture.format import Lecture, Scene
from dashboard.lecture.format import shipped as shipped_lectures
from dashboard.pack.build import Pack
from dashboard.pack.models import USUAL, packed_models
from icl_core.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[2]
APP = "http://127.0.0.1:1"  # nothing answers there: a pack only links to it
DESKTOP = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped models alone."""
    return Library(ROOT / "cached_models", tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def lecture() -> Lecture:
    """Three scenes of the shipped ones, each slider with its ends alone: a page's visit takes a while."""
    scenes = {scene.title: scene for each in shipped_lectures() for scene in each.scenes}
    chosen = (scenes[f"lecture.{name}.title"] for name in ("half", "guess", "ols"))
    return Lecture("short", "lecture.both.title", tuple(map(thinned, chosen)), "lecture.both.text")


def thinned(scene: Scene) -> Scene:
    if scene.slider is None:
        return scene
    ends = (scene.slider.stops[0], scene.slider.stops[-1])
    return replace(scene, slider=replace(scene.slider, stops=ends, start=0))


@pytest.fixture(scope="session")
def pack_folder(shipped: Library, lecture: Lecture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack as `make pack` writes it, with the short lecture."""
    folder = tmp_path_factory.mktemp("pack") / "icl-explorer"
    Pack(packed_models(shipped, USUAL), (lecture,), APP).write(folder)
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a static server of the folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(pack_folder: Path) -> Iterator[str]:
    with served(pack_folder) as address:
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
