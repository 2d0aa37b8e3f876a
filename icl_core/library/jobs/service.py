"""The training service: one job for each model, whoever asks, kept in folders that outlive every process."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from icl_core.library.jobs.engine import Engine
from icl_core.library.jobs.folder import LOCK_SECONDS, ORDER, JobFolder, lock
from icl_core.library.jobs.job import Job, Order, Standing
from icl_core.library.jobs.limits import JobRefused, Limits
from icl_core.library.store import Library, LibraryError, state_folder
from icl_core.specs import Pretraining
from icl_core.training.devices import CPU
from icl_core.training.loop import checkpoint_path

LONGEST_NAME = 40
NAME = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}$)[^\W_]+(?:[ -][^\W_]+)*")
"""What viewers may call a model: pages show it among words of their own."""
NO_NAME = (
    "'{name}' is no name for a model: choose up to {most} letters and digits, with a space or a hyphen "
    "between words."
)
NAME_TAKEN = "The library has a model called {name}: choose another name."
NAME_IN_USE = "A model called {name} is being trained: choose another name."


@dataclass(frozen=True)
class TrainingService:
    """Jobs of a state folder, whose models go into `library`; those begun here train on `device`."""

    library: Library
    state: Path
    limits: Limits
    engine: Engine
    device: str = CPU

    def submit(self, spec: Pretraining, viewer: str, threshold: float | None = None, name: str = "") -> Job:
        """Asks for a model: starts its training, joins the one under way, or finds it in the library.

        With a `threshold` training decays early, once the excess over the ideal learner is below it; `name`
        is what the library will call the model. Who joins a training takes it as it is. A cancelled or failed
        job starts again from its checkpoint. Raises JobRefused or SpecError.
        """
        stored = self._stored(spec)
        if stored is not None:
            return stored
        self.check(spec)
        if threshold is not None and not threshold > 0:
            raise JobRefused("The excess at which training stops early has to be above 0.")
        self._check_name(name, spec)
        with lock(self.state / "jobs.lock", LOCK_SECONDS):
            folder = self._folder(spec)
            job = self._look(folder)
            if job is not None and self._is_good_enough(job, threshold):
                return job
            under_way = job if job is not None and job.active else None
            if under_way is None:
                self.limits.check_room(viewer, [each for each in self.jobs() if each.active])
            with folder.locked():
                job = under_way or self._begin(folder, spec, viewer, threshold, name)
                folder.uncancel()  # also where it was about to stop
                if viewer not in job.order.viewers:
                    job = replace(job, order=replace(job.order, viewers=(*job.order.viewers, viewer)))
                folder.write_order(job.order)
        self.engine.ensure(spec.hash)
        return job

    def check(self, spec: Pretraining) -> None:
        """Raises JobRefused for a model that would not be trained here, SpecError for one that cannot be."""
        self.limits.check(spec)
        parent, at_end = spec.warm_start, spec.warm_start_at == "end"
        if parent is None:
            return
        if at_end and not self._stored(parent):
            raise JobRefused(
                "This model starts from {model}, which is not here: train that model first.",
                model=parent.hash,
            )
        if not at_end and not self.can_continue(parent):
            raise JobRefused(
                "This model starts from {model}, whose checkpoint before the decay is not here: "
                "train that model first.",
                model=parent.hash,
            )

    def can_continue(self, spec: Pretraining) -> bool:
        """Whether the checkpoint of this model before its decay is here, to train further from."""
        return checkpoint_path(self.state, spec, "stable").exists()

    def status(self, spec: Pretraining) -> Job | None:
        """Where the job of this model stands; None if nobody asked for it. Revives one that was orphaned."""
        folder = self._folder(spec)
        job = self._look(folder)
        if job is None or not job.active or not self.limits.enabled:
            return job
        if folder.is_held:
            return job
        fault = self.engine.take_fault(spec.hash)
        if fault:
            return self._fail(folder, job, fault)
        self.engine.ensure(spec.hash)
        return job

    def cancel(self, spec: Pretraining, viewer: str) -> bool:
        """Stops the job if this viewer started it; any other viewer just leaves. True where it stops."""
        folder = self._folder(spec)
        if folder.order() is None:
            return False
        with folder.locked():
            job = self._look(folder)
            if job is None or not job.active or viewer not in job.order.viewers:
                return False
            if viewer == job.order.owner:
                folder.cancel()
                return True
            others = tuple(each for each in job.order.viewers if each != viewer)
            folder.write_order(replace(job.order, viewers=others))
            return False

    def jobs(self) -> list[Job]:
        """Every job there is a folder of."""
        found = (self._look(JobFolder(path.parent)) for path in sorted(self.state.glob(f"*/{ORDER}")))
        return [job for job in found if job is not None]

    def revive(self) -> None:
        """Hands the scheduler every job under way that no worker has: after a restart, say."""
        for job in self.jobs():
            if job.active:
                self.status(job.spec)

    def _folder(self, spec: Pretraining) -> JobFolder:
        return JobFolder(self.state / spec.hash)

    def _look(self, folder: JobFolder) -> Job | None:
        """The job; one that was cancelled and that no worker has is cancelled already."""
        job = folder.job()
        if job is not None and job.active and job.cancelling and not folder.is_held:
            return replace(job, standing=replace(job.standing, state="cancelled"))
        return job

    def _check_name(self, name: str, spec: Pretraining) -> None:
        """Raises JobRefused for a name that pages could not show as it is, or that another model has."""
        if not name:
            return
        if NAME.fullmatch(name) is None:
            raise JobRefused(NO_NAME, name=name, most=LONGEST_NAME)
        try:
            self.library.check_name(name, spec)
        except LibraryError:  # which says where on this machine
            raise JobRefused(NAME_TAKEN, name=name) from None
        if any(job.active and job.order.name == name and job.spec != spec for job in self.jobs()):
            raise JobRefused(NAME_IN_USE, name=name)

    def _begin(
        self, folder: JobFolder, spec: Pretraining, viewer: str, threshold: float | None, name: str
    ) -> Job:
        limits = self.limits
        order = Order(
            spec, (viewer,), limits.seconds, limits.memory, limits.attempts, threshold, self.device, name
        )
        standing = replace(folder.standing(), state="waiting", attempts=0, pid=None, fault="")
        former = folder.order()
        if former is None or former.threshold != threshold:
            standing = replace(standing, stopped_at=None)
        folder.write_standing(standing)
        self.engine.forget(spec.hash)
        return Job(order, standing)

    def _fail(self, folder: JobFolder, job: Job, fault: str) -> Job:
        failed = replace(job.standing, state="failed", fault=fault)
        with suppress(OSError), folder.locked():  # a full disk must not hide why the job failed
            folder.write_standing(failed)
        return replace(job, standing=failed)

    def _is_good_enough(self, job: Job, threshold: float | None) -> bool:
        """Whether the job ended early by this same threshold, and the library has its model."""
        return (
            job.state == "finished"
            and threshold is not None
            and job.order.threshold == threshold
            and self._stored(job.model) is not None
        )

    def _stored(self, spec: Pretraining) -> Job | None:
        entry = self.library.find(spec.hash)
        if entry is None or entry.card is None:
            return None
        card, limits = entry.card, self.limits
        order = Order(card.spec, (), limits.seconds, limits.memory, limits.attempts)
        standing = Standing(
            "finished",
            step=card.spec.recipe.steps,
            seconds=card.seconds,
            history=card.history,
        )
        return Job(order, standing)


def continued(spec: Pretraining, steps: int) -> Pretraining:
    """The model that trains `steps` more from the checkpoint of `spec` before its decay.

    Its seed is the next one, for the old one would bring the batches of the first steps again; a task pool,
    which belongs to its seed, keeps it.
    """
    seed = spec.seed if spec.task_pool is not None else (spec.seed + 1) % 2**31
    recipe = replace(spec.recipe, steps=steps, curriculum=())
    return replace(spec, warm_start=spec, warm_start_at="decay", recipe=recipe, seed=seed)


def local_service(library: Library, limits: Limits | None = None, device: str = CPU) -> TrainingService:
    """The service over the user's state folder, by default with the limits that the environment sets."""
    state = state_folder()
    return TrainingService(
        library, state, limits or Limits.from_environment(), Engine(state, library), device
    )
