"""Every spec survives JSON and URL, equal specs have equal hashes, and nonsense is refused by name."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icl_core.codec import MAX_DEPTH, Kind, Spec
from icl_core.data.covariance import (
    AutoRegressive,
    CovarianceMixture,
    CovarianceShare,
    Eigenvalues,
    Identity,
    LowRank,
    Matrix,
    PowerLaw,
    RandomDiagonal,
    Spiked,
    Uniform,
    Wishart,
    WithMean,
)
from icl_core.data.function_classes import (
    Combination,
    Dense,
    FixedSparse,
    Quadratic,
    ReluNetwork,
    Sinusoid,
    Sparse,
)
from icl_core.data.shifts import (
    CovariateScale,
    NoShift,
    QueryOrthogonal,
    TaskCovariance,
    TaskMean,
    TaskSparsity,
)
from icl_core.models.linear_attention import LinearAttention
from icl_core.models.transformer import Transformer
from icl_core.specs import (
    Component,
    Covariance,
    Evaluation,
    Experiment,
    FunctionClass,
    Mixture,
    Model,
    Pretraining,
    Recipe,
    Shift,
    SpecError,
    Stage,
)

D = 3


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


def semidefinite(entries: list[float]) -> Matrix:
    """The matrix G G^T + I / 100 for the 3 x 3 entries of G, symmetric to the last bit."""
    rows = [entries[0:3], entries[3:6], entries[6:9]]
    product = [[math.fsum(x * y for x, y in zip(a, b, strict=True)) for b in rows] for a in rows]
    return Matrix(tuple(tuple(product[i][j] + 0.01 * (i == j) for j in range(3)) for i in range(3)))


SIMPLE_COVARIANCES: dict[str, st.SearchStrategy[Covariance]] = {
    "identity": st.just(Identity()),
    "power_law": st.builds(PowerLaw, exponent=numbers(0, 4)),
    "ar1": st.builds(AutoRegressive, rho=numbers(-0.99, 0.99)),
    "spiked": st.builds(Spiked, strength=numbers(0, 1000)),
    "low_rank": st.builds(LowRank, rank=st.integers(1, D)),
    "random_diagonal": st.just(RandomDiagonal()),
    "wishart": st.builds(Wishart, degrees_of_freedom=st.none() | st.integers(1, 1024)),
    "eigenvalues": st.builds(Eigenvalues, values=st.tuples(*[numbers(1e-3, 1e6)] * D)),
    "matrix": st.lists(numbers(-9, 9), min_size=9, max_size=9).map(semidefinite),
}
COVARIANCES = SIMPLE_COVARIANCES | {
    "mixture": st.builds(
        CovarianceMixture,
        components=st.lists(
            st.builds(
                CovarianceShare,
                covariance=st.one_of(*SIMPLE_COVARIANCES.values()),
                weight=numbers(1e-3, 1e3),
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
    ),
    "uniform": st.builds(Uniform, half_width=numbers(1e-3, 100)),
    "with_mean": st.builds(
        WithMean, mean=numbers(-10, 10), covariance=st.sampled_from([Identity(), PowerLaw(1.5)])
    ),
}
SIMPLE_FAMILIES: dict[str, st.SearchStrategy[FunctionClass]] = {
    "dense": st.just(Dense()),
    "sparse": st.builds(Sparse, nnz=st.integers(1, D)),
    "fixed_support": st.builds(FixedSparse, nnz=st.integers(1, D)),
    "relu_network": st.builds(ReluNetwork, width=st.integers(1, 1000)),
    "quadratic": st.just(Quadratic()),
}
FAMILIES = SIMPLE_FAMILIES | {
    "combination": st.builds(
        Combination,
        first=st.one_of(*SIMPLE_FAMILIES.values()),
        second=st.one_of(*SIMPLE_FAMILIES.values()),
        alpha=numbers(0, 1),
    ),
    "sinusoid": st.builds(Sinusoid, low=numbers(0, 10), high=numbers(10.5, 100)),
}
FAMILIES |= {
    kind.kind: st.sampled_from([*kind.offered(D), *kind.offered(1)])
    for kind in FunctionClass.in_order()
    if kind.kind not in FAMILIES
}
SHIFTS: dict[str, st.SearchStrategy[Shift]] = {
    name: st.just(NoShift())
    if name == "none"
    else st.builds(kind, magnitude=st.integers(0, 3))
    if kind is TaskSparsity
    else st.builds(kind, magnitude=numbers(kind.range.low, kind.range.high))
    for name, kind in Shift.kinds.items()
}
MODELS: dict[str, st.SearchStrategy[Model]] = {
    "linear_attention": st.builds(LinearAttention, init_scale=numbers(0, 10)),
    "transformer": st.builds(
        Transformer,
        layers=st.integers(1, 48),
        heads=st.sampled_from([1, 2, 4]),
        width=st.sampled_from([8, 64, 128]),
        layout=st.sampled_from(["paired", "interleaved"]),
        mlp=st.sampled_from(["glu", "gelu"]),
        positions=st.none() | st.integers(513, 4096),
    ),
}
MIXTURES = st.lists(
    st.builds(Component, function_class=st.one_of(*SIMPLE_FAMILIES.values()), weight=numbers(1e-3, 1e3)),
    min_size=1,
    max_size=3,
).map(lambda parts: Mixture(tuple(parts)))
RECIPES = st.builds(
    Recipe,
    steps=st.integers(1001, 10_000_000),
    batch=st.integers(1, 65_536),
    optimizer=st.sampled_from(["muon", "adam", "sgd"]),
    rate=numbers(1e-6, 1),
    decay=numbers(0, 1),
    curriculum=st.lists(st.builds(Stage, steps=st.integers(1, 500), mixture=MIXTURES), max_size=2).map(tuple),
)
FRESH_PRETRAININGS = st.builds(
    Pretraining,
    dimension=st.just(D),
    context_length=st.integers(1, 512),
    covariates=st.one_of(*(COVARIANCES[name] for name in COVARIANCES if name != "uniform")),
    mixture=MIXTURES,
    label_noise=numbers(0, 10),
    task_pool=st.none() | st.integers(1, 2**20),
    model=st.one_of(*MODELS.values()),
    recipe=RECIPES,
    seed=st.integers(0, 2**31 - 1),
)
PRETRAININGS = st.builds(
    lambda spec, start, at: replace(
        spec,
        warm_start=start and replace(start, context_length=spec.context_length, model=spec.model),
        warm_start_at=at if start else "decay",
    ),
    FRESH_PRETRAININGS,
    st.none() | FRESH_PRETRAININGS,
    st.sampled_from(["decay", "end"]),
)
EVALUATIONS = st.builds(
    Evaluation,
    context_length=st.none() | st.integers(1, 512),
    function_class=st.none() | st.one_of(*SIMPLE_FAMILIES.values()),
    covariates=st.none() | st.one_of(*SIMPLE_COVARIANCES.values()),
    shift=st.one_of(*(SHIFTS[name] for name in SHIFTS if not name.startswith("task_"))),
    label_noise=st.none() | numbers(0, 10),
    prompts=st.integers(2, 2**20),
    seed=st.integers(0, 2**31 - 1),
    alpha=numbers(1e-6, 100),
    penalty=st.none() | numbers(1e-9, 1e6),
)
EVERY_KIND = [
    pytest.param(base, kind, strategies[kind], id=f"{base.__name__}-{kind}")
    for base, strategies in (
        (Covariance, COVARIANCES),
        (FunctionClass, FAMILIES),
        (Shift, SHIFTS),
        (Model, MODELS),
    )
    for kind in strategies
]


def brief(value: object) -> str:
    return str(value)[:80]


def assert_survives(spec: Spec, read_as: type[Spec]) -> None:
    """JSON and URL give the spec back, with its hash; the URL is text only."""
    from_json = read_as.from_json(spec.to_json())
    query = spec.to_query()
    from_query = read_as.from_query({name: str(value) for name, value in query.items()})
    assert all(isinstance(value, str) for value in query.values())
    assert from_json == spec == from_query
    assert from_json.hash == spec.hash == from_query.hash


# ------------------------------------------------------------------------------------------------ round trips


def test_strategies_cover_every_kind() -> None:
    assert set(Covariance.kinds) == set(COVARIANCES)
    assert set(FunctionClass.kinds) == set(FAMILIES)
    assert set(Shift.kinds) == set(SHIFTS)
    assert set(Model.kinds) == set(MODELS)


@pytest.mark.parametrize(("base", "kind", "strategy"), EVERY_KIND)
@given(data=st.data())
def test_every_kind_survives_json_and_url(
    base: type[Kind], kind: str, strategy: st.SearchStrategy[Kind], data: st.DataObject
) -> None:
    spec = data.draw(strategy)
    assert spec.kind == kind
    assert_survives(spec, base)
    assert_survives(spec, type(spec))


@given(PRETRAININGS)
def test_pretraining_survives_json_and_url(spec: Pretraining) -> None:
    assert_survives(spec, Pretraining)


@given(EVALUATIONS)
def test_evaluation_survives_json_and_url(spec: Evaluation) -> None:
    assert_survives(spec, Evaluation)


@given(FRESH_PRETRAININGS, EVALUATIONS)
def test_experiment_survives_json_and_url(pretraining: Pretraining, evaluation: Evaluation) -> None:
    longest = pretraining.model.longest_context(pretraining.context_length)
    asked = evaluation.context_length
    fitting = replace(evaluation, context_length=min(asked, longest) if asked else None)
    assert_survives(Experiment(pretraining, fitting), Experiment)


@given(st.builds(Sinusoid, low=numbers(0, 10), high=numbers(10.5, 100)), numbers(0.1, 10))
def test_one_input_survives_json_and_url(family: Sinusoid, half_width: float) -> None:
    mixture = Mixture.of((Dense(), 0.25), (family, 0.75))
    assert_survives(Pretraining(dimension=1, covariates=Uniform(half_width), mixture=mixture), Pretraining)


def test_seen_tasks_survive_json_and_url() -> None:
    assert_survives(Experiment(Pretraining(task_pool=64), Evaluation(tasks="seen")), Experiment)


@given(PRETRAININGS)
def test_canonical_form_is_plain_json_without_defaults(spec: Pretraining) -> None:
    data = json.loads(spec.to_json())
    defaults = {item.name: getattr(Pretraining(), item.name) for item in fields(Pretraining)}
    assert set(data) == {name for name, default in defaults.items() if getattr(spec, name) != default}


# ------------------------------------------------------------------------------------------ canonical form


@pytest.mark.parametrize(("base", "kind", "strategy"), EVERY_KIND)
@given(data=st.data())
def test_every_kind_written_in_full_is_read_back(
    base: type[Kind], kind: str, strategy: st.SearchStrategy[Kind], data: st.DataObject
) -> None:
    spec = data.draw(strategy)
    assert base.from_json(spec.to_json(full=True)) == spec


@given(PRETRAININGS)
def test_in_full_every_field_is_written_at_any_depth(spec: Pretraining) -> None:
    text = spec.to_json(full=True)
    assert Pretraining.from_json(text) == spec
    assert Pretraining.from_json(text).hash == spec.hash
    assert_complete(spec, json.loads(text))


def assert_complete(spec: Spec, written: dict[str, Any]) -> None:
    kind = {"kind"} if isinstance(spec, Kind) else set[str]()
    assert set(written) == {item.name for item in fields(spec)} | kind
    for item in fields(spec):
        inner, text = getattr(spec, item.name), written[item.name]
        pairs = zip(inner, text, strict=True) if isinstance(inner, tuple) else [(inner, text)]
        for part, data in pairs:
            if isinstance(part, Spec):
                assert_complete(part, data)


def test_defaults_leave_nothing_to_say() -> None:
    assert Pretraining().to_json() == "{}"
    assert Experiment().to_query() == {}
    assert Experiment.from_query({}) == Experiment()


def test_url_names_fields_by_dotted_paths() -> None:
    spec = Experiment(
        Pretraining(dimension=2, covariates=Eigenvalues((2.0, 0.5)), mixture=Mixture.of(Dense(), Sparse(1))),
        Evaluation(shift=CovariateScale(1.0), label_noise=0.0),
    )
    assert spec.to_query() == {
        "pretraining.dimension": "2",
        "pretraining.covariates": "eigenvalues",
        "pretraining.covariates.values": "2 0.5",
        "pretraining.mixture.components.0.function_class": "dense",
        "pretraining.mixture.components.0.weight": "0.5",
        "pretraining.mixture.components.1.function_class": "sparse",
        "pretraining.mixture.components.1.function_class.nnz": "1",
        "pretraining.mixture.components.1.weight": "0.5",
        "evaluation.shift": "covariate_scale",
        "evaluation.shift.magnitude": "1",
        "evaluation.label_noise": "0",
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PowerLaw(2), PowerLaw(2.0)),
        (Pretraining(label_noise=1), Pretraining(label_noise=1.0)),
        (Mixture.of((Dense(), 2), (Sparse(), 6)), Mixture.of((Dense(), 0.25), (Sparse(), 0.75))),
        (Mixture.of(Dense(), (Sparse(), 0)), Mixture.of(Dense())),
        (AutoRegressive(-0.0), AutoRegressive(0.0)),
        (Pretraining(mixture=Mixture.of(Dense())), Pretraining()),
    ],
    ids=lambda spec: type(spec).__name__,
)
def test_equal_specs_have_equal_hashes(one: Spec, other: Spec) -> None:
    assert one == other
    assert one.hash == other.hash


def test_hash_is_fixed_and_tells_specs_apart() -> None:
    # Names of stored models: a change here orphans them.
    assert Pretraining().hash == "c7311a4c1243ae2b"
    assert Experiment().hash == "e5f9576e5b7ba14c"
    specs = [Pretraining(), Pretraining(seed=1), Pretraining(dimension=9), Evaluation(), Evaluation(seed=1)]
    assert len({spec.hash for spec in specs}) == len(specs)


def test_the_order_of_keys_does_not_matter() -> None:
    one = Pretraining.from_json('{"seed": 3, "dimension": 4}')
    other = Pretraining.from_json('{"dimension": 4, "seed": 3}')
    assert one == other == Pretraining(dimension=4, seed=3)


# ------------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"dimension": 0}, "dimension"),
        ({"dimension": 65}, "dimension"),
        ({"dimension": 2.5}, "dimension"),
        ({"dimension": True}, "dimension"),
        ({"dimension": "many"}, "dimension"),
        ({"dimension": "1_0"}, "dimension"),
        ({"dimension": "\N{ARABIC-INDIC DIGIT THREE}"}, "dimension"),
        ({"dimension": "\N{FULLWIDTH DIGIT THREE}"}, "dimension"),
        ({"dimension": "9" * 5000}, "dimension"),
        ({"label_noise": "0_1"}, "label_noise"),
        ({"label_noise": "\N{ARABIC-INDIC DIGIT THREE}"}, "label_noise"),
        ({"context_length": 0}, "context_length"),
        ({"label_noise": math.nan}, "label_noise"),
        ({"label_noise": math.inf}, "label_noise"),
        ({"label_noise": -0.1}, "label_noise"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"task_pool": 0}, "task_pool"),
        ({"heads": 4}, "heads"),
        ({"covariates": {"kind": "cauchy"}}, "covariates.kind"),
        ({"covariates": {"kind": "power_law", "exponent": 5}}, "covariates.exponent"),
        ({"covariates": {"kind": "power_law", "rho": 0.5}}, "covariates.rho"),
        ({"covariates": {"kind": "ar1", "rho": 1}}, "covariates.rho"),
        ({"covariates": {"kind": "spiked", "strength": -1}}, "covariates.strength"),
        ({"covariates": {"kind": "low_rank", "rank": 0}}, "covariates.rank"),
        ({"covariates": {"kind": "low_rank", "rank": 9}}, "covariates.rank"),
        ({"covariates": {"kind": "wishart", "degrees_of_freedom": 0}}, "covariates.degrees_of_freedom"),
        ({"covariates": {"kind": "eigenvalues"}}, "covariates.values"),
        ({"covariates": {"kind": "eigenvalues", "values": [1, -1]}}, "covariates.values"),
        ({"covariates": {"kind": "eigenvalues", "values": [1, "x"]}}, "covariates.values.1"),
        ({"covariates": {"kind": "eigenvalues", "values": 3}}, "covariates.values"),
        ({"covariates": {"kind": "eigenvalues", "values": [1, 2]}}, "covariates.values"),
        ({"covariates": {"kind": "matrix", "rows": [[1, 2], [2, 1]]}, "dimension": 2}, "covariates.rows"),
        ({"covariates": {"kind": "matrix", "rows": [[1, 0.5], [0, 1]]}, "dimension": 2}, "covariates.rows"),
        ({"covariates": {"kind": "matrix", "rows": [[1, 0]]}}, "covariates.rows"),
        ({"covariates": {"kind": "matrix", "rows": [[0]]}, "dimension": 1}, "covariates.rows"),
        ({"covariates": {"kind": "matrix", "rows": [[1]]}}, "covariates.rows"),
        ({"covariates": {"kind": "uniform", "half_width": 0}, "dimension": 1}, "covariates.half_width"),
        ({"covariates": {"kind": "uniform"}}, "dimension"),
        ({"covariates": {"kind": "uniform", "half_width": 1e-200}, "dimension": 1}, "covariates.half_width"),
        ({"covariates": {"kind": "eigenvalues", "values": [1e-200] * 8}}, "covariates.values"),
        ({"covariates": {"kind": "eigenvalues", "values": [9e-7] * 8}}, "covariates.values"),
        ({"covariates": {"kind": "eigenvalues", "values": [1e7] * 8}}, "covariates.values"),
        ({"covariates": {"kind": "eigenvalues", "values": []}}, "covariates.values"),
        ({"covariates": {"kind": "eigenvalues", "values": [1] * 65}}, "covariates.values"),
        ({"covariates": {"kind": "matrix", "rows": [[1e-200]]}, "dimension": 1}, "covariates.rows"),
        ({"covariates": {"kind": "matrix", "rows": [[1e7]]}, "dimension": 1}, "covariates.rows"),
        ({"covariates": {"kind": "mixture", "components": []}}, "covariates.components"),
        (
            {"covariates": {"kind": "mixture", "components": [{"covariance": "identity"}] * 65}},
            "covariates.components",
        ),
        (
            {"covariates": {"kind": "mixture", "components": [{"covariance": "identity", "weight": 1e308}]}},
            "covariates.components.0.weight",
        ),
        (
            {
                "covariates": {
                    "kind": "mixture",
                    "components": [
                        {"covariance": {"kind": "mixture", "components": [{"covariance": "identity"}]}}
                    ],
                }
            },
            "covariates.components",
        ),
        (
            {"covariates": {"kind": "mixture", "components": [{"covariance": {"kind": "uniform"}}]}},
            "covariates.components",
        ),
        ({"mixture": {"components": []}}, "mixture.components"),
        ({"mixture": {"components": [{"function_class": "dense", "weight": 1}] * 65}}, "mixture.components"),
        (
            {"mixture": {"components": [{"function_class": "dense", "weight": 1e308}] * 2}},
            "mixture.components.0.weight",
        ),
        (
            {
                "mixture": {
                    "components": [{"function_class": "dense", "weight": weight} for weight in (1e6, 1e-6)]
                }
            },
            "mixture.components",
        ),
        ({"mixture": {"components": [{"function_class": {"kind": "dense"}}]}}, "mixture.components.0.weight"),
        (
            {"mixture": {"components": [{"function_class": {"kind": "dense"}, "weight": -1}]}},
            "mixture.components.0.weight",
        ),
        (
            {"mixture": {"components": [{"function_class": {"kind": "sparse", "nnz": 9}, "weight": 1}]}},
            "mixture.components.0.function_class.nnz",
        ),
        ({"mixture": {"components": [{"function_class": {"kind": "sinusoid"}, "weight": 1}]}}, "dimension"),
        ({"model": {"kind": "transformer", "width": 97}}, "model.width"),
        ({"model": {"kind": "transformer", "layout": "diagonal"}}, "model.layout"),
        ({"recipe": {"steps": 0}}, "recipe.steps"),
        ({"recipe": {"curriculum": [{"steps": 0, "mixture": {}}]}}, "recipe.curriculum.0.mixture.components"),
        (
            {
                "recipe": {
                    "curriculum": [
                        {
                            "steps": 1,
                            "mixture": {"components": [{"function_class": "dense", "weight": 1}]},
                        }
                    ]
                    * 65
                }
            },
            "recipe.curriculum",
        ),
        ({"recipe": [1]}, "recipe"),
        ({"warm_start": {"dimension": 0}}, "warm_start.dimension"),
        ({"warm_start_at": "end"}, "warm_start_at"),
    ],
    ids=brief,
)
def test_senseless_pretraining_is_refused_by_name(data: dict[str, Any], field: str) -> None:
    with pytest.raises(SpecError) as caught:
        Pretraining.from_dict(data)
    assert caught.value.field == field
    assert caught.value.allowed
    assert str(caught.value).startswith(field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"zoom": "3"}, "zoom"),
        ({"evaluation.zoom": "3"}, "evaluation.zoom"),
        ({"evaluation.shift": "sideways"}, "evaluation.shift.kind"),
        (
            {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "2.5"},
            "evaluation.shift.magnitude",
        ),
        (
            {"evaluation.shift": "covariate_skew", "evaluation.shift.magnitude": "-.1"},
            "evaluation.shift.magnitude",
        ),
        (
            {"evaluation.shift": "query_scale", "evaluation.shift.magnitude": "nan"},
            "evaluation.shift.magnitude",
        ),
        (
            {"evaluation.shift": "task_sparsity", "evaluation.shift.magnitude": "1.5"},
            "evaluation.shift.magnitude",
        ),
        ({"evaluation.shift": "none", "evaluation.shift.magnitude": "1"}, "evaluation.shift.magnitude"),
        ({"evaluation.prompts": "1"}, "evaluation.prompts"),
        ({"evaluation.alpha": "0"}, "evaluation.alpha"),
        ({"evaluation.tasks": "seen"}, "evaluation.tasks"),
        ({"evaluation.tasks": "old"}, "evaluation.tasks"),
        (
            {"evaluation.covariates": "matrix", "evaluation.covariates.rows.0": "1 0"},
            "evaluation.covariates.rows",
        ),
        ({"pretraining.dimension": "x"}, "pretraining.dimension"),
        ({"pretraining": "gone"}, "pretraining.kind"),
        ({"evaluation.penalty": "0"}, "evaluation.penalty"),
        ({"evaluation": "default", "evaluation.0": "1"}, "evaluation"),
        ({"pretraining.mixture.components.1.weight": "1"}, "pretraining.mixture.components"),
        ({"pretraining.mixture.components.00.weight": "1"}, "pretraining.mixture.components"),
        ({f"pretraining.mixture.components.{'9' * 5000}.weight": "1"}, "pretraining.mixture.components"),
        (
            {"pretraining.mixture.components.\N{ARABIC-INDIC DIGIT ZERO}.weight": "1"},
            "pretraining.mixture.components",
        ),
    ],
    ids=brief,
)
def test_senseless_url_is_refused_by_name(query: dict[str, str], field: str) -> None:
    with pytest.raises(SpecError) as caught:
        Experiment.from_query(query)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("pretraining", "evaluation", "field"),
    [
        (Pretraining(dimension=1), Evaluation(shift=QueryOrthogonal(0.5)), "dimension"),
        (Pretraining(dimension=4), Evaluation(shift=TaskSparsity(5)), "evaluation.shift.magnitude"),
        (Pretraining(), Evaluation(shift=TaskMean(0.5), function_class=Quadratic()), "shift"),
        (
            Pretraining(mixture=Mixture.of(Dense(), ReluNetwork())),
            Evaluation(shift=TaskCovariance(0.5)),
            "shift",
        ),
        (Pretraining(), Evaluation(covariates=Uniform()), "dimension"),
        (Pretraining(), Evaluation(function_class=Sparse(9)), "evaluation.function_class.nnz"),
        (Pretraining(context_length=8), Evaluation(context_length=17), "evaluation.context_length"),
        (Pretraining(task_pool=4), Evaluation(tasks="seen", function_class=Sparse()), "evaluation.tasks"),
        (Pretraining(task_pool=4), Evaluation(tasks="seen", shift=TaskSparsity(2)), "evaluation.tasks"),
    ],
    ids=str,
)
def test_tests_that_do_not_fit_the_model_are_refused(
    pretraining: Pretraining, evaluation: Evaluation, field: str
) -> None:
    with pytest.raises(SpecError) as caught:
        Experiment(pretraining, evaluation)
    assert caught.value.field == field


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '"identity"', '{"dimension": NaN}'])
def test_text_that_is_no_spec_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        Pretraining.from_json(text)


def nested(levels: int) -> str:
    """The JSON of a model warm-started from a model, and so on."""
    return '{"warm_start":' * levels + "{}" + "}" * levels


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 300, 900, 100_000])
def test_json_nested_too_deeply_is_refused(levels: int) -> None:
    with pytest.raises(SpecError, match=f"at most {MAX_DEPTH} levels"):
        Pretraining.from_json(nested(levels))
    with pytest.raises(SpecError):
        Pretraining.from_json('{"dimension":' + nested(levels) + "}")
    with pytest.raises(SpecError):
        Pretraining.from_json('{"heads":' + nested(levels) + "}")


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 300, 100_000])
def test_urls_nested_too_deeply_are_refused(levels: int) -> None:
    with pytest.raises(SpecError, match=f"at most {MAX_DEPTH} levels") as caught:
        Pretraining.from_query({"warm_start." * levels + "seed": "1"})
    assert len(str(caught.value)) < 300


def test_what_nests_as_deeply_as_allowed_is_read() -> None:
    spec = Pretraining.from_json(nested(MAX_DEPTH))
    assert spec.to_json().count("warm_start") == MAX_DEPTH
    assert Pretraining.from_query({"warm_start." * (MAX_DEPTH - 1) + "warm_start": "default"}) == spec


@pytest.mark.parametrize(
    "text",
    ['{"seed":1,"seed":2}', '{"seed":1,"seed":1}', '{"model":{"kind":"transformer","kind":"transformer"}}'],
)
def test_json_that_names_a_field_twice_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="stands twice"):
        Pretraining.from_json(text)


def test_numbers_of_too_many_digits_are_refused() -> None:
    with pytest.raises(SpecError, match="dimension"):
        Pretraining.from_dict({"dimension": 10**5000})
    with pytest.raises(SpecError, match="valid JSON"):
        Pretraining.from_json('{"seed":' + "9" * 5000 + "}")
    with pytest.raises(SpecError, match="seed"):
        Pretraining.from_json('{"seed":' + "9" * 4000 + "}")


def spec_unless_refused(read: Callable[[], Spec]) -> Spec | None:
    """None after a SpecError; any other exception fails the test."""
    try:
        return read()
    except SpecError:
        return None


def wrapped(levels: int, names: list[str | None]) -> Any:
    """A value inside so many lists (None) and objects, with these names in turn."""
    value: Any = 1
    for level in range(levels):
        name = names[level % len(names)]
        value = [value] if name is None else {name: value}
    return value


DEEP_VALUES = st.builds(
    wrapped,
    st.sampled_from([MAX_DEPTH, 400, 20_000]),
    st.lists(
        st.sampled_from([None, "warm_start", "mixture", "components", "function_class", "kind"]),
        min_size=1,
        max_size=3,
    ),
)
HUGE_NUMBERS = st.sampled_from([10**400, -(10**4000), "9" * 5000, "1_0", "٣", "1e400", "0x1"])
FIELDS = st.sampled_from([item.name for item in fields(Pretraining)])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | HUGE_NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(FIELDS, JSON_VALUES | DEEP_VALUES)
def test_any_json_gives_a_spec_or_a_spec_error(name: str, value: Any) -> None:
    spec = spec_unless_refused(lambda: Pretraining.from_dict({name: value}))
    if spec is not None:
        assert_survives(spec, Pretraining)


JSON_TEXTS = st.lists(
    st.tuples(
        st.sampled_from(["seed", "dimension", "label_noise", "mixture", "warm_start", "kind"]),
        st.sampled_from(["1", "8", "0.5", "null", "NaN", '"1"', "[]", "{}", "9" * 400, "9" * 5000])
        | st.sampled_from([MAX_DEPTH - 1, 400, 20_000]).map(nested),
    ),
    max_size=4,
)


@given(JSON_TEXTS)
def test_any_text_of_json_gives_a_spec_or_a_spec_error(pairs: list[tuple[str, str]]) -> None:
    names = [name for name, _ in pairs]
    text = "{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}"
    spec = spec_unless_refused(lambda: Pretraining.from_json(text))
    if spec is not None:
        assert len(set(names)) == len(names)
        assert_survives(spec, Pretraining)


PATH_PARTS = [
    "pretraining",
    "evaluation",
    "shift",
    "covariates",
    "warm_start",
    "mixture",
    "components",
    "0",
    "1",
    "٠",
    "9" * 5000,
    "rows",
    "kind",
]
PATHS = st.lists(st.sampled_from(PATH_PARTS), min_size=1, max_size=4).map(".".join)
DEEP_PATHS = st.builds(
    lambda path, times: ".".join([path] * times), PATHS, st.sampled_from([MAX_DEPTH // 2, 400, 20_000])
)


@given(
    st.dictionaries(
        PATHS | DEEP_PATHS,
        st.sampled_from(["", "1", "1_0", "9" * 5000, "matrix", "default", "none", "1 2", "covariate_scale"]),
        max_size=4,
    )
)
def test_any_query_gives_a_spec_or_a_spec_error(query: dict[str, str]) -> None:
    spec = spec_unless_refused(lambda: Experiment.from_query(query))
    if spec is not None:
        assert_survives(spec, Experiment)


# ------------------------------------------------------------------------------------------------ registry


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(TypeError, match="declared twice"):

        class Other(Covariance, kind="identity"):
            pass


def test_a_base_shared_by_kinds_keeps_their_registry() -> None:
    class Alternatives(Kind):
        pass

    class Shared(Alternatives):
        pass

    @dataclass(frozen=True)
    class One(Shared, kind="one"):
        pass

    assert Alternatives.kinds == Shared.kinds == {"one": One}
    assert Alternatives.from_dict({"kind": "one"}) == One()
    assert "one" not in Covariance.kinds


def test_steps_before_count_the_whole_chain_of_warm_starts() -> None:
    first = Pretraining(recipe=Recipe(steps=100, decay=0.25))
    second = replace(first, warm_start=first, recipe=Recipe(steps=30))
    third = replace(first, warm_start=second, warm_start_at="end")
    assert [spec.steps_before for spec in (first, second, third)] == [0, 75, 105]


def test_reseeding_changes_every_seed_and_nothing_else() -> None:
    first = Pretraining(recipe=Recipe(steps=100))
    model = replace(first, warm_start=first, warm_start_at="end", seed=3)
    other = model.reseeded(10)
    assert (other.seed, other.warm_start and other.warm_start.seed) == (13, 10)
    assert other.seedless == model.seedless
    assert model.reseeded(0) == model


def test_the_data_of_a_pretraining_is_all_but_the_model() -> None:
    spec = Pretraining(dimension=3, label_noise=0.5, task_pool=4, recipe=Recipe(steps=10), seed=2)
    assert spec.data == Pretraining(dimension=3, label_noise=0.5, task_pool=4)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (
            {"pretraining.covariates": "eigenvalues", "pretraining.covariates.values": "1 2"},
            "pretraining.covariates.values",
        ),
        (
            {"evaluation.covariates": "eigenvalues", "evaluation.covariates.values": "1 2"},
            "evaluation.covariates.values",
        ),
        (
            {"evaluation.function_class": "sparse", "evaluation.function_class.nnz": "9"},
            "evaluation.function_class.nnz",
        ),
        (
            {
                "pretraining.mixture.components.0.function_class": "sparse",
                "pretraining.mixture.components.0.function_class.nnz": "9",
                "pretraining.mixture.components.0.weight": "1",
            },
            "pretraining.mixture.components.0.function_class.nnz",
        ),
        (
            {
                "pretraining.covariates": "mixture",
                "pretraining.covariates.components.0.covariance": "low_rank",
                "pretraining.covariates.components.0.covariance.rank": "9",
            },
            "pretraining.covariates.components.0.covariance.rank",
        ),
        (
            {
                "pretraining.mixture.components.0.function_class": "combination",
                "pretraining.mixture.components.0.function_class.first": "sparse",
                "pretraining.mixture.components.0.function_class.first.nnz": "9",
                "pretraining.mixture.components.0.function_class.second": "dense",
                "pretraining.mixture.components.0.weight": "1",
            },
            "pretraining.mixture.components.0.function_class.first.nnz",
        ),
    ],
)
def test_a_fault_between_fields_is_named_by_its_whole_path(query: dict[str, str], path: str) -> None:
    with pytest.raises(SpecError) as caught:
        Experiment.from_query({"pretraining.dimension": "3", **query})
    assert caught.value.field == path
