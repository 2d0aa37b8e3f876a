"""The recipes of CONTRIBUTING.md are true: a function class or a predictor is one file and its words."""

import importlib
import json
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dashboard.frame.texts import catalogue, languages
from icl_core.data.function_classes import Dense, FixedSparse, Sinusoid, Sparse
from icl_core.evaluation.suite import suite
from icl_core.figures import METHODS
from icl_core.figures.palette import family_stroke, family_strokes
from icl_core.methods import REGISTERED, Method, register
from icl_core.predictors import measured_methods
from icl_core.specs import Evaluation, Experiment, FunctionClass, Mixture, Pretraining
from tests.pages.opening import opened_page
from tests.predictors import test_causality

WORDS = {
    "en": {"family.cubic": "cubic functions", "family_short.cubic": "cubic", "method.signs": "Signs"},
    "zh": {"family.cubic": "三次函数", "family_short.cubic": "三次", "method.signs": "符号"},
}
TESTED = Pretraining(dimension=3, context_length=8)


@pytest.fixture
def newcomers(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FunctionClass]]:
    """What two new files declare, with their words in the catalogues; gone afterwards."""
    kinds, methods = dict(FunctionClass.kinds), dict(REGISTERED)
    for language in languages():
        for key, word in WORDS[language].items():
            monkeypatch.setitem(catalogue(language), key, word)  # type: ignore[arg-type]
    try:
        for file in ("tests.recipes.signs", "tests.recipes.cubic"):
            sys.modules.pop(file, None)
            module = importlib.import_module(file)
        yield module.Cubic
    finally:
        for registry, before in ((FunctionClass.kinds, kinds), (REGISTERED, methods)):
            registry.clear()
            registry.update(before)  # type: ignore[arg-type]


def test_a_family_and_a_predictor_declared_at_run_time_stand_on_the_page(
    newcomers: type[FunctionClass],
) -> None:
    at = opened_page(
        "app.py",
        **{
            "pretraining.dimension": "3",
            "pretraining.context_length": "8",
            "evaluation.function_class": "cubic",
            "evaluation.seed": "3",
            "log": "0",
        },
    )
    assert at.warning.len == at.error.len == 0
    assert "cubic functions" in at.title[0].value
    assert "cubic functions" in at.selectbox(key="test_functions").options
    assert "Signs" in at.pills(key="methods").options
    lines = {trace["meta"]["method"]: trace for trace in traces(at) if trace["meta"]["role"] == "line"}
    signs = lines["signs"]
    assert signs["name"] == "Signs"
    look = METHODS["signs"]
    assert signs["line"] == {"color": look.hue.light, "dash": look.dash, "width": look.width}
    assert look not in [METHODS[name] for name in METHODS if name != "signs"]
    experiment = Experiment(TESTED, Evaluation(function_class=newcomers(), seed=3))
    np.testing.assert_allclose(numbers(signs["y"]), errors(experiment, "signs"), rtol=1e-12)
    ideal = numbers(lines["bayes_test" if "bayes_test" in lines else "bayes"]["y"])
    assert ideal[0] == pytest.approx(1, abs=0.5)


def test_the_family_is_offered_to_every_test_and_its_bayes_learner_is_exact(
    newcomers: type[FunctionClass],
) -> None:
    experiment = Experiment(TESTED, Evaluation(function_class=newcomers(), seed=3))
    assert newcomers in FunctionClass.in_order()
    assert errors(experiment, "bayes_test")[4:] == pytest.approx(0, abs=1e-3)
    assert family_stroke("cubic") not in [
        family_stroke(kind) for kind in FunctionClass.kinds if kind != "cubic"
    ]


def test_the_predictor_is_measured_and_held_to_causality(newcomers: type[FunctionClass]) -> None:
    assert "signs" in measured_methods()
    predictor = suite(Experiment(test_causality.NOISY), None)["signs"]
    xs, ys = test_causality.prompts(0)
    later = ys.clone()
    later[:, 5:] += 1
    before, after = predictor.predict(xs, ys), predictor.predict(xs, later)
    assert torch.equal(before[:, :6], after[:, :6])
    assert not torch.equal(before[:, 6:], after[:, 6:])


def test_nothing_is_left_of_them() -> None:
    assert "cubic" not in FunctionClass.kinds
    assert "signs" not in METHODS
    assert "family.cubic" not in catalogue("en")


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="'ols' is declared twice"):
        register(Method("ols"))


MIXTURES = (
    Mixture.of((Sparse(1), 0.5), (Sparse(4), 0.5)),
    Mixture.of((Sinusoid(), 0.4), (Sinusoid(2.0, 3.0), 0.4), (Dense(), 0.2)),
    Mixture.of((Sparse(2), 0.5), (FixedSparse(2), 0.5)),
    Mixture.of(*((Sparse(nnz), 0.25) for nnz in (1, 2, 3, 4))),
)


@pytest.mark.parametrize("mixture", MIXTURES, ids=lambda mixture: " ".join(mixture.names))
def test_families_of_one_kind_or_look_are_told_apart(mixture: Mixture) -> None:
    from dashboard.say.describe import mixture_in_short, names_in

    count = len(mixture.families)
    assert len(set(mixture.names)) == count
    assert len(set(family_strokes(mixture).values())) == count
    for short in (False, True):
        words = names_in(mixture, short)
        assert tuple(words) == mixture.names
        assert len(set(words.values())) == count
    assert len(set(mixture_in_short(mixture).partition(",")[0].split(" + "))) == count


def test_one_family_of_a_kind_keeps_its_kind_as_its_name() -> None:
    assert Mixture.of((Dense(), 0.5), (Sparse(4), 0.5)).names == ("dense", "sparse")
    assert Mixture.of((Sparse(1), 0.5), (Sparse(4), 0.5)).names == ("sparse(nnz=1)", "sparse(nnz=4)")


def errors(experiment: Experiment, method: str) -> np.ndarray:
    """Measured here, without the page."""
    from icl_core.evaluation import learning_curves

    predictors = suite(experiment, None)
    return learning_curves(experiment, {method: predictors[method]}).curves[method].mean


def traces(at: AppTest) -> list[dict]:
    (chart,) = at.get("plotly_chart")
    return json.loads(chart.proto.spec)["data"]  # type: ignore[attr-defined]


def numbers(values: object) -> np.ndarray:
    from tests.pages.test_explore import decoded

    return decoded(values)
