"""Colours that can be told apart and seen, in every theme."""

import pytest

from icl_core.evaluation.suite import suite
from icl_core.figures import METHODS, THEMES, ordered, stroke
from icl_core.specs import Experiment, Pretraining


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("method", METHODS)
def test_lines_stand_out_from_the_paper(method: str, theme: str) -> None:
    """WCAG 2.1, 1.4.11: graphics need a contrast of 3."""
    look = THEMES[theme]
    assert contrast(stroke(method).colour(look), look.paper) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read(theme: str) -> None:
    look = THEMES[theme]
    assert contrast(look.ink, look.paper) >= 7
    assert contrast(look.muted, look.paper) >= 4.5


def test_no_two_methods_look_alike_without_their_colour() -> None:
    twins = {"transformer": "linear_attention"}  # never in one figure: a model is one or the other
    looks = {
        (style.dash, style.width): method for method, style in METHODS.items() if method not in twins.values()
    }
    by_dash = {method: (style.dash, style.width) for method, style in METHODS.items()}
    for method, look in by_dash.items():
        if method not in twins.values():
            assert looks[look] == method


def test_every_predictor_of_an_experiment_has_a_stroke() -> None:
    for pretraining in (Pretraining(), Pretraining(task_pool=4)):
        names = suite(Experiment(pretraining), None)
        assert set(names) <= set(METHODS)
        assert ordered(names) == [name for name in METHODS if name in names]


def test_an_unknown_method_gets_no_chance_colour() -> None:
    with pytest.raises(KeyError):
        stroke("mystery")
