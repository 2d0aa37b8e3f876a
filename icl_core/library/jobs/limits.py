"""What the training service accepts; it checks each job itself, whatever a page or a URL says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from icl_core.library.jobs.cost import cost
from icl_core.library.jobs.job import Job
from icl_core.specs import Pretraining

GIB = 2**30


class JobRefused(ValueError):
    """A job that the service does not take: which limit, and what to do."""


@dataclass(frozen=True)
class Limits:
    """Limits of one job (steps, parameters, batch, wall-clock seconds and memory), then of the queue."""

    enabled: bool = True
    steps: int = 50_000
    parameters: int = 3_000_000
    batch: int = 512
    seconds: float = 2 * 3600.0
    memory: int = 3 * GIB
    attempts: int = 3
    queue: int = 16
    jobs_a_viewer: int = 2

    @classmethod
    def from_environment(cls) -> Limits:
        """The defaults; with ICL_TRAINING=off nothing is trained."""
        return cls(enabled=os.environ.get("ICL_TRAINING", "").lower() != "off")

    @classmethod
    def of_the_operator(cls) -> Limits:
        """For the command line, whose user owns the machine: as large and as many as it can bear."""
        return cls(
            enabled=True,
            steps=10_000_000,
            parameters=500_000_000,
            batch=65_536,
            seconds=30 * 24 * 3600.0,
            memory=64 * GIB,
            queue=100_000,
            jobs_a_viewer=100_000,
        )

    def check(self, spec: Pretraining) -> None:
        """Raises JobRefused for a job beyond the limits, SpecError for a model that cannot be built."""
        self.check_enabled()
        recipe = spec.recipe
        self._check("steps", recipe.steps, self.steps, "train for fewer steps")
        self._check("prompts a batch", recipe.batch, self.batch, "choose a smaller batch")
        price = cost(spec)
        self._check("parameters", price.parameters, self.parameters, "choose fewer layers or a smaller width")
        self._check(
            "MiB of memory",
            price.memory // 2**20,
            self.memory // 2**20,
            "choose a smaller batch, context length or model",
        )
        self._check(
            "seconds of training, by estimate,",
            round(price.seconds_a_step * recipe.steps),
            round(self.seconds),
            "train for fewer steps or choose a smaller model",
        )

    def check_enabled(self) -> None:
        if not self.enabled:
            raise JobRefused("Training is switched off here: choose one of the library's models.")

    def check_room(self, viewer: str, active: Sequence[Job]) -> None:
        """Raises JobRefused where the queue is full, or the viewer has enough jobs in it."""
        own = sum(job.order.owner == viewer for job in active)
        if own >= self.jobs_a_viewer:
            raise JobRefused(
                f"You have {own} trainings under way, and {self.jobs_a_viewer} is the most for one viewer: "
                f"wait for one to finish, or cancel it."
            )
        if len(active) >= self.queue:
            raise JobRefused(
                f"{len(active)} trainings are under way, and {self.queue} is the most: try again later."
            )

    def _check(self, what: str, value: int, limit: int, remedy: str) -> None:
        if value > limit:
            raise JobRefused(f"This model takes {value:,} {what}, and {limit:,} is the most here: {remedy}.")
