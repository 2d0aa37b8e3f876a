"""A training that was cut anywhere ends in the same weights, bit for bit, as one that was not."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from icl_core.data.function_classes import Dense, Sparse
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Mixture, Pretraining, Recipe, Stage
from icl_core.training import TrainingStopped, train, train_to_decay
from icl_core.training.checkpoint import Checkpoint, CheckpointError
from icl_core.training.loop import checkpoint_path

STEPS = 12
MUON = Recipe(steps=STEPS, batch=8, warmup=3)
BASE = Pretraining(dimension=2, context_length=4, model=Transformer(1, 2, 16), recipe=MUON)
CURRICULUM = (Stage(4, Mixture.of(Sparse(nnz=1)), 1), Stage(3, Mixture.of(Sparse(nnz=1))))
CASES = {
    "muon": BASE,
    "adam": replace(BASE, recipe=replace(MUON, optimizer="adam")),
    "curriculum": replace(BASE, recipe=replace(MUON, curriculum=CURRICULUM)),
    "task pool": replace(BASE, task_pool=4, mixture=Mixture.of((Dense(), 0.5), (Sparse(nnz=1), 0.5))),
    "linear attention": replace(
        BASE, model=LinearAttention(), recipe=replace(MUON, optimizer="sgd", rate=0.1, warmup=0)
    ),
}


def cut(spec: Pretraining, state: Path, step: int) -> None:
    """Trains to `step` and stops there."""
    steps: list[int] = []
    with pytest.raises(TrainingStopped):
        train(spec, state, report=lambda p: steps.append(p.step), stop=lambda: len(steps) == step)


def latest(spec: Pretraining, state: Path) -> Checkpoint:
    return Checkpoint.load(checkpoint_path(state, spec, "latest"), spec.hash)


@pytest.mark.faults
@pytest.mark.parametrize("name", CASES)
def test_resumed_trainings_equal_whole_ones(name: str, tmp_path: Path) -> None:
    """Cut before, in and after each stage of the curriculum (4, 7), the warm-up (3) and at the decay (6)."""
    spec = CASES[name]
    train(spec, tmp_path / "whole")
    expected = latest(spec, tmp_path / "whole")
    for step in (2, 4, 6, 9):
        state = tmp_path / f"cut at {step}"
        cut(spec, state, step)
        train(spec, state)
        found = latest(spec, state)
        assert found.step == STEPS
        for ours, theirs in (
            (found.parameters, expected.parameters),
            (found.optimizer, expected.optimizer),
        ):
            assert ours.keys() == theirs.keys()
            assert all(torch.equal(value, theirs[key]) for key, value in ours.items()), step
        assert [(s.step, s.loss, s.errors) for s in found.history] == [
            (s.step, s.loss, s.errors) for s in expected.history
        ]


def test_a_training_cut_at_its_decay_keeps_the_same_checkpoint_from_before(tmp_path: Path) -> None:
    train(BASE, tmp_path / "whole")
    cut(BASE, tmp_path / "cut", BASE.recipe.decay_start)
    train(BASE, tmp_path / "cut")
    whole, again = (
        Checkpoint.load(checkpoint_path(tmp_path / state, BASE, "stable"), BASE.hash)
        for state in ("whole", "cut")
    )
    assert whole.step == again.step == 6
    assert all(torch.equal(value, again.parameters[name]) for name, value in whole.parameters.items())


def test_a_training_to_the_decay_is_the_first_part_of_the_whole(tmp_path: Path) -> None:
    path = train_to_decay(BASE, tmp_path / "parts")
    assert Checkpoint.load(path, BASE.hash).step == latest(BASE, tmp_path / "parts").step == 6
    written = path.stat().st_mtime_ns
    assert train_to_decay(BASE, tmp_path / "parts") == path
    assert path.stat().st_mtime_ns == written  # nothing was trained
    parts = train(BASE, tmp_path / "parts").network.state_dict()
    for name, value in train(BASE, tmp_path / "whole").network.state_dict().items():
        assert torch.equal(value, parts[name]), name


def test_past_the_decay_there_is_no_way_back(tmp_path: Path) -> None:
    cut(BASE, tmp_path, 9)
    checkpoint_path(tmp_path, BASE, "stable").unlink()
    with pytest.raises(CheckpointError, match=r"has passed its decay.*delete .*latest\.safetensors"):
        train_to_decay(BASE, tmp_path)


# ------------------------------------------------------------------------------------------------ precision


def test_a_training_goes_on_in_the_precision_that_it_began_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("icl_core.training.loop.training_precision", lambda device: torch.float32)
    whole = train(BASE, tmp_path / "whole")
    cut(BASE, tmp_path / "cut", 5)
    monkeypatch.setattr("icl_core.training.loop.training_precision", lambda device: torch.bfloat16)
    resumed = train(BASE, tmp_path / "cut")
    assert whole.precision == resumed.precision == "float32"
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert train(BASE, tmp_path / "other").precision == "bfloat16"


def test_a_checkpoint_that_does_not_say_goes_on_in_the_machines_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(BASE, tmp_path, 5)
    path = checkpoint_path(tmp_path, BASE, "latest")
    replace(latest(BASE, tmp_path), precision=None).save(path, BASE.hash)
    for dtype in (torch.bfloat16, torch.float32):
        monkeypatch.setattr("icl_core.training.loop.training_precision", lambda device, dtype=dtype: dtype)
        before = path.read_bytes()
        assert train(BASE, tmp_path).precision == str(dtype).removeprefix("torch.")
        path.write_bytes(before)


def test_an_unknown_precision_is_refused(tmp_path: Path) -> None:
    cut(BASE, tmp_path, 5)
    path = checkpoint_path(tmp_path, BASE, "latest")
    replace(latest(BASE, tmp_path), precision="float8").save(path, BASE.hash)
    with pytest.raises(CheckpointError, match="trained in float8, and this version computes in float32 or"):
        train(BASE, tmp_path)


def test_linear_attention_is_trained_in_float32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("icl_core.training.loop.training_precision", lambda device: torch.bfloat16)
    assert train(CASES["linear attention"], tmp_path).precision == "float32"
