"""What the training service accepts; it checks each job itself, whatever a page or a URL says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from icl_core.library.jobs.cost import cost
from icl_core.library.jobs.job import Job
from icl_core.refusal import Refusal
from icl_core.specs import Pretraining

GIB = 2**30


TOO_MANY_STEPS = (
    "This model takes {value:,} steps, and {limit:,} is the most here: train for fewer steps, or by "
    "python -m icl_core train."
)
TOO_LARGE_A_BATCH = (
    "This model takes {value:,} prompts a batch, and {limit:,} is the most here: choose a smaller batch."
)
TOO_MANY_PARAMETERS = (
    "This model takes {value:,} parameters, and {limit:,} is the most here: "
    "choose fewer layers or a smaller width, or train it by python -m icl_core train."
)
TOO_MUCH_MEMORY = (
    "This model takes {value:,} MiB of memory, and {limit:,} is the most here: "
    "choose a smaller batch, context length or model."
)
TOO_LONG = (
    "This model takes {value:,} seconds of training, by estimate, and {limit:,} is the most here: "
    "train for fewer steps or choose a smaller model."
)
TOO_MANY_OF_ONE = (
    "You have {own} trainings under way, and {most} is the most for one viewer: "
    "wait for one to finish, or cancel it."
)
QUEUE_FULL = "{count} trainings are under way, and {most} is the most: try again later."


class JobRefused(Refusal):
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
        refuse_above(TOO_MANY_STEPS, recipe.steps, self.steps)
        refuse_above(TOO_LARGE_A_BATCH, recipe.batch, self.batch)
        price = cost(spec)
        refuse_above(TOO_MANY_PARAMETERS, price.parameters, self.parameters)
        refuse_above(TOO_MUCH_MEMORY, price.memory // 2**20, self.memory // 2**20)
        refuse_above(TOO_LONG, round(price.seconds_a_step * recipe.steps), round(self.seconds))

    def check_enabled(self) -> None:
        if not self.enabled:
            raise JobRefused("Training is switched off here: choose one of the library's models.")

    def check_room(self, viewer: str, active: Sequence[Job]) -> None:
        """Raises JobRefused where the queue is full, or the viewer has enough jobs in it."""
        own = sum(job.order.owner == viewer for job in active)
        if own >= self.jobs_a_viewer:
            raise JobRefused(TOO_MANY_OF_ONE, own=own, most=self.jobs_a_viewer)
        if len(active) >= self.queue:
            raise JobRefused(QUEUE_FULL, count=len(active), most=self.queue)


def refuse_above(refusal: str, value: int, limit: int) -> None:
    if value > limit:
        raise JobRefused(refusal, value=value, limit=limit)
