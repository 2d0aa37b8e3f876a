"""A training job: what was asked for, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from icl_core.library.jobs.early_stop import shortened
from icl_core.specs import Pretraining
from icl_core.training import Snapshot
from icl_core.training.devices import CPU

State = Literal["waiting", "running", "finished", "cancelled", "failed"]


@dataclass(frozen=True)
class Order:
    """What was asked for; the service alone writes it.

    `viewers` are those who wait for the model, first the one who started it. `seconds` (wall-clock, of one
    attempt), `memory` (bytes of the worker process) and `attempts` are the limits that the worker keeps.
    With a `threshold` training decays early, once the excess over the ideal learner is below it. `device`
    computes it. `name` is what the library will call the model: empty for its hash.
    """

    spec: Pretraining
    viewers: tuple[str, ...]
    seconds: float
    memory: int
    attempts: int
    threshold: float | None = None
    device: str = CPU
    name: str = ""

    @property
    def owner(self) -> str | None:
        """Who started the job, and alone can stop it."""
        return self.viewers[0] if self.viewers else None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"spec": self.spec.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        spec = Pretraining.from_dict(data["spec"])
        return cls(**{**data, "spec": spec, "viewers": tuple(data["viewers"])})


@dataclass(frozen=True)
class Standing:
    """How far a job has come; the worker that runs it writes it, and the service when a job begins or ends.

    `seconds` are those of training, `loss` the last one over v, `pid` the worker's process. `bayes` is the
    error of the Bayes learner on the validation prompts, by family and number of pairs; empty where that is
    not computable. `stopped_at` is the step at which training was good enough to decay early, `fault` says
    why a job failed, in a sentence.
    """

    state: State = "waiting"
    attempts: int = 0
    step: int = 0
    seconds: float = 0.0
    loss: float | None = None
    history: tuple[Snapshot, ...] = ()
    bayes: tuple[tuple[float, ...], ...] = ()
    pid: int | None = None
    stopped_at: int | None = None
    fault: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"history": [entry.to_dict() for entry in self.history]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        history = tuple(
            Snapshot(**{**entry, "errors": tuple(tuple(family) for family in entry["errors"])})
            for entry in data["history"]
        )
        bayes = tuple(tuple(family) for family in data.get("bayes", ()))
        return cls(**{**data, "history": history, "bayes": bayes})


@dataclass(frozen=True)
class Job:
    """A job as a page shows it."""

    order: Order
    standing: Standing
    cancelling: bool = False

    @property
    def spec(self) -> Pretraining:
        return self.order.spec

    @property
    def model(self) -> Pretraining:
        """The model that is trained: the one asked for, or a shorter training that was good enough."""
        stopped = self.standing.stopped_at
        return self.spec if stopped is None else shortened(self.spec, stopped)

    @property
    def state(self) -> State:
        return self.standing.state

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("waiting", "running")

    @property
    def seconds_a_step(self) -> float | None:
        """Measured; None before the first step."""
        return self.standing.seconds / self.standing.step if self.standing.step else None

    @property
    def seconds_left(self) -> float | None:
        """Of training, from the mean step so far; None before the first step."""
        pace = self.seconds_a_step
        return None if pace is None else pace * (self.model.recipe.steps - self.standing.step)

    @property
    def tokens_a_second(self) -> float | None:
        """Points (x and y: two tokens each) that training reads; None before the first step."""
        pace = self.seconds_a_step
        tokens = 2 * self.spec.recipe.batch * (self.spec.context_length + 1)
        return tokens / pace if pace else None
