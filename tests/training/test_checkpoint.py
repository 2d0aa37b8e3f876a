"""Checkpoints that were damaged, or are of another model, are named and change nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import train
from icl_core.training.checkpoint import Checkpoint, CheckpointError, restore
from icl_core.training.loop import checkpoint_path

SPEC = Pretraining(
    dimension=2, context_length=3, model=Transformer(1, 1, 8), recipe=Recipe(steps=2, batch=4, warmup=0)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    train(SPEC, tmp_path)
    return checkpoint_path(tmp_path, SPEC, "latest")


def test_a_checkpoint_comes_back_as_it_was(path: Path, tmp_path: Path) -> None:
    first = Checkpoint.load(path, SPEC.hash)
    first.save(tmp_path / "copy", SPEC.hash)
    assert (tmp_path / "copy").read_bytes() == path.read_bytes()
    assert first.precision in ("float32", "bfloat16")
    assert sorted(entry.name for entry in path.parent.iterdir()) == [
        "latest.safetensors",
        "stable.safetensors",
    ]


@pytest.mark.faults
def test_a_failed_write_keeps_the_old_checkpoint_and_leaves_no_draft(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(tensors: object, draft: Path, metadata: object) -> None:
        draft.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    checkpoint, before = Checkpoint.load(path, SPEC.hash), path.read_bytes()
    files = sorted(path.parent.iterdir())
    monkeypatch.setattr("icl_core.training.checkpoint.save_file", full)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(path, SPEC.hash)
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == files


ABOUTS: list[Any] = [
    None,
    [],
    {},
    {"spec_hash": SPEC.hash},
    {"spec_hash": SPEC.hash, "step": None, "seconds": 0.0, "history": [], "losses": []},
    {"spec_hash": SPEC.hash, "step": 1e999, "seconds": 0.0, "history": [], "losses": []},
    {"spec_hash": SPEC.hash, "step": 1, "seconds": 0.0, "history": [{"errors": []}], "losses": []},
    {"spec_hash": SPEC.hash, "step": 1, "seconds": 0.0, "history": [1], "losses": []},
    {"spec_hash": SPEC.hash, "step": 1, "seconds": 0.0, "history": [], "losses": ["?"]},
]


@pytest.mark.parametrize("about", ABOUTS)
def test_garbled_metadata_is_named(tmp_path: Path, about: Any) -> None:
    path = checkpoint_path(tmp_path, SPEC, "latest")
    path.parent.mkdir(parents=True)
    save_file({"parameters/x": torch.zeros(1)}, path, metadata={"about": json.dumps(about)})
    with pytest.raises(CheckpointError, match=rf"{path} cannot be read"):
        train(SPEC, tmp_path)


DAMAGES: dict[str, tuple[Callable[[Checkpoint], Checkpoint], str]] = {
    "a parameter is missing": (
        lambda c: replace(c, parameters={n: v for n, v in c.parameters.items() if n != "position"}),
        r"position should be \(7, 8\) float32, is no such tensor",
    ),
    "one too many": (
        lambda c: replace(c, parameters=c.parameters | {"extra": torch.zeros(1)}),
        r"extra should be no such tensor, is \(1,\) float32",
    ),
    "another shape": (
        lambda c: replace(c, parameters=c.parameters | {"position": torch.zeros(1, 8)}),
        r"position should be \(7, 8\) float32, is \(1, 8\) float32",
    ),
    "another type": (
        lambda c: replace(c, parameters=c.parameters | {"position": torch.zeros(7, 8).double()}),
        r"position should be \(7, 8\) float32, is \(7, 8\) float64",
    ),
    "no optimiser": (lambda c: replace(c, optimizer={}), "first.embed.bias should be .* is no such tensor"),
    "not finite": (
        lambda c: replace(c, parameters=c.parameters | {"position": torch.full((7, 8), torch.nan)}),
        "values that are not finite",
    ),
}


@pytest.mark.faults
@pytest.mark.parametrize("damage", DAMAGES)
def test_what_does_not_fit_is_named(path: Path, tmp_path: Path, damage: str) -> None:
    change, sentence = DAMAGES[damage]
    change(Checkpoint.load(path, SPEC.hash)).save(path, SPEC.hash)
    with pytest.raises(CheckpointError, match=rf"{path} .*{sentence}"):
        train(SPEC, tmp_path)


def test_a_restore_that_fails_changes_nothing() -> None:
    buffers = {"a": torch.zeros(2), "b": torch.zeros(2)}
    with pytest.raises(CheckpointError, match="b should be"):
        restore(buffers, {"a": torch.ones(2), "b": torch.ones(3)}, Path("some.safetensors"))
    assert torch.equal(buffers["a"], torch.zeros(2))
