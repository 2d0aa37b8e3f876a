import pytest

from icl_core.data.shifts import CovariateScale
from icl_core.library.links import from_query, to_query
from icl_core.library.zoo import TIERS
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
        ({"model": "small", "colour": "red"}, "colour = 'red': allowed is one of evaluation"),
        ({"model": "small", "evaluation.context_length": "33"}, "at most 32 pairs"),
    ],
)
def test_senseless_links_are_refused(query: dict[str, str], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        from_query(query, MODELS)


@pytest.mark.parametrize("name", [name for tier in TIERS.values() for name in tier])
def test_links_of_every_library_model_come_back_at_its_own_limits(name: str) -> None:
    models = {name: spec for tier in TIERS.values() for name, spec in tier.items()}
    spec = models[name]
    longest = spec.model.longest_context(spec.context_length)
    for family in spec.mixture.families:
        tested = Evaluation(context_length=longest, function_class=family, covariates=spec.covariates)
        experiment = Experiment(spec, tested)
        query = to_query(experiment, models)
        assert query["model"] == name
        assert from_query(query, models) == experiment
