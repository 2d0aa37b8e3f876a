"""What tests share: one thread, stores of their own, and a browser with a running dashboard on request."""

import os

# Read once, when the numerical libraries load: so before they are imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import settings

from benchmarks.hall.dashboard import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER_ARGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
SETTLE_MILLISECONDS = 60_000
OPENINGS, OPENING_MILLISECONDS = 5, 10_000  # of a list of options

torch.set_num_threads(1)

# The same examples on every run, and no time limit that a busy machine would break.
settings.register_profile("repeatable", derandomize=True, deadline=None)
# `make fuzz`: other examples on every run, some 10,000 in tests/fuzz.
settings.register_profile("fuzz", max_examples=2_800, deadline=None, print_blob=True)
settings.load_profile("repeatable")


CHROMIUM = next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
NO_BROWSER = f"needs a browser: none of {', '.join(BROWSER_NAMES)} is on the PATH"
BROWSER_REQUIRED = os.environ.get("CI", "").lower() in ("true", "1")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests run on one worker, with one dashboard and one browser; or not, where there is none."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if CHROMIUM is None and not BROWSER_REQUIRED:
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason to skip, however many tests it took."""
    reports = terminalreporter.stats.get("skipped", [])
    for reason, count in Counter(report.longrepr[2] for report in reports).items():
        terminalreporter.write_line(f"skipped {count}: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(autouse=True)
def isolated_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test sees the user's models, jobs or cluster, and none leaves a dtype or a seed behind."""
    for name in [name for name in os.environ if name.startswith(("ICL_", "DASK_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ICL_MODEL_STORE", str(tmp_path / "models"))
    monkeypatch.setenv("ICL_STATE", str(tmp_path / "state"))
    torch.manual_seed(0)
    dtype = torch.get_default_dtype()
    yield
    torch.set_default_dtype(dtype)


@pytest.fixture(scope="session")
def in_own_thread() -> Iterator[Callable[..., Any]]:
    """Calls a function in a thread of its own: an event loop cannot begin where a browser's already runs."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield lambda function, *arguments, **named: thread.submit(function, *arguments, **named).result()


# ---------------------------------------------------------------------------------------------- browser tests


@dataclass(frozen=True)
class AppServer:
    """A dashboard that runs as a process of its own, with stores of its own."""

    url: str
    model_store: Path
    state: Path
    log: Path


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium through Playwright."""
    if CHROMIUM is None:
        pytest.fail(NO_BROWSER, pytrace=False)

    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(BROWSER_ARGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page of a fresh browser profile, on a desktop-sized screen; downloads are accepted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def app_server(browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The dashboard on a free port of the loopback address. Fails early without a browser."""
    folder = tmp_path_factory.mktemp("dashboard")
    with running(settings={"ICL_NICE": "0"}, folder=folder) as server:
        yield AppServer(server.url, folder / "models", folder / "state", folder / "log.txt")


@pytest.fixture(scope="session")
def settled() -> Callable[["Page"], None]:
    """A function that waits until the page is connected, its script has ended and no placeholder is left."""
    from playwright.sync_api import expect

    def wait(page: "Page") -> None:
        page.wait_for_timeout(155)  # Streamlit batches widget changes: let a rerun begin first
        for state in ("connection-state='CONNECTED'", "script-state='notRunning'"):
            app = page.locator(f"[data-testid='stApp'][data-test-{state}]")
            app.wait_for(state="attached", timeout=SETTLE_MILLISECONDS)
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=SETTLE_MILLISECONDS)

    return wait


@pytest.fixture(scope="session")
def choose() -> Callable[["Page", str, str], None]:
    """A function that opens the list of the widget with this key and picks an option.

    A list that the page closed by drawing itself once more is opened again.
    """
    from playwright.sync_api import TimeoutError as TooLate

    def pick(page: "Page", key: str, option: str) -> None:
        box, wanted = page.locator(f".st-key-{key} input"), page.get_by_role("option", name=option)
        for _ in range(OPENINGS - 1):
            box.click()
            try:
                return wanted.click(timeout=OPENING_MILLISECONDS)
            except TooLate:
                page.keyboard.press("Escape")
        box.click()
        wanted.click()

    return pick
