from dataclasses import replace
from pathlib import Path

import pytest
import torch

from icl_core.data.function_classes import Dense, Sparse
from icl_core.models import InContextNetwork, LinearAttention, Transformer
from icl_core.specs import Mixture, Model, Pretraining, Recipe, SpecError, Stage
from icl_core.training import Progress, TrainingDiverged, TrainingStopped, train
from icl_core.training.checkpoint import Checkpoint, CheckpointError
from icl_core.training.loop import checkpoint_path
from icl_core.training.optimizers import Optimizer

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


def test_a_model_starts_from_the_end_of_another_where_it_says_so(tmp_path: Path) -> None:
    finished = train(SMALL, tmp_path).network
    barely = Recipe(steps=1, warmup=0, decay=0, rate=1e-9, matrix_rate=1e-9)
    child = replace(SMALL, warm_start=SMALL, warm_start_at="end", recipe=barely)
    asked: list[Pretraining] = []

    def library(spec: Pretraining) -> InContextNetwork:
        asked.append(spec)
        return finished

    started = train(child, tmp_path, finished=library).network.state_dict()
    for name, value in finished.state_dict().items():
        assert torch.allclose(value, started[name], atol=1e-6), name
    train(child, tmp_path, finished=library)  # goes on from its own checkpoint
    assert asked == [SMALL]
    with pytest.raises(FileNotFoundError, match=f"starts from the end of {SMALL.hash}, which is not here"):
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


def plant(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """The update after `step` steps leaves a NaN in the weights."""
    sound = Optimizer.step

    def update(self: Optimizer, at: int) -> None:
        sound(self, at)
        if at == step:
            next(iter(self.parts[0].parameters.values())).data.view(-1)[0] = torch.nan

    monkeypatch.setattr(Optimizer, "step", update)


@pytest.mark.parametrize("model", [Transformer(1, 2, 16), LinearAttention()])
def test_a_finished_model_with_a_nan_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Model
) -> None:
    """The loss of the last step was finite: it was taken before the update."""
    spec = replace(SMALL, model=model)
    plant(monkeypatch, 59)
    with pytest.raises(TrainingDiverged, match=r"weights of .* not finite at step 60") as caught:
        train(spec, tmp_path)
    assert "kept" not in str(caught.value)
    assert not checkpoint_path(tmp_path, spec, "latest").exists()
    assert Checkpoint.load(checkpoint_path(tmp_path, spec, "stable"), spec.hash).step == 30


def test_a_nan_is_not_saved_over_a_sound_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, 9)
    path = checkpoint_path(tmp_path, SMALL, "latest")
    with pytest.raises(TrainingDiverged, match=rf"at step 10: .*last sound checkpoint is kept in {path}"):
        train(SMALL, tmp_path, save_seconds=0)  # after every step
    kept = Checkpoint.load(path, SMALL.hash)
    assert kept.step == 9
    assert all(value.isfinite().all() for value in kept.parameters.values())


def test_a_nan_is_not_saved_when_asked_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, 9)
    steps: list[int] = []
    with pytest.raises(TrainingDiverged, match="at step 10"):
        train(SMALL, tmp_path, report=lambda p: steps.append(p.step), stop=lambda: len(steps) == 10)
    assert list(tmp_path.rglob("*.safetensors")) == []


@pytest.mark.parametrize(("decay", "step"), [(0.0, 60), (0.5, 30), (1.0, 0)])
def test_there_is_always_a_checkpoint_before_the_decay(tmp_path: Path, decay: float, step: int) -> None:
    spec = replace(SMALL, recipe=replace(SMALL.recipe, decay=decay))
    train(spec, tmp_path)
    assert Checkpoint.load(checkpoint_path(tmp_path, spec, "stable"), spec.hash).step == step


@pytest.mark.parametrize(
    "parent",
    [
        replace(SMALL, dimension=3),
        replace(SMALL, model=Transformer(2, 2, 16)),
        replace(SMALL, model=LinearAttention()),
        replace(SMALL, context_length=5),
    ],
)
def test_a_start_of_another_form_is_refused(parent: Pretraining) -> None:
    allowed = "none, or a model with at most 2 inputs"
    with pytest.raises(SpecError, match=f"warm_start = '{parent.hash}': allowed is {allowed}"):
        replace(SMALL, warm_start=parent)


def test_a_start_may_have_other_data_where_the_positions_are_as_many() -> None:
    wide = replace(SMALL, model=Transformer(1, 2, 16, positions=12))
    start = replace(wide, context_length=5, mixture=Mixture.of(Sparse(nnz=1)), seed=4)
    assert replace(wide, warm_start=start).warm_start == start


def test_positions_for_less_than_a_training_prompt_are_refused() -> None:
    with pytest.raises(SpecError, match=r"model.positions = 4: allowed is at least the 5 points"):
        replace(SMALL, model=Transformer(1, 2, 16, positions=4))
    assert replace(SMALL, model=Transformer(1, 2, 16, positions=5)).context_length == 4


def test_a_warm_started_curriculum_on_fewer_inputs_trains(tmp_path: Path) -> None:
    train(SMALL, tmp_path)
    stage = Stage(1, Mixture.of(Sparse(nnz=1)), 1)
    recipe = Recipe(steps=2, batch=4, warmup=0, curriculum=(stage,))
    assert train(replace(SMALL, warm_start=SMALL, recipe=recipe), tmp_path).history


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
