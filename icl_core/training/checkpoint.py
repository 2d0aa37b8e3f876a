"""Checkpoints of a training: parameters, optimiser state and history in one safetensors file."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor


class CheckpointError(ValueError):
    """A checkpoint that cannot be used: which file, and what to do."""


@dataclass(frozen=True)
class Snapshot:
    """The model at one moment of its training.

    `loss` is the mean training loss over v since the last snapshot; `errors[f][k]` the normalised error of
    family f with k pairs, on fixed validation prompts.
    """

    step: int
    seconds: float
    loss: float
    errors: tuple[tuple[float, ...], ...]

    def to_dict(self) -> dict[str, object]:
        rounded = [[float(f"{error:.5g}") for error in family] for family in self.errors]
        return asdict(self) | {"errors": rounded, "seconds": round(self.seconds, 2)}


@dataclass(frozen=True)
class Checkpoint:
    """`step` steps done in `seconds` of training, with all that the next step depends on.

    `losses` are those since the last snapshot.
    """

    step: int
    seconds: float
    history: tuple[Snapshot, ...]
    losses: tuple[float, ...]
    parameters: dict[str, Tensor]
    optimizer: dict[str, Tensor]

    def save(self, path: Path, spec_hash: str) -> None:
        """Writes to a temporary name and renames: a reader sees the old file or the new one."""
        about = {
            "spec_hash": spec_hash,
            "step": self.step,
            "seconds": self.seconds,
            "history": [asdict(entry) for entry in self.history],
            "losses": self.losses,
        }
        tensors = {f"parameters/{name}": value.contiguous() for name, value in self.parameters.items()}
        tensors |= {f"optimizer/{name}": value.contiguous() for name, value in self.optimizer.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            save_file(tensors, draft, metadata={"about": json.dumps(about)})
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path, spec_hash: str) -> Checkpoint:
        """Raises CheckpointError for a damaged file or one of another model."""
        try:
            with safe_open(path, framework="pt") as file:
                about = json.loads((file.metadata() or {})["about"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (SafetensorError, OSError, KeyError, ValueError) as error:
            raise CheckpointError(f"The checkpoint {path} cannot be read ({error}): delete it.") from None
        if about["spec_hash"] != spec_hash:
            raise CheckpointError(
                f"The checkpoint {path} belongs to model {about['spec_hash']}, not {spec_hash}: move it away."
            )
        history = tuple(
            Snapshot(**entry | {"errors": tuple(tuple(family) for family in entry["errors"])})
            for entry in about["history"]
        )
        return cls(
            about["step"],
            about["seconds"],
            history,
            tuple(about["losses"]),
            _under("parameters/", tensors),
            _under("optimizer/", tensors),
        )


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
