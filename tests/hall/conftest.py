"""A dashboard for several viewers, without a browser."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks.hall.dashboard import Dashboard, running


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    folder: Path = tmp_path_factory.mktemp("hall")
    with running(folder=folder) as server:
        yield server


@pytest.fixture
def in_own_thread() -> Iterator[Callable[..., Any]]:
    """Calls a function in a thread of its own: an event loop cannot begin where a browser's already runs."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield lambda function, *arguments, **named: thread.submit(function, *arguments, **named).result()
