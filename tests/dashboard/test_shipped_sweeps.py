"""The pictures of 'Beyond the mixture' ship with their numbers, and those are what the learners give."""

import shutil
from pathlib import Path

import pytest

from dashboard.beyond import shipped
from dashboard.beyond.numbers import Learners
from dashboard.beyond.view import SWEPT, current, sweep_of
from icl_core.evaluation.family_sweep import ideal_sweep
from icl_core.library import Library, default_library, sweeps
from icl_core.specs import Experiment


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring anything is a failure."""

    def refuse(*arguments: object) -> None:
        pytest.fail(f"not shipped, run python -m dashboard.ship: {arguments}")

    monkeypatch.setattr(sweeps, "measured_sweep", refuse)
    for learner in sweeps.IDEAL:
        monkeypatch.setitem(sweeps.IDEAL, learner, refuse)


@pytest.mark.usefixtures("unmeasured")
def test_every_picture_ships_with_its_numbers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    for experiment in shipped.experiments(library):
        sweep, learners = sweep_of(experiment), Learners.of(experiment.pretraining, library)
        for name in SWEPT[current(experiment).parameter]:
            if name in learners.entries:
                sweeps.cached_model_sweep(sweep, learners.entries[name], library)
            elif name in sweeps.IDEAL:
                sweeps.cached_ideal_sweep(sweep, name, library)


@pytest.mark.slow
def test_shipped_numbers_are_the_ones_that_the_learner_gives(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    for experiment in shipped.experiments(library):
        sweep = sweep_of(experiment)
        stored = sweeps.cached_ideal_sweep(sweep, "bayes", library)
        assert stored.mean == pytest.approx(ideal_sweep(sweep).mean, rel=1e-3, abs=1e-6)


@pytest.mark.slow
def test_shipping_leaves_nothing_of_an_older_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("linear-sinusoid",):
        shutil.copytree(default_library().shipped / name, tmp_path / "shipped" / name)
    library = Library(tmp_path / "shipped", tmp_path / "own")
    folder = library.shipped / "sweeps"
    folder.mkdir()
    (folder / "old.json").write_text("{}")
    first = shipped.experiments(library)[:1]
    monkeypatch.setattr(shipped, "experiments", lambda library: first)
    monkeypatch.setitem(sweeps.IDEAL, "bayes_test", ideal_sweep)
    count = shipped.ship(library)
    assert count == len(list(folder.glob("*.json"))) == 3
    assert not (folder / "old.json").exists()


def test_what_ships_is_chosen_from_what_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Library] = []

    def experiments(library: Library) -> list[Experiment]:
        asked.append(library)
        return []

    monkeypatch.setattr(shipped, "experiments", experiments)
    assert shipped.ship(Library(tmp_path / "shipped", tmp_path / "own")) == 0
    assert asked == [Library(tmp_path / "shipped", tmp_path / "shipped")]
