"""A page measures only so much; every link that ships asks for less."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from dashboard.explore import presets
from dashboard.frame.limits import MOST_PROMPTS, check
from dashboard.lecture.format import shipped
from icl_core.library import default_library
from icl_core.library.links import from_query
from icl_core.specs import Evaluation, Experiment, Pretraining, SpecError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("dimension", "prompts"), [(8, MOST_PROMPTS + 1), (64, 128), (1, 65_536)], ids=["many", "large", "small"]
)
def test_more_is_refused_by_name(dimension: int, prompts: int) -> None:
    experiment = Experiment(Pretraining(dimension=dimension, context_length=128), Evaluation(prompts=prompts))
    with pytest.raises(SpecError, match=r"evaluation\.prompts = .* on a page"):
        check(experiment)


def test_the_menus_largest_inputs_are_measured() -> None:
    check(Experiment(Pretraining(dimension=32, context_length=64), Evaluation(prompts=256)))


def test_links_that_ship_ask_for_less() -> None:
    models = default_library().specs()
    verdicts = [kept.read_text("utf-8") for kept in (ROOT / "cached_models" / "claims").glob("*.json")]
    urls = [url for verdict in verdicts for url in re.findall(r'"url": *"([^"]*)"', verdict)]
    links = [dict(parse_qsl(urlsplit(url).query)) for url in urls]
    assert len(links) > 20
    links += [state for lecture in shipped() for scene in lecture.scenes for state in scene.states]
    for link in links:
        check(from_query(link, models))
    for settings in presets.available(models).values():
        check(settings.experiment)
