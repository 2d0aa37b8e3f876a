"""Hands jobs to Dask: an existing cluster, or the embedded one, started where none runs."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import locket
from distributed import Client, Future, fire_and_forget

from icl_core.library.jobs.cluster import ClusterFiles
from icl_core.library.jobs.folder import lock
from icl_core.library.jobs.work import run_job
from icl_core.library.store import Library

ADDRESS = "DASK_SCHEDULER_ADDRESS"
CONNECT_SECONDS = 10.0
CONNECT_ATTEMPTS = 3
START_SECONDS = 240.0  # workers import torch first; a busy machine takes its time
AGAIN_SECONDS = 2.0  # between two looks whether a job is still with the scheduler

log = logging.getLogger(__name__)


class EngineError(ValueError):
    """Jobs cannot be run: why, and what to do."""


class Engine:
    """The way of one process to the cluster; threads may share it.

    The scheduler knows a job by the hash of its spec, so that it runs once however many ask for it.
    """

    def __init__(self, state: Path, library: Library) -> None:
        self._state, self._library = state, library
        self._client: Client | None = None
        self._address: str | None = None  # that the client was connected to
        self._futures: dict[str, Future] = {}
        self._looked: dict[str, float] = {}
        self._faults: dict[str, str] = {}
        self._guard = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "training-engine")

    def ensure(self, job: str) -> None:
        """Sees to it, in the background, that the scheduler has this job; cheap to call again and again."""
        with self._guard:
            now = time.monotonic()
            if now - self._looked.get(job, -AGAIN_SECONDS) < AGAIN_SECONDS:
                return
            self._looked[job] = now
        self._thread.submit(self._ensure, job)

    def take_fault(self, job: str) -> str:
        """Why the job could not run, in a sentence, told once; empty where nothing is known against it.

        Once, for another process may since have asked for the job again.
        """
        with self._guard:
            return self._faults.pop(job, "")

    def forget(self, job: str) -> None:
        """Before a job is asked for again: what is known of its last time no longer counts."""
        with self._guard:
            self._faults.pop(job, None)
            self._looked.pop(job, None)

    def close(self) -> None:
        """Lets go of the cluster; its jobs go on."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._client is not None:
            self._client.close()

    def _ensure(self, job: str) -> None:
        try:
            self._submit(job)
        except EngineError as error:
            self._set_fault(job, str(error))
        except Exception as error:  # what Dask may raise is not listed anywhere
            log.exception("Job %s was not handed over.", job)
            self._set_fault(job, f"The training cluster refused the job ({type(error).__name__}: {error}).")

    def _submit(self, job: str) -> None:
        client = self._connected()
        known = self._futures.pop(job, None)
        if known is not None and known.client is client:
            if known.status == "pending":
                self._futures[job] = known
                return
            error = known.exception(timeout=CONNECT_SECONDS) if known.status == "error" else None
            # The scheduler keeps what ended for whoever wants it, and would not run it again.
            client.cancel([known], force=True)
            if error is not None:
                raise EngineError(
                    f"The training cluster could not run the job ({type(error).__name__}: {error}); its "
                    f"workers need this program and the folders {self._state} and {self._library.own}."
                )
        future = client.submit(run_job, self._state / job, self._library, key=job, pure=False)
        fire_and_forget(future)
        self._futures[job] = future

    def _set_fault(self, job: str, fault: str) -> None:
        with self._guard:
            self._faults[job] = fault

    def _connected(self) -> Client:
        elsewhere = os.environ.get(ADDRESS)
        files = ClusterFiles(self._state)
        address = elsewhere or files.address()
        if self._client is not None:
            if self._client.status == "running" and self._address == address:
                return self._client
            self._client.close(timeout=1)
            self._client = None
        for _ in range(CONNECT_ATTEMPTS):
            self._address = elsewhere or _embedded(files)
            try:
                self._client = Client(self._address, timeout=CONNECT_SECONDS, set_as_default=False)
                return self._client
            except (OSError, TimeoutError, ValueError) as error:
                # The embedded cluster may just have gone, being idle: its file is removed and it starts anew.
                fault = error
            if elsewhere:
                break
        remedy = (
            f"start one there, or unset {ADDRESS} to train on this machine"
            if elsewhere
            else f"{files.log} says why; end its process, and a new one starts"
        )
        raise EngineError(f"No Dask scheduler answers at {self._address} ({fault}): {remedy}.")


def _embedded(files: ClusterFiles) -> str:
    """The address of the embedded cluster, started by whichever process comes first."""
    try:
        with lock(files.start_lock, START_SECONDS):
            address = files.address()
            if address is not None and files.lives:
                return address
            files.scheduler.unlink(missing_ok=True)  # of a cluster that was killed
            return _start(files)
    except locket.LockError:
        raise EngineError(f"Another process has been starting a cluster for long: see {files.log}.") from None


def _start(files: ClusterFiles) -> str:
    """Starts the embedded cluster, which outlives this process; its address."""
    command = [sys.executable, "-m", "icl_core", "cluster"]
    environment = os.environ | {"ICL_STATE": str(files.state.resolve())}
    with files.log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).parents[3],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        address = files.address()
        if address is not None:
            return address
        time.sleep(0.1)
    if process.poll() is None:
        process.terminate()
        process.wait()
    raise EngineError(f"The training cluster did not start: {files.log} says why.")
