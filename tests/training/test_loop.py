from dataclasses import replace
from pathlib import Path

import pytest
import torch

from icl_core.data.function_classes import Dense, Sparse
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Mixture, Pretraining, Recipe, Stage
from icl_core.training import Progress, TrainingDiverged, TrainingStopped, train
from icl_core.training.checkpoint import Checkpoint, CheckpointError
from icl_core.training.loop import checkpoint_path

SMALL = Pretraining(
    dimension=2, context_length=4, model=Transformer(1, 2, 16), recipe=Recipe(steps=60, batch=16, warmup=5)
)


def test_a_resumed_training_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    whole = train(SMALL, tmp_path / "whole")
    steps: list[int] = []
    with pytest.raises(TrainingStopped, match="step 17"):
        train(SMALL, tmp_path / "cut", report=lambda p: steps.append(p.step), stop=lambda: len(steps) == 17)
    resumed = train(SMALL, tmp_path / "cut", report=lambda p: steps.append(p.step))
    assert steps == list(range(1, 61))
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name
    assert [(s.step, s.loss, s.errors) for s in whole.history] == [
        (s.step, s.loss, s.errors) for s in resumed.history
    ]


def test_it_learns_and_shows_its_learning_curve_on_the_way(tmp_path: Path) -> None:
    reports: list[Progress] = []
    spec = replace(SMALL, recipe=Recipe(steps=400, batch=32, warmup=20, matrix_rate=0.03, rate=0.003))
    trained = train(spec, tmp_path, report=reports.append)
    assert trained.history[-1].errors[0][4] < 0.5 < trained.history[0].errors[0][4]
    assert trained.history[-1].errors[0][0] == pytest.approx(1, abs=0.25)
    assert [snapshot.step for snapshot in trained.history] == list(range(10, 401, 10))
    assert reports[-1].step == reports[-1].steps == 400
    assert reports[-1].seconds_left == 0
    assert trained.network.compute == torch.float32


def test_the_checkpoint_before_the_decay_is_kept_and_can_warm_start_another(tmp_path: Path) -> None:
    train(SMALL, tmp_path)
    stable = Checkpoint.load(checkpoint_path(tmp_path, SMALL, "stable"), SMALL.hash)
    assert stable.step == SMALL.recipe.decay_start == 30
    child = replace(
        SMALL, warm_start=SMALL, recipe=Recipe(steps=1, warmup=0, decay=0, rate=1e-9, matrix_rate=1e-9)
    )
    started = train(child, tmp_path).network.state_dict()
    for name, value in stable.parameters.items():
        assert torch.allclose(value, started[name], atol=1e-6), name
    with pytest.raises(FileNotFoundError, match="train that model first"):
        train(child, tmp_path / "elsewhere")


def test_curriculum_stages_come_first_and_change_what_is_learned(tmp_path: Path) -> None:
    stage = Stage(30, Mixture.of(Sparse(nnz=1)))
    spec = replace(SMALL, recipe=replace(SMALL.recipe, curriculum=(stage,)))
    curriculum, plain = train(spec, tmp_path), train(SMALL, tmp_path)
    assert curriculum.history[0].loss != plain.history[0].loss
    assert spec.hash != SMALL.hash


def test_divergence_names_the_step_and_keeps_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    with pytest.raises(TrainingStopped):
        train(SMALL, tmp_path, report=lambda p: steps.append(p.step), stop=lambda: len(steps) == 10)
    path = checkpoint_path(tmp_path, SMALL, "latest")
    before = path.read_bytes()
    monkeypatch.setattr("torch.Tensor.mean", lambda *_: torch.tensor(float("nan")))
    with pytest.raises(TrainingDiverged, match=r"nan at step 10: lower the rates"):
        train(SMALL, tmp_path)
    assert path.read_bytes() == before


def test_linear_attention_trains_with_plain_gradient_descent(tmp_path: Path) -> None:
    spec = Pretraining(
        dimension=2,
        context_length=10,
        model=LinearAttention(init_scale=0.1),
        recipe=Recipe(steps=400, batch=256, optimizer="sgd", rate=0.1, warmup=0, decay=0.2),
    )
    history = train(spec, tmp_path).history
    assert history[-1].errors[0][10] < 0.4 < 0.7 < history[0].errors[0][10]  # leaves the plateau


def test_mixtures_report_a_curve_for_each_family(tmp_path: Path) -> None:
    spec = replace(SMALL, mixture=Mixture.of((Dense(), 0.5), (Sparse(nnz=1), 0.5)))
    assert {len(snapshot.errors) for snapshot in train(spec, tmp_path).history} == {2}


def test_foreign_and_damaged_checkpoints_are_named(tmp_path: Path) -> None:
    train(SMALL, tmp_path)
    path = checkpoint_path(tmp_path, SMALL, "latest")
    with pytest.raises(CheckpointError, match="belongs to model"):
        Checkpoint.load(path, "0" * 16)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(CheckpointError, match=str(path)):
        train(SMALL, tmp_path)
