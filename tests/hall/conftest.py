"""A dashboard for several viewers, without a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.hall.dashboard import Dashboard, running


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    folder: Path = tmp_path_factory.mktemp("hall")
    with running(folder=folder) as server:
        yield server
