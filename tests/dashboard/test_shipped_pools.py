"""Both pictures of Task diversity ship with their numbers, and those are what the models give."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard.diversity import shipped
from dashboard.diversity.view import start
from icl_core.evaluation.task_diversity import pool_sweep
from icl_core.library import Library, default_library, pool_results
from icl_core.library.pool_results import (
    cached_pool_curves,
    cached_pool_sweep,
    pool_model_at,
    stored_pool_curves,
)
from icl_core.models import Transformer
from icl_core.specs import Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network

TINY = Pretraining(dimension=3, context_length=4, label_noise=0.5, task_pool=4, model=Transformer(1, 1, 16))


@pytest.fixture
def unswept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeping anew is a failure."""

    def refuse(*arguments: object) -> None:
        pytest.fail(f"not shipped, run python -m dashboard.ship: {arguments}")

    monkeypatch.setattr(pool_results, "pool_sweep", refuse)


@pytest.mark.usefixtures("unswept")
def test_both_pictures_ship_with_their_numbers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    first, tested = start(library), shipped.tested(library)
    cached_pool_sweep(first, first.context_length, library)
    assert {(size, tasks) for _, size, tasks in tested} >= {(4, "new"), (4, "seen"), (None, "new")}
    for experiment, size, tasks in tested:
        stored = stored_pool_curves(experiment, size, tasks, library)
        assert stored is not None, f"run python -m dashboard.ship: {size} {tasks}"
        assert "transformer" in stored.curves


@pytest.mark.slow
def test_shipped_numbers_are_the_ones_that_the_models_give(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    first = start(library)
    k = first.context_length
    stored, swept = cached_pool_sweep(first, k, library), pool_sweep(first, k)
    for tasks, curves in swept.estimates.items():
        for name, curve in curves.items():
            np.testing.assert_allclose(stored.estimates[tasks][name].mean, curve.mean, rtol=1e-6, atol=1e-9)
    experiment, size, tasks = shipped.tested(library)[0]
    curves = stored_pool_curves(experiment, size, tasks, library)
    assert curves is not None
    at = pool_model_at(experiment, size, tasks, k, library)
    np.testing.assert_allclose(curves.curves["transformer"].mean[k], at.mean[k], rtol=1e-3, atol=1e-5)


def test_shipping_leaves_nothing_of_an_older_state_nor_of_other_weights(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "shipped")
    for size in (4, None):
        spec = replace(TINY, task_pool=size)
        library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), f"pool {size}")
    folder = library.shipped / "pools"
    folder.mkdir()
    (folder / "old.json").write_text("{}")
    count = shipped.ship(library)
    assert count == len(list(folder.glob("*.json"))) == 4  # the sweep, and three curves
    assert not (folder / "old.json").exists()
    asked = shipped.tested(library)[0]
    assert stored_pool_curves(*asked, library) is not None
    for path in folder.glob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"weights_sha256": "another"}))
    assert stored_pool_curves(*asked, library) is None


def test_the_page_shows_curves_of_its_learners_alone(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    curves = cached_pool_curves(start(library), 4, "seen", library)
    assert set(curves.curves) == {"dmmse", "ridge", "lsa"}
    assert set(curves.exact) <= set(curves.curves)
