"""Both pictures of Task diversity ship with their numbers, and those are what the models give."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard.diversity.numbers import first_asked
from dashboard.diversity.view import start
from dashboard.ship import ship
from icl_core.evaluation.task_diversity import pool_sweep
from icl_core.library import Library, default_library, questions
from icl_core.library.kept import kept, stored
from icl_core.library.questions import PoolCurves, PoolErrors
from icl_core.models import Transformer
from icl_core.specs import Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network

TINY = Pretraining(dimension=3, context_length=4, label_noise=0.5, task_pool=4, model=Transformer(1, 1, 16))


def pool_curves(library: Library) -> list[PoolCurves]:
    """The curves that the first pictures ask for."""
    return [question for question in first_asked(library) if isinstance(question, PoolCurves)]


@pytest.fixture
def unswept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeping anew is a failure."""

    def refuse(*arguments: object) -> None:
        pytest.fail(f"not shipped, run python -m dashboard.ship: {arguments}")

    monkeypatch.setattr(questions, "pool_sweep", refuse)


@pytest.mark.usefixtures("unswept")
def test_both_pictures_ship_with_their_numbers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    first = start(library)
    kept(PoolErrors(first, first.context_length), library)
    tested = pool_curves(library)
    asked = [question.experiment for question in tested]
    pools = {(each.pretraining.task_pool, each.evaluation.tasks) for each in asked}
    assert pools >= {(4, "new"), (4, "seen"), (None, "new")}
    for question in tested:
        found = stored(question, library)
        assert found is not None, f"run python -m dashboard.ship: {question.experiment.to_json()}"
        assert "transformer" in found.curves


@pytest.mark.slow
def test_shipped_numbers_are_the_ones_that_the_models_give(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    first = start(library)
    k = first.context_length
    found, swept = kept(PoolErrors(first, k), library), pool_sweep(first, k)
    for tasks, curves in swept.estimates.items():
        for name, curve in curves.items():
            np.testing.assert_allclose(found.estimates[tasks][name].mean, curve.mean, rtol=1e-6, atol=1e-9)
    question = pool_curves(library)[0]
    curves = stored(question, library)
    assert curves is not None
    at = question.model_at(k, library)
    np.testing.assert_allclose(curves.curves["transformer"].mean[k], at.mean[k], rtol=1e-3, atol=1e-5)


def test_shipping_leaves_nothing_of_an_older_state_nor_of_other_weights(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "shipped")
    for size in (4, None):
        spec = replace(TINY, task_pool=size)
        library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), f"pool {size}")
    folder = library.shipped / "pools"
    folder.mkdir()
    (folder / "old.json").write_text("{}")
    count = ship(first_asked, library)
    assert count == len(list(folder.glob("*.json"))) == 4  # the sweep, and three curves
    assert not (folder / "old.json").exists()
    asked = pool_curves(library)[0]
    assert stored(asked, library) is not None
    for path in folder.glob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"weights_sha256": "another"}))
    assert stored(asked, library) is None


def test_the_page_shows_curves_of_its_learners_alone(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    curves = kept(PoolCurves.of(start(library), 4, "seen"), library)
    assert set(curves.curves) == {"dmmse", "ridge", "lsa"}
    assert set(curves.exact) <= set(curves.curves)
