"""A dashboard that runs as a process of its own, on a free port of the loopback address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
STARTUP_SECONDS = 120.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never ask a proxy for loopback


@dataclass(frozen=True)
class Dashboard:
    """A running server: its address, its processes, and where it keeps what it makes."""

    port: int
    process: psutil.Process
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What the server has said so far."""
        return (self.folder / "log.txt").read_text("utf-8", errors="replace")

    def processor_seconds(self) -> float:
        """Processor time of the server's own process, without those that train."""
        times = self.process.cpu_times()
        return times.user + times.system

    def memory(self) -> int:
        """Resident bytes of the server and of all that it has started."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(_resident(each) for each in family)

    def is_healthy(self) -> bool:
        """Whether the server answers."""
        try:
            with _DIRECT.open(f"{self.url}/_stcore/health", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


@contextmanager
def running(
    script: str = "app.py",
    settings: Mapping[str, str] | None = None,
    options: tuple[str, ...] = (),
    folder: Path | None = None,
) -> Iterator[Dashboard]:
    """A dashboard with stores of its own under `folder` (default: a temporary one), ended on the way out.

    `settings` are further environment variables, `options` further arguments of `streamlit run`. Raises
    RuntimeError with the end of its log where the server does not start.
    """
    with tempfile.TemporaryDirectory() as temporary:
        home = folder or Path(temporary)
        port = free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("ICL_", "DASK_"))}
        environment |= {"ICL_MODEL_STORE": str(home / "models"), "ICL_STATE": str(home / "state")}
        command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", *options]
        with (home / "log.txt").open("ab") as log:
            # A session of its own: whatever the dashboard starts ends with it.
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment | dict(settings or {}),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        dashboard = Dashboard(port, psutil.Process(process.pid), home)
        try:
            _wait(process, dashboard)
            yield dashboard
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process that leads a session, and whatever it has started: gently, then for good."""
    for signal_number, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, signal_number)
            process.wait(patience)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(process: subprocess.Popen[bytes], dashboard: Dashboard) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if dashboard.is_healthy():
            return
        time.sleep(0.1)
    raise RuntimeError(f"the dashboard did not start; its log ends:\n{dashboard.log[-4000:]}")


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
