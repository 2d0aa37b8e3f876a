from dataclasses import replace
from typing import Any

import pytest

from icl_core.data.shifts import CovariateScale, TaskSparsity
from icl_core.library.links import from_query, to_query
from icl_core.library.start import DENSE
from icl_core.library.zoo import TIERS
from icl_core.models import LinearAttention
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
    bare = Experiment(Pretraining(), TESTED)
    assert to_query(bare, MODELS)["pretraining"] == "default"  # not what a link is about that says nothing
    for experiment in (short, whole, bare, Experiment()):
        assert from_query(to_query(experiment, MODELS), MODELS) == experiment


@pytest.mark.parametrize(
    ("view", "tested"),
    [
        ({"k": "4", "log": "1", "show": "ols", "present": "1", "hide": "x", "lang": "en"}, {}),
        ({"part": "grid", "strength": "0.7", "method": "ols"}, {"shift": CovariateScale(1.0)}),
        ({"picture": "sparsity", "nnz": "3"}, {"shift": TaskSparsity(2)}),
        ({"draw": "3", "x": "0.1 0.2", "y": "1 2"}, {"seed": 3}),
    ],
)
def test_words_of_any_pages_view_are_passed_over(view: dict[str, str], tested: dict[str, Any]) -> None:
    experiment = Experiment(MODELS["small"], Evaluation(**tested))
    assert from_query({**view, **to_query(experiment, MODELS)}, MODELS) == experiment


def test_a_link_that_names_no_pretraining_is_about_what_explore_begins_with() -> None:
    query = {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "0.5"}
    tested = Evaluation(shift=CovariateScale(0.5), prompts=256)
    models = {**MODELS, "dense": replace(DENSE, seed=4)}
    assert from_query(query, models) == Experiment(models["dense"], tested)
    assert from_query(query, MODELS).pretraining == replace(DENSE, model=LinearAttention())
    default = Experiment(MODELS["large"], TESTED)
    assert from_query({"evaluation.seed": "3"}, models, default) == Experiment(
        MODELS["large"], replace(TESTED, seed=3)
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"model": "medium"}, "one of the library's models: large, small"),
        ({"model": "small", "pretraining.seed": "1"}, "left out where a model is named"),
        ({"pretraining.colour": "red"}, "pretraining.colour = 'red'"),
        ({"model": "small", "pretraining.colour": "red"}, "pretraining.colour = 'red'"),
        ({"model": "small", "pretraining": "default"}, "left out where a model is named"),
        ({"evaluation.promts": "64"}, "evaluation.promts = '64'"),
        ({"model": "small", "evaluation.promts": "64"}, "evaluation.promts = '64'"),
        ({"evaluaton.prompts": "64"}, "one of pretraining, evaluation"),
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
