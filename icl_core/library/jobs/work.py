"""What a worker does with a job: trains it, stores it, grades it, and writes down how far it is."""

from __future__ import annotations

import logging
import math
import os
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import locket
import psutil  # comes with distributed
import torch
from safetensors import SafetensorError

from icl_core.library.grading import grade
from icl_core.library.jobs.early_stop import Excess, can_stop, hand_over
from icl_core.library.jobs.folder import JobFolder
from icl_core.library.jobs.job import Job, Order, Standing
from icl_core.library.store import Library
from icl_core.specs import Pretraining
from icl_core.training import Progress, Snapshot, TrainingDiverged, TrainingStopped, train

WATCH_SECONDS = 0.25  # between looks at the cancel flag, the clock and the memory
WRITE_SECONDS = 0.5  # between two writings of the progress
SAVE_SECONDS = 15.0  # between two checkpoints: what a killed worker costs at most
TAKE_OVER_SECONDS = 20.0  # that a worker waits for a former one to let go of the job

log = logging.getLogger(__name__)


def run_job(path: Path, library: Library) -> None:
    """Runs the job in the folder `path` to its end, going on from its checkpoint where there is one.

    Whatever can be told to a user ends in the job's standing and not in an exception. Where another
    worker has the job already, or it has ended, nothing happens.
    """
    torch.set_num_threads(1)
    folder = JobFolder(path)
    try:
        with folder.held(TAKE_OVER_SECONDS):
            while _run_once(folder, library):
                pass
    except locket.LockError:
        log.info("Another worker has the job %s.", path.name)


def _run_once(folder: JobFolder, library: Library) -> bool:
    """One attempt; true where there is reason for another one at once."""
    job = folder.job()
    if job is None or not job.active:
        return False
    if job.cancelling:
        return _conclude(folder, replace(job.standing, state="cancelled"))
    if job.standing.attempts >= job.order.attempts:
        folder.write_standing(replace(job.standing, state="failed", fault=_gave_up(job.order)))
        return False
    return _conclude(folder, _Attempt(folder, job.order, job.standing).run(library))


def _conclude(folder: JobFolder, standing: Standing) -> bool:
    """Writes the last standing; true where the job was cancelled and is wanted again since."""
    with folder.locked():
        if standing.state == "cancelled" and not folder.cancelling:
            folder.write_standing(replace(standing, state="waiting", attempts=0))
            return True
        folder.write_standing(standing)
        return False


class _Attempt:
    """One attempt at a job."""

    def __init__(self, folder: JobFolder, order: Order, standing: Standing) -> None:
        self.folder, self.order = folder, order
        self.standing = replace(
            standing, state="running", attempts=standing.attempts + 1, pid=os.getpid(), fault=""
        )
        self.history: list[Snapshot] = list(standing.history)
        self.turn = False  # from constant rates to the early decay
        self.fault = ""  # why `stop` stopped, unless it was the cancel flag
        self.process = psutil.Process()
        self.began = self.watched = self.written = time.monotonic()

    def run(self, library: Library) -> Standing:
        """The standing that the attempt ends with."""
        spec = self.order.spec
        self.folder.drop_drafts()
        self.folder.write_standing(self.standing)  # counts the attempt, even if it ends without a word
        try:
            self._train(library)
        except TrainingStopped:
            return self._failed(self.fault) if self.fault else replace(self.standing, state="cancelled")
        except (TrainingDiverged, ValueError, FileNotFoundError) as error:
            return self._failed(str(error))
        except (OSError, SafetensorError) as error:
            return self._failed(
                f"Training of {spec.hash} could not write to {self.folder.path} ({_reason(error)}): free "
                f"some space there or make it writable, and start again from the last checkpoint."
            )
        except Exception as error:
            log.exception("Training of %s failed.", spec.hash)
            return self._failed(
                f"Training of {spec.hash} failed ({type(error).__name__}: {error}): choose another model."
            )
        return replace(self.standing, state="finished")

    def _train(self, library: Library) -> None:
        """Stores the model, or a shorter training of it that is good enough, and grades it."""
        spec = self.order.spec
        if self.standing.stopped_at is None:
            try:
                return self._train_to_the_end(spec, library)
            except TrainingStopped:
                if self.standing.stopped_at is None:
                    raise
        short = Job(self.order, self.standing).model
        hand_over(self.folder.path.parent, spec, short)
        self._train_to_the_end(short, library)

    def _train_to_the_end(self, spec: Pretraining, library: Library) -> None:
        entry = library.find(spec.hash)
        if entry is None or entry.card is None:
            self.standing = replace(self.standing, bayes=self.standing.bayes or self._bayes())
            trained = train(
                spec,
                self.folder.path.parent,
                self._report,
                self._stop,
                save_seconds=SAVE_SECONDS,
                finished=library.network,
                device=self.order.device,
            )
            entry = library.add(trained, self.order.name or spec.hash)
        if entry.card is not None and not entry.card.errors:
            library.write_card(entry, grade(library, entry))

    def _report(self, progress: Progress) -> None:
        shown = progress.snapshot
        is_new = shown is not None and (not self.history or self.history[-1].step != shown.step)
        if shown is not None and is_new:
            # A resumed training passes steps again that were shown before it was cut off.
            self.history = [entry for entry in self.history if entry.step < shown.step] + [shown]
            if shown.step == progress.step:
                self._judge(shown)
        ended = progress.step == progress.steps
        if not (is_new or ended or time.monotonic() - self.written > WRITE_SECONDS):
            return
        self.standing = replace(
            self.standing,
            step=progress.step,
            seconds=round(progress.seconds, 3),
            loss=progress.loss if math.isfinite(progress.loss) else None,
            history=tuple(self.history),
        )
        self.folder.write_standing(self.standing)
        self.written = time.monotonic()

    def _judge(self, shown: Snapshot) -> None:
        """Ends the constant rates where the learning curve is good enough."""
        threshold = self.order.threshold
        if threshold is None or self.standing.stopped_at is not None:
            return
        if can_stop(self.order.spec, shown.step) and self._excess.of(shown) < threshold:
            self.standing = replace(self.standing, stopped_at=shown.step)
            self.turn = True

    @cached_property
    def _excess(self) -> Excess:
        return Excess(self.order.spec)

    def _bayes(self) -> tuple[tuple[float, ...], ...]:
        if not self._excess.is_bayes:
            return ()
        return tuple(tuple(float(f"{error:.5g}") for error in family) for family in self._excess.errors)

    def _stop(self) -> bool:
        if self.turn:
            self.turn = False
            return True
        now = time.monotonic()
        if now - self.watched < WATCH_SECONDS:
            return False
        self.watched = now
        if now - self.began > self.order.seconds:
            self.fault = (
                f"Training of {self.order.spec.hash} took longer than the {self.order.seconds:,.0f} seconds "
                f"that a job may take: start it again to go on from its checkpoint, or train for fewer steps."
            )
        elif self.process.memory_info().rss > self.order.memory:
            self.fault = (
                f"Training of {self.order.spec.hash} needed more than the {self.order.memory // 2**20:,} MiB "
                f"that a job may take: choose a smaller batch, context length or model."
            )
        return bool(self.fault) or self.folder.cancelling

    def _failed(self, fault: str) -> Standing:
        return replace(self.standing, state="failed", fault=fault)


def _gave_up(order: Order) -> str:
    return (
        f"Training of {order.spec.hash} was tried {order.attempts} times, and each time its process died, "
        f"for want of memory perhaps: choose a smaller model, or start it again to go on from its checkpoint."
    )


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
