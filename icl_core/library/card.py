"""The card of a trained model: what it is, how it was made, how good it is; JSON beside the weights."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Literal, Self, get_args

import torch

from icl_core.specs import Pretraining, SpecError
from icl_core.training import Snapshot
from icl_core.training.devices import CPU

Tasks = Literal["new", "seen"]
Quantity = Literal["average", "final", "lasso", "least_squares", "selection"]

QUANTITIES: Mapping[Quantity, str] = {
    "average": "mean excess over Bayes, k = 1..K",
    "final": "excess over Bayes at k = K",
    "lasso": "largest excess over the best Lasso, k > nnz",
    "least_squares": "error less that of least squares at k = d/2",
    "selection": "largest cost of selection beyond Bayes's",
}
"""What a model can be held to."""


LONGEST_NAME = 100


@dataclass(frozen=True)
class FamilyErrors:
    """Normalised error on test prompts of one family at some context lengths, with 90% intervals.

    `family` is its name in the mixture (`Mixture.names`); `tasks` says whether its functions are new or of
    the task pool.
    """

    family: str
    tasks: Tasks
    prompts: int
    context_lengths: tuple[int, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Check:
    """One limit that the model was held to: the measured excess over its reference, and whether it is met.

    Measured on prompts of a `family`, whose `tasks` are new or of the pool; `against` names the specialist
    that the cost of a selection is measured against.
    """

    quantity: Quantity
    family: str
    tasks: Tasks
    against: str
    value: float
    low: float
    high: float
    limit: float

    @property
    def statement(self) -> str:
        """What is measured, in words."""
        pool = ", tasks of the pool" if self.tasks == "seen" else ""
        against = f", against {self.against}" if self.against else ""
        return f"{self.family}{pool}: {QUANTITIES[self.quantity]}{against}"

    @property
    def met(self) -> bool:
        """Judged by the estimate itself; the interval says how sure that is."""
        return math.isfinite(self.value) and self.value <= self.limit


@dataclass(frozen=True)
class Card:
    """Everything about a model but its weights. `device` computed its last steps, on `machine`."""

    name: str
    spec: Pretraining
    seconds: float
    precision: str
    parameters: int
    weights_sha256: str
    history: tuple[Snapshot, ...]
    errors: tuple[FamilyErrors, ...] = ()
    checks: tuple[Check, ...] = ()
    note: str = ""
    machine: str = ""
    device: str = CPU
    versions: tuple[tuple[str, str], ...] = ()

    @property
    def meets_limits(self) -> bool | None:
        """None where the model was not held to any limit."""
        return all(check.met for check in self.checks) if self.checks else None

    def to_json(self) -> str:
        data = {
            "name": self.name,
            "spec": self.spec.to_dict(),
            "spec_hash": self.spec.hash,
            "seed": self.spec.seed,
            "steps": self.spec.recipe.steps,
            "seconds": round(self.seconds, 1),
            "precision": self.precision,
            "machine": self.machine,
            "device": self.device,
            "versions": dict(self.versions),
            "parameters": self.parameters,
            "weights_sha256": self.weights_sha256,
            "meets_limits": self.meets_limits,
            "note": self.note,
            "checks": [
                asdict(check) | {"statement": check.statement, "met": check.met} for check in self.checks
            ],
            "errors": [asdict(entry) for entry in self.errors],
            "history": [entry.to_dict() for entry in self.history],
        }
        return json.dumps(data, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError, saying what is wrong, for a card that this version cannot read."""
        try:
            data = json.loads(text, parse_constant=_refuse)
            spec = Pretraining.from_dict(data["spec"])
            if spec.hash != data["spec_hash"]:
                raise ValueError(f"its spec has hash {spec.hash}, but the card says {data['spec_hash']}")
            history = tuple(_snapshot(entry, spec) for entry in data["history"])
            return cls(
                name=checked_name(data["name"]),
                spec=spec,
                seconds=_number(data["seconds"]),
                precision=str(data["precision"]),
                parameters=int(data["parameters"]),
                weights_sha256=str(data["weights_sha256"]),
                history=history,
                errors=tuple(_family_errors(entry) for entry in data["errors"]),
                checks=tuple(_check(entry) for entry in data["checks"]),
                note=str(data["note"]),
                machine=str(data["machine"]),
                device=str(data.get("device", CPU)),  # older cards do not say: there was no other
                versions=tuple(sorted((str(name), str(number)) for name, number in data["versions"].items())),
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"the card lacks or garbles a field ({error!r})") from None
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        except SpecError as error:
            raise ValueError(f"its spec makes no sense: {error}") from None


def machine_description() -> str:
    """Processor and system, as the card records them."""
    name = torch.cpu.get_capabilities().get("cpu_name", platform.machine())
    return f"{name}, {platform.system()} {platform.machine()}, {torch.get_num_threads()} thread(s)"


def library_versions() -> tuple[tuple[str, str], ...]:
    """Versions of what the numbers depend on."""
    return (("numpy", version("numpy")), ("python", platform.python_version()), ("torch", version("torch")))


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no finite number")
    return number


def checked_name(name: Any) -> str:
    """A model's name: one line of printable characters, without spaces around it. Raises ValueError."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or name != name.strip():
        raise ValueError(f"{name!r} is no name of 1 to {LONGEST_NAME} characters without spaces around it")
    if not name.isprintable() or "/" in name or name.startswith("."):
        raise ValueError(f"{name!r} is no name: printable characters, no slash, no dot first")
    return name


def _snapshot(data: Mapping[str, Any], spec: Pretraining) -> Snapshot:
    errors = tuple(tuple(_number(error) for error in family) for family in data["errors"])
    families, points = len(spec.mixture.families), spec.context_length + 1
    if [len(family) for family in errors] != [points] * families:
        raise ValueError(f"its history is not of {families} families at {points} context lengths each")
    return Snapshot(int(data["step"]), _number(data["seconds"]), _number(data["loss"]), errors)


def _family_errors(data: Mapping[str, Any]) -> FamilyErrors:
    lengths = tuple(int(k) for k in data["context_lengths"])
    mean, low, high = (tuple(_number(value) for value in data[key]) for key in ("mean", "low", "high"))
    if not len(lengths) == len(mean) == len(low) == len(high):
        raise ValueError(f"its errors are not of {len(lengths)} context lengths each")
    return FamilyErrors(
        str(data["family"]), _one_of(Tasks, data["tasks"]), int(data["prompts"]), lengths, mean, low, high
    )


def _check(data: Mapping[str, Any]) -> Check:
    numbers = (_number(data[key]) for key in ("value", "low", "high", "limit"))
    quantity, tasks = _one_of(Quantity, data["quantity"]), _one_of(Tasks, data["tasks"])
    return Check(quantity, str(data["family"]), tasks, str(data["against"]), *numbers)


def _one_of(choices: Any, value: object) -> Any:
    if value not in get_args(choices):
        raise ValueError(f"{value!r} is none of {', '.join(get_args(choices))}")
    return value
