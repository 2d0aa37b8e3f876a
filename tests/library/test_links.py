import pytest

from icl_core.data.shifts import CovariateScale
from icl_core.library.links import from_query, to_query
from icl_core.specs import Evaluation, Experiment, Pretraining, SpecError

MODELS = {"small": Pretraining(dimension=3), "large": Pretraining(dimension=12)}
TESTED = Evaluation(shift=CovariateScale(0.5), prompts=64)


def test_a_library_model_goes_by_its_name_and_any_other_by_its_spec() -> None:
    short = Experiment(MODELS["small"], TESTED)
    assert to_query(short, MODELS) == {
        "model": "small",
        "evaluation.shift": "covariate_scale",
        "evaluation.shift.magnitude": "0.5",
        "evaluation.prompts": "64",
    }
    whole = Experiment(Pretraining(dimension=5), TESTED)
    assert to_query(whole, MODELS)["pretraining.dimension"] == "5"
    for experiment in (short, whole):
        assert from_query(to_query(experiment, MODELS), MODELS) == experiment


def test_view_parameters_are_passed_over() -> None:
    query = {
        "model": "small",
        "k": "4",
        "log": "true",
        "show": "ols",
        "present": "true",
        "hide": "x",
        "lang": "en",
    }
    assert from_query(query, MODELS) == Experiment(MODELS["small"])


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"model": "medium"}, "one of the library's models: large, small"),
        ({"model": "small", "pretraining.seed": "1"}, "left out where a model is named"),
        ({"colour": "red"}, "one of pretraining, evaluation"),
    ],
)
def test_senseless_links_are_refused(query: dict[str, str], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        from_query(query, MODELS)
