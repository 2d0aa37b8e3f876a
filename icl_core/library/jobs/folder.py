"""The folder of a job: its order, its standing, the cancel flag and the checkpoints of its training."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import locket  # comes with distributed; the system frees its locks when their process dies

from icl_core.files import atomic_write
from icl_core.library.jobs.job import Job, Order, Standing
from icl_core.specs import SpecError

ORDER, STANDING, CANCEL = "job.json", "progress.json", "cancel"
LOCK_SECONDS = 30.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobFolder:
    """Everything about a job that outlives the processes that run it."""

    path: Path

    def job(self) -> Job | None:
        """The job; None where there is none, or its order cannot be read (it then starts anew)."""
        order = self.order()
        if order is None:
            return None
        return Job(order, self.standing(), self.cancelling)

    def order(self) -> Order | None:
        try:
            return Order.from_dict(json.loads((self.path / ORDER).read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, SpecError) as error:
            log.warning("The job %s is damaged (%r): it counts as never started.", self.path / ORDER, error)
            return None

    def standing(self) -> Standing:
        try:
            return Standing.from_dict(json.loads((self.path / STANDING).read_text()))
        except FileNotFoundError:
            return Standing()
        except (ValueError, KeyError, TypeError) as error:
            log.warning("The progress %s is damaged (%r): counting anew.", self.path / STANDING, error)
            return Standing()

    def write_order(self, order: Order) -> None:
        write_json(self.path / ORDER, order.to_dict())

    def write_standing(self, standing: Standing) -> None:
        write_json(self.path / STANDING, standing.to_dict())

    @property
    def cancelling(self) -> bool:
        """Whether somebody who may has asked to stop."""
        return (self.path / CANCEL).exists()

    def cancel(self) -> None:
        (self.path / CANCEL).touch()

    def uncancel(self) -> None:
        (self.path / CANCEL).unlink(missing_ok=True)

    def drop_drafts(self) -> None:
        """Removes what a killed worker left of a checkpoint in the making; for the one that has the job."""
        for draft in self.path.glob(".*.safetensors.*"):
            draft.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """For a change that reads first: nobody else changes the job meanwhile."""
        with lock(self.path / "change.lock", LOCK_SECONDS):
            yield

    @contextmanager
    def held(self, patience: float) -> Iterator[None]:
        """For as long as a worker trains the job. Raises locket.LockError where another one does."""
        with lock(self.path / "worker.lock", patience):
            yield

    @property
    def is_held(self) -> bool:
        """Whether a living worker has the job."""
        try:
            with self.held(0):
                return False
        except locket.LockError:
            return True


@contextmanager
def lock(path: Path, seconds: float) -> Iterator[None]:
    """Holds a lock file; raises locket.LockError if another process still has it after `seconds`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with locket.lock_file(str(path), timeout=seconds):
        yield


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Replaces the file as a whole; raises OSError where it cannot be written."""
    atomic_write(path, json.dumps(data, allow_nan=False).encode())
