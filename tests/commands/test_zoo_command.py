"""zoo on a machine that has nothing but the code, and on one whose files were damaged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from icl_core.__main__ import main
from icl_core.library import Library, state_folder
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import train
from icl_core.training.checkpoint import Checkpoint
from icl_core.training.loop import checkpoint_path

RECIPE = Recipe(steps=4, batch=4, warmup=0)
PARENT = Pretraining(dimension=2, context_length=4, model=Transformer(1, 1, 8), recipe=RECIPE)
CHILD = replace(PARENT, warm_start=PARENT, seed=1)
GRANDCHILD = replace(PARENT, warm_start=CHILD, seed=2)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library(tmp_path / "shipped", tmp_path / "own")
    monkeypatch.setattr("icl_core.__main__.default_library", lambda: made)
    monkeypatch.setattr("icl_core.library.grading.PROMPTS", 64)
    monkeypatch.setattr("icl_core.commands.zoo.TIERS", {1: {"parent": PARENT, "grandchild": GRANDCHILD}})
    return made


def zoo(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, dict]:
    assert main(["zoo", *arguments, "--json"]) == 0
    return {model["name"]: model for model in json.loads(capsys.readouterr().out)["models"]}


def test_a_model_trains_what_it_starts_from_and_no_further(
    capsys: pytest.CaptureFixture[str], library: Library, tmp_path: Path
) -> None:
    assert zoo(capsys, "--only", "grandchild")["grandchild"]["ready"] is True
    assert [card.name for card in library.cards()] == ["grandchild"]
    for start in (PARENT, CHILD):
        for name in ("stable", "latest"):
            kept = Checkpoint.load(checkpoint_path(state_folder(), start, name), start.hash)
            assert kept.step == start.recipe.decay_start == 2
    entry = library.find("grandchild")
    assert entry is not None
    stored = library.load(entry).state_dict()
    for start in (PARENT, CHILD):
        train(start, tmp_path / "by hand")
    for name, value in train(GRANDCHILD, tmp_path / "by hand").network.state_dict().items():
        assert value.equal(stored[name]), name


def test_a_model_that_starts_from_the_end_of_another_has_that_finished_in_the_library(
    capsys: pytest.CaptureFixture[str], library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = replace(CHILD, warm_start_at="end")
    monkeypatch.setattr("icl_core.commands.zoo.TIERS", {1: {"late": late}})
    assert zoo(capsys)["late"]["ready"] is True
    assert {entry.folder.name for entry in library.entries()} == {"late", PARENT.hash}
    entry = library.find("late")
    assert entry is not None
    stored = library.load(entry).state_dict()
    again = train(late, tmp_path / "by hand", finished=library.network).network.state_dict()
    assert all(value.equal(stored[name]) for name, value in again.items())


def test_a_damaged_model_is_no_ready_one_and_is_made_again(
    capsys: pytest.CaptureFixture[str], library: Library
) -> None:
    zoo(capsys, "--only", "parent")
    weights = library.shipped / "parent" / "model.safetensors"
    sound = weights.read_bytes()
    weights.write_bytes(sound[:-4])
    listed = zoo(capsys, "--list", "--only", "parent")["parent"]
    assert listed["ready"] is False
    assert str(weights) in listed["fault"]
    assert zoo(capsys, "--only", "parent")["parent"]["ready"] is True
    assert weights.read_bytes() == sound


def test_a_name_that_is_taken_is_refused_before_the_training(
    capsys: pytest.CaptureFixture[str], library: Library, tmp_path: Path
) -> None:
    other = replace(PARENT, seed=7)
    library.add(train(other, tmp_path), "parent")
    assert main(["zoo", "--only", "parent"]) == 2
    assert f"The name parent is taken by model {other.hash}" in capsys.readouterr().err
    assert not checkpoint_path(state_folder(), PARENT, "latest").exists()
