"""Sweeps over pools and curves on them: computed once, never trusted where they are damaged."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from icl_core.evaluation.task_diversity import PoolSweep, pool_sweep, with_pool
from icl_core.library import Library, LibraryError, questions
from icl_core.library.kept import kept, stored
from icl_core.library.questions import Curves, PoolCurves, PoolErrors
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Evaluation, Experiment, Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network

TINY = Pretraining(dimension=3, context_length=4, label_noise=0.5, task_pool=4, model=Transformer(1, 1, 16))
TESTED = Experiment(TINY, Evaluation(context_length=4, prompts=16))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "shipped", tmp_path / "own")


def add(library: Library) -> None:
    library.add(Trained(TINY, initial_network(TINY), (), 0.0, "float32"), "pool 4")


def assert_same(one: PoolSweep, other: PoolSweep) -> None:
    assert (one.k, one.sizes, one.unlimited) == (other.k, other.sizes, other.unlimited)
    for tasks in ("new", "seen"):
        for name, curve in one.estimates[tasks].items():
            np.testing.assert_array_equal(curve.mean, other.estimates[tasks][name].mean)
            np.testing.assert_array_equal(curve.high, other.estimates[tasks][name].high)
        for name, line in one.exact[tasks].items():
            np.testing.assert_array_equal(line, other.exact[tasks][name])


def test_a_sweep_is_computed_once_for_all_models_and_pools(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kept(PoolErrors(TESTED, 4), library)
    assert_same(first, pool_sweep(TESTED, 4))
    monkeypatch.setattr(questions, "pool_sweep", lambda *_: pytest.fail("computed again"))
    for other in (TINY, replace(TINY, task_pool=64), replace(TINY, task_pool=None, model=LinearAttention())):
        assert_same(kept(PoolErrors(replace(TESTED, pretraining=other), 4), library), first)


def test_another_pool_seed_test_or_k_is_another_sweep(library: Library) -> None:
    first = kept(PoolErrors(TESTED, 4), library)
    others = (
        kept(PoolErrors(replace(TESTED, pretraining=replace(TINY, seed=1)), 4), library),
        kept(PoolErrors(replace(TESTED, evaluation=replace(TESTED.evaluation, seed=1)), 4), library),
        kept(PoolErrors(TESTED, 3), library),
    )
    for other in others:
        assert not np.array_equal(first.estimates["new"]["dmmse"].mean, other.estimates["new"]["dmmse"].mean)


@pytest.mark.parametrize("field", ["spec", "k", "sizes", "estimates", "exact", "unlimited", ""])
def test_a_damaged_sweep_is_computed_again(library: Library, field: str) -> None:
    first = kept(PoolErrors(TESTED, 4), library)
    (path,) = (library.own / "pools").iterdir()
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: [3]}) if field else "{")
    assert_same(kept(PoolErrors(TESTED, 4), library), first)


def test_what_is_not_finite_is_kept_as_such(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    found = pool_sweep(TESTED, 4)
    found.exact["new"]["lsa"][2] = np.nan
    monkeypatch.setattr(questions, "pool_sweep", lambda *_: found)
    kept(PoolErrors(TESTED, 4), library)
    assert_same(kept(PoolErrors(TESTED, 4), library), found)


@pytest.mark.parametrize("tasks", ["new", "seen"])
def test_the_curves_are_those_of_all_learners(library: Library, tasks: str) -> None:
    add(library)
    assert stored(PoolCurves.of(TESTED, 4, tasks), library) is None
    curves = kept(PoolCurves.of(TESTED, 4, tasks), library)
    everything = kept(Curves(with_pool(TESTED, 4, tasks)), library)
    assert set(curves.curves) == {"transformer", "dmmse", "ridge", "lsa"}
    for name, curve in curves.curves.items():
        np.testing.assert_array_equal(curve.mean, everything.curves[name].mean)
        np.testing.assert_array_equal(curve.low, everything.curves[name].low)
    assert curves.exact.keys() == everything.exact.keys() & curves.curves.keys()
    again = stored(PoolCurves.of(TESTED, 4, tasks), library)
    assert again is not None
    assert again.to_dict() == curves.to_dict()


def test_the_model_at_one_k_is_its_curve_there(library: Library) -> None:
    with pytest.raises(LibraryError, match="left the library"):
        PoolCurves.of(TESTED, 4, "seen").model_at(2, library)
    add(library)
    whole = kept(PoolCurves.of(TESTED, 4, "seen"), library).curves["transformer"]
    for k in (0, 2, 4):
        at = PoolCurves.of(TESTED, 4, "seen").model_at(k, library)
        for name in ("mean", "low", "high"):
            part, line = getattr(at, name), getattr(whole, name)
            assert part[k] == pytest.approx(line[k], rel=1e-4, abs=1e-6)
            assert np.isnan(np.delete(part, k)).all()


class OneLearner(PoolCurves):
    learners = ("dmmse",)


def test_curves_of_other_learners_are_not_read_for_these(library: Library) -> None:
    add(library)
    tested = with_pool(TESTED, 4, "new")
    kept(OneLearner(tested), library)
    assert stored(OneLearner(tested), library) is not None
    assert stored(PoolCurves.of(TESTED, 4, "new"), library) is None
