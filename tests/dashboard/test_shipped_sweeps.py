"""The pictures of 'Beyond the mixture' ship with their numbers, and those are what the learners give."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.beyond.numbers import first_asked
from dashboard.ship import ship
from icl_core.evaluation.family_sweep import ideal_sweep
from icl_core.library import Library, default_library, questions
from icl_core.library.kept import kept
from icl_core.library.questions import SweepErrors


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring anything is a failure."""

    def refuse(*arguments: object) -> None:
        pytest.fail(f"not shipped, run python -m dashboard.ship: {arguments}")

    monkeypatch.setattr(questions, "measured_sweep", refuse)
    for learner in questions.IDEAL:
        monkeypatch.setitem(questions.IDEAL, learner, refuse)


@pytest.mark.usefixtures("unmeasured")
def test_every_picture_ships_with_its_numbers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    asked = first_asked(library)
    assert {question.learner for question in asked} > set(questions.IDEAL)
    for question in asked:
        kept(question, library)


@pytest.mark.slow
def test_shipped_numbers_are_the_ones_that_the_learner_gives(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    ideal = [question for question in first_asked(library) if question.learner == "bayes"]
    assert len(ideal) == 3
    for question in ideal:
        expected = ideal_sweep(question.sweep).mean
        assert kept(question, library).mean == pytest.approx(expected, rel=1e-3, abs=1e-6)


@pytest.mark.slow
def test_shipping_leaves_nothing_of_an_older_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("linear-sinusoid",):
        shutil.copytree(default_library().shipped / name, tmp_path / "shipped" / name)
    library = Library(tmp_path / "shipped", tmp_path / "own")
    folder = library.shipped / "sweeps"
    folder.mkdir()
    (folder / "old.json").write_text("{}")

    def combinations(library: Library) -> list[SweepErrors]:
        few = [
            replace(question, sweep=replace(question.sweep, prompts=128)) for question in first_asked(library)
        ]
        return [question for question in few if question.sweep.parameter == "alpha"]

    monkeypatch.setitem(questions.IDEAL, "bayes_test", ideal_sweep)
    count = ship(combinations, library)
    assert count == len(list(folder.glob("*.json"))) == 3
    assert not (folder / "old.json").exists()


def test_what_ships_is_chosen_from_what_ships(tmp_path: Path) -> None:
    asked: list[Library] = []

    def questions_of(library: Library) -> list[SweepErrors]:
        asked.append(library)
        return []

    assert ship(questions_of, Library(tmp_path / "shipped", tmp_path / "own")) == 0
    assert asked == [Library(tmp_path / "shipped", tmp_path / "shipped")]
