"""Every page under hostile links, over the websocket: it stands there, and nothing of them becomes HTML."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.Element_pb2 import Element

from benchmarks.hall.dashboard import Dashboard, running
from benchmarks.hall.viewer import Answer, Viewer
from dashboard.frame.navigation import GROUPS
from tests.fuzz.hostile import FEW, LINKS, MARK, NUMBERS, ROOT, SCRIPTS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hall")]

SECONDS = 5.0  # of the server's processor time for one page that measures nothing
MEMORY = 3 * 2**30
PAGES = ["" if link.name == "explore" else link.name for links in GROUPS.values() for link in links]
VIEW = st.sampled_from(
    ["k", "log", "show", "lang", "hide", "claim", "lecture", "scene", "x", "y", "source", "part", "played",
     "name", "picture", "model", "paper", "evaluation.shift", "evaluation.seed", "unknown"]
)  # fmt: skip
SMALL = st.dictionaries(VIEW, st.sampled_from((*SCRIPTS, *NUMBERS, "1", "2", "7", "query_scale")), max_size=4)
"""Links that make no page measure anything large: those are refused, as tests/fuzz/test_reading.py asks."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    before = files(ROOT)
    with running(folder=folder) as dashboard:
        yield dashboard
        assert dashboard.memory() < MEMORY
        assert "Traceback" not in dashboard.log
    assert files(ROOT) == before
    assert {path.name for path in folder.iterdir()} <= {"models", "state", "log.txt"}


async def opened(server: Dashboard, page: str, **query: str) -> Answer:
    async with Viewer(server.port) as viewer:
        return await viewer.open(page, **query)


@pytest.fixture(scope="module")
def warm() -> set[str]:
    """Pages that were open before: the first visit imports, and measures what all others find."""
    return set()


def files(folder: Path) -> set[Path]:
    """What lies in the project, but for caches."""
    skipped = (".git", ".venv", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache")
    return {path for path in folder.rglob("*") if not any(part in skipped for part in path.parts)}


def raw(element: Element) -> str:
    """What of an element a browser takes for HTML or Markdown."""
    kind = element.WhichOneof("type")
    if kind == "html":
        return element.html.body
    if kind in ("markdown", "alert", "heading"):
        return getattr(element, kind).body
    return ""


def shown_as_html(answer: Answer) -> list[str]:
    """Elements in which a hostile value stands as it came, with nothing before its brackets."""
    return [raw(each) for each in answer.elements if any(script in raw(each) for script in SCRIPTS)]


@FEW
@given(st.sampled_from(PAGES), st.one_of(SMALL, SMALL, LINKS))
def test_pages(
    server: Dashboard,
    warm: set[str],
    in_own_thread: Callable[..., Any],
    page: str,
    query: dict[str, str],
) -> None:
    before = server.processor_seconds()
    answer = in_own_thread(
        asyncio.run, opened(server, page, **query)
    )  # raises PageFault where an exception was shown
    assert any("id='done'" in element.html.body for element in answer.of_type("html"))
    assert shown_as_html(answer) == []
    assert MARK not in "".join(element.html.body for element in answer.of_type("html"))
    measures = any(name.startswith(("evaluation.", "pretraining")) for name in query)
    if page in warm and not measures:
        assert server.processor_seconds() - before < SECONDS
    warm.add(page)
