"""A hall whose processes and viewers vanish: the next request is answered, and what was begun is finished."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psutil
import pytest

from benchmarks.hall.dashboard import Dashboard, end, free_port
from benchmarks.hall.viewer import Viewer
from icl_core.library import Library

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("hall")]

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 180.0
LINK = {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1.5", "k": "5"}


@dataclass(frozen=True)
class Hall:
    """A hall that runs: the port of its proxy, the process that watches over it, and what it has said."""

    port: int
    watcher: psutil.Process
    log: Path

    def apps(self) -> list[psutil.Process]:
        """The app processes, in the order of their ports."""
        found = [each for each in self.watcher.children() if "streamlit" in each.cmdline()]
        return sorted(found, key=lambda each: next(w for w in each.cmdline() if "server.port" in w))


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    if shutil.which("nginx") is None:
        pytest.skip("needs nginx")
    folder, port = tmp_path_factory.mktemp("hall"), free_port()
    stores = {"ICL_MODEL_STORE": str(folder / "models"), "ICL_STATE": str(folder / "state")}
    command = [sys.executable, "-m", "deploy.hall", "--processes", "2", "--port", str(port)]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | stores, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield Hall(port, psutil.Process(process.pid), folder / "log.txt")
    finally:
        end(process)


async def patiently(port: int, headers: dict[str, str], **link: str) -> str:
    """The query of the page that the link opens, as soon as somebody answers."""
    deadline = time.monotonic() + LONGEST
    while True:
        try:
            async with Viewer(port, headers=headers) as viewer:
                answer = await viewer.open(**link)
                assert next(answer.of_type("plotly_chart"))
                return answer.query
        except (OSError, EOFError, Exception) as fault:  # refused, or closed in mid-page
            if time.monotonic() > deadline:
                raise TimeoutError(f"nobody answered: {fault!r}") from fault
            await asyncio.sleep(0.5)


def test_a_killed_process_gives_way_to_the_other_and_comes_back(
    hall: Hall, in_own_thread: Callable[..., Any]
) -> None:
    first = {"Cookie": "icl_process=0"}
    assert parse_qs(in_own_thread(asyncio.run, patiently(hall.port, first, **LINK)))["k"] == ["5"]
    killed = hall.apps()[0]
    killed.send_signal(signal.SIGKILL)
    query = parse_qs(in_own_thread(asyncio.run, patiently(hall.port, first, **LINK)))
    assert (query["k"], query["evaluation.shift.magnitude"]) == (["5"], ["1.5"])
    deadline = time.monotonic() + LONGEST
    while "Process 0 ended with -9: started again." not in hall.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert len(hall.apps()) == 2
    assert killed.pid not in [each.pid for each in hall.apps()]


def test_a_training_is_finished_after_its_viewer_has_gone(
    dashboard: Dashboard, in_own_thread: Callable[..., Any]
) -> None:
    """The one who started it closes the window in mid-job; the model is there for whoever comes next."""

    async def start_and_leave() -> None:
        async with Viewer(dashboard.port) as viewer:
            await viewer.open()
            await viewer.press("train_lecture")

    in_own_thread(asyncio.run, start_and_leave())
    state = dashboard.folder / "state"
    deadline = time.monotonic() + LONGEST
    while not list(state.rglob("latest.safetensors")):
        assert time.monotonic() < deadline, f"no checkpoint was written; the log ends {dashboard.log[-800:]}"
        time.sleep(0.5)
    assert dashboard.is_healthy()
    library = Library(ROOT / "cached_models", dashboard.folder / "models")
    assert all(entry.card is not None for entry in library.entries())
