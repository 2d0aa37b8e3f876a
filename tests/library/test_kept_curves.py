import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from icl_core.evaluation import LearningCurves
from icl_core.evaluation.suite import suite
from icl_core.library import Library
from icl_core.library.kept import kept, stored
from icl_core.library.questions import Curves
from icl_core.models import InContextNetwork, Transformer
from icl_core.predictors import Predictor
from icl_core.specs import Evaluation, Experiment, Pretraining, Recipe
from icl_core.training import train

SPEC = Pretraining(
    dimension=2, context_length=3, model=Transformer(1, 1, 8), recipe=Recipe(steps=2, batch=4, warmup=0)
)
EXPERIMENT = Experiment(SPEC, Evaluation(prompts=16))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "shipped", tmp_path / "own")


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> LearningCurves:
        raise AssertionError("computed again")

    monkeypatch.setattr("icl_core.library.questions.learning_curves", fail)


def test_the_second_call_reads_what_the_first_computed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kept(Curves(EXPERIMENT), library)
    forbid(monkeypatch)
    assert kept(Curves(EXPERIMENT), library).to_dict() == first.to_dict()
    with pytest.raises(AssertionError, match="computed again"):
        kept(Curves(Experiment(SPEC, Evaluation(prompts=17))), library)


def test_shipped_results_are_found(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept(Curves(EXPERIMENT), library)
    library.shipped.mkdir()
    (library.own / "results").rename(library.shipped / "results")
    forbid(monkeypatch)
    assert kept(Curves(EXPERIMENT), library).to_dict() == first.to_dict()


def test_another_models_weights_are_another_result(library: Library, tmp_path: Path) -> None:
    without = kept(Curves(EXPERIMENT), library)
    library.add(train(SPEC, tmp_path / "state"), "tiny")
    trained = kept(Curves(EXPERIMENT), library)
    assert "transformer" not in without.curves
    assert "transformer" in trained.curves
    assert np.array_equal(without.curves["ols"].mean, trained.curves["ols"].mean)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 1, "weights_sha256": "", "curves": {}}'])
def test_damaged_results_are_computed_again(library: Library, content: str) -> None:
    first = kept(Curves(EXPERIMENT), library)
    (path,) = (library.own / "results").iterdir()
    path.write_text(content)
    assert kept(Curves(EXPERIMENT), library).to_dict() == first.to_dict()
    assert stored(Curves(EXPERIMENT), library) is not None


@pytest.mark.parametrize("field", ["curves", "predictors", "spec", "exact"])
def test_results_with_a_garbled_field_are_computed_again(library: Library, field: str) -> None:
    first = kept(Curves(EXPERIMENT), library)
    (path,) = (library.own / "results").iterdir()
    data = json.loads(path.read_text())
    (data if field == "curves" else data["curves"])[field] = [3]
    path.write_text(json.dumps(data))
    assert stored(Curves(EXPERIMENT), library) is None
    assert kept(Curves(EXPERIMENT), library).to_dict() == first.to_dict()


def test_results_of_another_experiment_or_length_are_computed_again(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    first = kept(Curves(EXPERIMENT), library)
    (path,) = (library.own / "results").iterdir()
    kept(Curves(Experiment(SPEC, Evaluation(prompts=17))), library)
    (other,) = set((library.own / "results").iterdir()) - {path}
    path.write_bytes(other.read_bytes())
    assert stored(Curves(EXPERIMENT), library) is None
    assert "it holds experiment" in caplog.text
    assert kept(Curves(EXPERIMENT), library).to_dict() == first.to_dict()
    data = json.loads(path.read_text())
    data["curves"]["predictors"]["ols"]["high"].pop()
    path.write_text(json.dumps(data))
    assert stored(Curves(EXPERIMENT), library) is None
    assert "another length" in caplog.text


def test_a_failed_write_leaves_no_draft(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("icl_core.files.os.replace", full)
    kept(Curves(EXPERIMENT), library)
    assert "No space left on device" in caplog.text
    assert list((library.own / "results").iterdir()) == []


def test_an_unwritable_store_costs_only_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    curves = kept(Curves(EXPERIMENT), Library(tmp_path, tmp_path / "file"))
    assert "ols" in curves.curves
    assert "cannot be written" in caplog.text


def test_old_results_give_way(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("icl_core.library.kept.KEPT", 2)
    for prompts in (8, 9, 10):
        kept(Curves(Experiment(SPEC, Evaluation(prompts=prompts))), library)
    assert len(list((library.own / "results").iterdir())) == 2


@dataclass(frozen=True)
class Guess(Predictor):
    """A method that nobody had when the first curves were stored."""

    def predict_query(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        return torch.ones_like(ys)


def test_one_more_method_to_measure_makes_other_curves(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(Curves(EXPERIMENT), library)

    def more(experiment: Experiment, network: InContextNetwork | None) -> dict[str, Predictor]:
        return suite(experiment, network) | {"guess": Guess()}

    monkeypatch.setattr("icl_core.library.questions.suite", more)
    assert stored(Curves(EXPERIMENT), library) is None
    after = kept(Curves(EXPERIMENT), library)
    assert set(after.curves) == {*before.curves, "guess"}
    monkeypatch.undo()
    assert stored(Curves(EXPERIMENT), library) is None, "those of a method that is gone are not shown"
