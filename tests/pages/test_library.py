"""The Library page shows every folder for what it is, and a damaged one does no harm."""

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.models.code import files
from icl_core.library import Card, Library, default_library, grading
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training import train
from tests.pages.opening import opened_page

TINY = Pretraining(
    dimension=3,
    context_length=4,
    model=Transformer(layers=1, heads=1, width=16),
    recipe=Recipe(steps=4, warmup=0),
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("models")
    return Library(store, store).add(train(TINY, tmp_path_factory.mktemp("state")), "tiny").folder


@pytest.fixture
def own(stored: Path) -> Path:
    """The user's models: the tiny one, sound."""
    folder = default_library().own
    shutil.copytree(stored, folder / stored.name)
    return folder


opened = partial(opened_page, "pages/library.py")


def text(at: AppTest) -> str:
    return "\n".join(block.value for block in (*at.markdown, *at.caption, *at.error, *at.subheader))


def test_every_model_has_a_card(own: Path) -> None:
    at = opened()
    for entry in default_library().entries():
        assert f"**{entry.name}**".replace("-", "") in text(at).replace("-", "")
    assert at.error.len == 0


def test_the_training_of_the_chosen_model_is_played(own: Path) -> None:
    at = opened(played="tiny")
    (chart,) = at.get("plotly_chart")
    figure = json.loads(chart.proto.spec)  # type: ignore[attr-defined]
    card = next(card for card in default_library().cards() if card.name == "tiny")
    assert len(figure["frames"]) == len(card.history) == 4
    for frame, snapshot in zip(figure["frames"], card.history, strict=True):
        np.testing.assert_allclose(frame["data"][0]["y"], snapshot.errors[0], rtol=1e-4)
    assert chart.proto.alt in text(at)  # type: ignore[attr-defined]
    assert "tiny" in at.title[0].value


def test_a_link_to_a_model_plays_its_training(own: Path) -> None:
    assert "tiny" in opened(model="tiny").title[0].value


def test_a_button_plays_another_and_the_link_says_so(own: Path) -> None:
    at = opened()
    name = next(entry.folder.name for entry in default_library().entries() if entry.name == "tiny")
    at.button(key=f"replay_{name}").click().run()
    assert "tiny" in at.title[0].value
    assert "".join(at.query_params["played"]) == "tiny"


@pytest.mark.parametrize("damage", ["weights", "card", "missing"])
def test_a_damaged_folder_is_shown_as_damaged_and_does_no_harm(own: Path, damage: str) -> None:
    folder = own / TINY.hash
    if damage == "weights":
        content = (folder / "model.safetensors").read_bytes()
        (folder / "model.safetensors").write_bytes(content[:-9])
    elif damage == "card":
        (folder / "card.json").write_text("{")
    else:
        (folder / "model.safetensors").unlink()
    at = opened()
    assert at.error.len == 1
    assert str(folder) in at.error[0].value
    assert "1 damaged" in at.subheader[0].value
    sound = [entry for entry in default_library().entries() if entry.folder != folder]
    assert all(f"**{entry.name}**".replace("-", "") in text(at).replace("-", "") for entry in sound)


def test_filters_are_in_the_link(own: Path) -> None:
    at = opened(inputs="3")
    assert "**tiny**" in text(at)
    assert "linear-sinusoid" not in text(at).replace("\\", "")
    at.selectbox(key="library_status").select("misses a limit").run()
    assert "**tiny**" not in text(at)
    assert "".join(at.query_params["status"]) == "misses"
    assert at.info.len == 1


@pytest.mark.parametrize("query", [{"status": "splendid"}, {"inputs": "many"}, {"colour": "blue"}])
def test_a_bad_link_costs_one_sentence(own: Path, query: dict[str, str]) -> None:
    at = opened(**query)
    assert at.warning.len == 1
    assert "**tiny**" in text(at)


def test_a_model_that_is_not_there_is_not_played(own: Path) -> None:
    assert "tiny" not in opened(played="nobody").title[0].value


def test_the_played_model_can_be_take_away(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = next(card for card in default_library().cards() if card.name == "tiny")
    csv, whole, spec = files(card)
    rows = [line.split(",") for line in csv.text.splitlines()]
    assert rows[0] == ["step", "family", "k", "error"]
    assert len(rows) == 1 + len(card.history) * (TINY.context_length + 1)
    assert float(rows[-1][3]) == card.history[-1].errors[0][-1]
    assert Card.from_json(whole.text) == card
    assert Pretraining.from_json(spec.text) == TINY

    monkeypatch.setattr(grading, "PROMPTS", 64)
    computed: dict[str, Any] = {}
    exec(opened(played="tiny").code[0].value, computed)
    entry = default_library().find(TINY.hash)
    assert entry is not None
    graded = grading.grade(default_library(), entry)
    assert computed["card"].errors == graded.errors != ()
    assert computed["card"].checks == graded.checks != ()
