"""The embedded Dask cluster: a scheduler and its workers, bound to loopback, in a process of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import locket
from distributed import Nanny, Scheduler

from icl_core.library.jobs.folder import lock, write_json

LOOPBACK = "127.0.0.1"
NICE = "ICL_NICE"  # names the variable that overrides NICENESS
NICENESS = 10  # added to the process's own, so that pages stay quick
IDLE_SECONDS = 600.0
WORKER_BYTES = 4 * 2**30  # the nanny ends a worker beyond; the limit of a job lies below


class ClusterError(ValueError):
    """The cluster cannot be had: why, and what to do."""


@dataclass(frozen=True)
class ClusterFiles:
    """What the cluster of a state folder leaves there for those who look for it."""

    state: Path

    @property
    def scheduler(self) -> Path:
        """The scheduler's identity, its address included; there only once every worker is."""
        return self.state / "scheduler.json"

    @property
    def log(self) -> Path:
        return self.state / "cluster.log"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts a cluster, until it is up."""
        return self.state / "cluster-start.lock"

    @property
    def life_lock(self) -> Path:
        """Held by the cluster as long as it lives."""
        return self.state / "cluster.lock"

    @property
    def scratch(self) -> Path:
        """Where Dask's workers keep what they must."""
        return self.state / "dask"

    @property
    def lives(self) -> bool:
        """Whether the cluster's process does."""
        try:
            with lock(self.life_lock, 0):
                return False
        except locket.LockError:
            return True

    def address(self) -> str | None:
        """The address of a cluster that is up, or was."""
        try:
            address = json.loads(self.scheduler.read_text())["address"]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return address if isinstance(address, str) else None


@dataclass(frozen=True)
class ClusterSettings:
    """How large the embedded cluster is and when it goes."""

    workers: int
    idle_seconds: float = IDLE_SECONDS
    worker_bytes: int = WORKER_BYTES
    niceness: int = NICENESS

    @classmethod
    def for_this_machine(cls) -> ClusterSettings:
        """One worker a core, but for the core that answers pages.

        Raises ClusterError for a senseless ICL_NICE.
        """
        niceness = os.environ.get(NICE, str(NICENESS))
        if not niceness.isdecimal() or int(niceness) > 19:
            raise ClusterError(f"{NICE} is {niceness!r}: set it to a whole number from 0 to 19, or unset it")
        return cls(workers=max(1, (os.cpu_count() or 1) - 1), niceness=int(niceness))


def serve(state: Path, settings: ClusterSettings, ready: Callable[[str], None]) -> None:
    """Runs the cluster until it has been idle for long enough or is told to end (SIGTERM, SIGINT).

    `ready` is called with the scheduler's address. Raises ClusterError where one runs already.
    """
    files = ClusterFiles(state)
    try:
        with lock(files.life_lock, 1):  # somebody may be looking whether it lives
            if hasattr(os, "nice"):
                os.nice(settings.niceness)
            asyncio.run(_serve(files, settings, ready))
    except locket.LockError:
        raise ClusterError(f"a cluster of {state} runs already, at {files.address()}") from None


async def _serve(files: ClusterFiles, settings: ClusterSettings, ready: Callable[[str], None]) -> None:
    async with AsyncExitStack() as running:
        scheduler = await running.enter_async_context(
            Scheduler(
                host=LOOPBACK,
                port=0,
                dashboard=False,
                dashboard_address=f"{LOOPBACK}:0",
                allowed_failures=1000,  # a job counts its own attempts
            )
        )
        files.scratch.mkdir(parents=True, exist_ok=True)
        await asyncio.gather(
            *(
                running.enter_async_context(_nanny(scheduler, files, settings))
                for _ in range(settings.workers)
            )
        )
        # Counted from here: a scheduler that ends while its workers still start leaves them waiting for it.
        scheduler.idle_timeout, scheduler.idle_since = settings.idle_seconds, None
        with _ended_by_signals(asyncio.get_running_loop(), scheduler):
            write_json(files.scheduler, {"address": scheduler.address, "pid": os.getpid()})
            try:
                ready(scheduler.address)
                await scheduler.finished()
            finally:
                files.scheduler.unlink(missing_ok=True)


def _nanny(scheduler: Scheduler, files: ClusterFiles, settings: ClusterSettings) -> Nanny:
    return Nanny(
        scheduler.address,
        host=LOOPBACK,
        nthreads=1,
        memory_limit=str(settings.worker_bytes),
        local_directory=str(files.scratch),
        dashboard=False,
        dashboard_address=f"{LOOPBACK}:0",
    )


@contextmanager
def _ended_by_signals(loop: asyncio.AbstractEventLoop, scheduler: Scheduler) -> Iterator[None]:
    signals = (signal.SIGTERM, signal.SIGINT)
    with suppress(NotImplementedError):  # Windows
        for number in signals:
            loop.add_signal_handler(number, lambda: loop.create_task(scheduler.close()))
    yield
