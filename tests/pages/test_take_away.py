"""Every page: one section holds what is taken away, and every camera saves in the format chosen there."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.frame.navigation import GROUPS
from dashboard.frame.texts import t
from tests.pages.opening import healthy, opened_page

WITHOUT_FIGURE = ("lecture", "glossary")
FILES = [link.file for links in GROUPS.values() for link in links if link.name not in WITHOUT_FIGURE]


def formats(at: AppTest) -> set[str]:
    """What the page's cameras save."""
    configs = [json.loads(chart.proto.config) for chart in at.get("plotly_chart")]  # type: ignore[attr-defined]
    assert configs
    return {config["toImageButtonOptions"]["format"] for config in configs}


@pytest.mark.parametrize("file", FILES)
def test_every_camera_saves_the_chosen_format(file: str) -> None:
    at = opened_page(file)
    assert formats(at) == {"png"}
    at.button_group(key="picture").set_value("svg").run()
    assert formats(at) == {"svg"}


@pytest.mark.parametrize("file", FILES)
def test_files_and_code_stand_in_one_section(file: str) -> None:
    section = [part for part in opened_page(file).expander if part.label == t("section.export")]
    assert len(section) == 1
    assert section[0].get("download_button")
    assert section[0].code


def test_a_lecture_takes_nothing_away() -> None:
    for file in FILES:
        assert t("section.export") not in [part.label for part in opened_page(file, present="1").expander]


@pytest.mark.parametrize("file", ["app.py", "pages/shift_lab.py", "pages/prompt_lab.py"])
def test_a_state_is_offered_as_one_file_when_asked_for(file: str) -> None:
    at = opened_page(file)
    assert t("export.offline.save") not in labels(at)
    healthy(at.button(key="export_offline").click().run())
    gathered = at.session_state["shown"]
    assert gathered.title == at.title[0].value
    assert len(gathered.charts) == len(at.get("plotly_chart"))
    assert labels(at).count(t("export.offline.save")) == 1
    healthy(at.run())  # nothing is kept alive any longer
    assert "shown" not in at.session_state


def labels(at: AppTest) -> list[str]:
    """What the buttons that save a file are called."""
    return [button.proto.label for button in at.get("download_button")]  # type: ignore[attr-defined]
