"""Checkpoints of a training: parameters, optimiser state and history in one safetensors file."""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from icl_core.files import replacing


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

    `losses` are those since the last snapshot; `precision` is the type of the products, none where the
    checkpoint does not say.
    """

    step: int
    seconds: float
    history: tuple[Snapshot, ...]
    losses: tuple[float, ...]
    parameters: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    precision: str | None = None

    def save(self, path: Path, spec_hash: str) -> None:
        """Replaces the file as a whole. Raises OSError where it cannot be written."""
        about = {
            "spec_hash": spec_hash,
            "step": self.step,
            "seconds": self.seconds,
            "history": [asdict(entry) for entry in self.history],
            "losses": self.losses,
            "precision": self.precision,
        }
        tensors = {f"parameters/{name}": value.cpu().contiguous() for name, value in self.parameters.items()}
        tensors |= {f"optimizer/{name}": value.cpu().contiguous() for name, value in self.optimizer.items()}
        with replacing(path) as draft:
            try:
                save_file(tensors, draft, metadata={"about": json.dumps(about)})
            except SafetensorError as error:
                raise OSError(errno.EIO, f"it cannot be written ({error})", str(path)) from None

    @classmethod
    def load(cls, path: Path, spec_hash: str) -> Checkpoint:
        """Raises CheckpointError for a damaged file or one of another model."""
        try:
            with safe_open(path, framework="pt") as file:
                about = json.loads((file.metadata() or {})["about"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            owner, checkpoint = about["spec_hash"], cls._from(about, tensors)
        except (SafetensorError, OSError, KeyError, ValueError, TypeError, OverflowError) as error:
            raise CheckpointError(f"The checkpoint {path} cannot be read ({error!r}): delete it.") from None
        if owner != spec_hash:
            raise CheckpointError(
                f"The checkpoint {path} belongs to model {owner}, not {spec_hash}: move it away."
            )
        return checkpoint

    @classmethod
    def _from(cls, about: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Checkpoint:
        history = tuple(
            Snapshot(**{**entry, "errors": tuple(tuple(family) for family in entry["errors"])})
            for entry in about["history"]
        )
        return cls(
            int(about["step"]),
            float(about["seconds"]),
            history,
            tuple(float(loss) for loss in about["losses"]),
            _under("parameters/", tensors),
            _under("optimizer/", tensors),
            None if about.get("precision") is None else str(about["precision"]),
        )


def restore(buffers: Mapping[str, Tensor], saved: Mapping[str, Tensor], path: Path) -> None:
    """Copies saved tensors into the buffers of the same names.

    Raises CheckpointError, and changes nothing, where a name, shape or type differs or a value is not finite.
    """
    for name in sorted(buffers.keys() | saved.keys()):
        want, have = (_form(tensors.get(name)) for tensors in (buffers, saved))
        if want != have:
            raise CheckpointError(
                f"The checkpoint {path} does not fit: {name} should be {want}, is {have}. Delete it."
            )
    if not finite(saved):
        raise CheckpointError(f"The checkpoint {path} holds values that are not finite: delete it.")
    for name, buffer in buffers.items():
        buffer.copy_(saved[name])


def finite(tensors: Mapping[str, Tensor]) -> bool:
    """Whether every value is a finite number."""
    return all(bool(value.isfinite().all()) for value in tensors.values())


def _form(tensor: Tensor | None) -> str:
    if tensor is None:
        return "no such tensor"
    return f"{tuple(tensor.shape)} {str(tensor.dtype).removeprefix('torch.')}"


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
