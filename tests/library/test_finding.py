"""Which model was trained on this: by its data alone, and of several by one order of preference."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from icl_core.data.covariance import PowerLaw, RandomDiagonal, Uniform
from icl_core.data.function_classes import Dense, Sinusoid, Sparse
from icl_core.library import Library, default_library
from icl_core.library.finding import (
    ANY_LENGTH,
    beside,
    closed_form,
    is_closed_form,
    main_model,
    matching,
    preferred,
    resolve,
    same_data,
    specialist_of,
    trained_on,
    usual_architecture,
)
from icl_core.library.zoo import LARGE, LINEAR_SINUSOID, SMALL, TIERS
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Mixture, Pretraining, Recipe
from icl_core.training import Trained
from icl_core.training.loop import initial_network

ZOO = {name: spec for tier in TIERS.values() for name, spec in tier.items()}
DENSE = Pretraining(dimension=8, context_length=16)
HALF = replace(DENSE, mixture=Mixture.of((Dense(), 0.25), (Sparse(2), 0.75)))


@pytest.mark.parametrize(
    "other",
    [
        replace(HALF, mixture=Mixture.of((Sparse(2), 0.75), (Dense(), 0.25))),
        replace(HALF, mixture=Mixture.of((Dense(), 1 / 3 * 0.75), (Sparse(2), 0.75))),
        replace(HALF, seed=4, recipe=Recipe(steps=5, warmup=0)),
        replace(HALF, model=Transformer(layers=1)),
        closed_form(HALF),
    ],
)
def test_data_are_the_same_however_a_model_was_trained(other: Pretraining) -> None:
    assert same_data(HALF, other)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dimension", 9),
        ("context_length", 17),
        ("covariates", PowerLaw(0.01)),
        ("mixture", Mixture.of((Dense(), 0.26), (Sparse(2), 0.74))),
        ("label_noise", 0.01),
        ("task_pool", 1000),
    ],
)
def test_data_that_differ_in_one_field_are_others(field: str, value: object) -> None:
    other = replace(HALF, **{field: value})
    assert not same_data(HALF, other)
    assert same_data(HALF, other, but=(field,))
    assert resolve(HALF, {"near": other}) == closed_form(HALF)


def test_of_models_of_the_same_data_one_is_meant() -> None:
    """Usual architecture, then most training steps, then smallest seed, then name; each before the next."""
    begun = replace(DENSE, recipe=Recipe(steps=4000))
    models = {
        "e": replace(DENSE, model=LARGE, recipe=Recipe(steps=90_000)),
        "d": begun,
        "c": replace(DENSE, recipe=Recipe(steps=5000), seed=1),
        "b": replace(DENSE, recipe=Recipe(steps=1500), warm_start=begun, warm_start_at="end", seed=3),
        "a": replace(DENSE, recipe=Recipe(steps=5500), seed=2),
    }
    remaining, order = dict(models), []
    while remaining:
        chosen = preferred(remaining)
        order.append(next(name for name, spec in remaining.items() if spec == chosen))
        del remaining[order[-1]]
    assert order == ["a", "b", "c", "d", "e"]
    assert preferred({}) is None
    twins = {"z": begun, "y": replace(begun, recipe=replace(begun.recipe, rate=0.5))}
    assert preferred(twins) == twins["y"]


def test_the_asked_model_and_its_length_go_first() -> None:
    longer = replace(DENSE, context_length=32, recipe=Recipe(steps=90_000))
    models = {"longer": longer, "short": DENSE, "seed": replace(DENSE, seed=3)}
    assert resolve(DENSE, models, ANY_LENGTH) == DENSE
    assert resolve(replace(DENSE, seed=3), models, ANY_LENGTH) == models["seed"]
    assert resolve(replace(DENSE, seed=5), models, ANY_LENGTH) == DENSE
    assert resolve(replace(DENSE, context_length=40), models, ANY_LENGTH) == longer
    assert is_closed_form(resolve(replace(DENSE, context_length=40), models))


def test_usual_architectures_are_those_that_ship() -> None:
    assert usual_architecture(8) == Transformer()
    assert usual_architecture(1) == LINEAR_SINUSOID.model
    assert usual_architecture(77) == Transformer()


def test_the_ladder_of_models_leaves_the_ones_of_today_in_their_place() -> None:
    assert same_data(ZOO["broad-band"], ZOO["linear-sinusoid"])
    assert list(matching(ZOO, LINEAR_SINUSOID))[-1] != "linear-sinusoid", "others share its data"
    for models in (ZOO, dict(sorted(ZOO.items())), dict(sorted(ZOO.items(), reverse=True))):
        assert main_model(models) == ZOO["linear-sinusoid"]
        assert resolve(DENSE, models) == ZOO["identity-d8"]
        assert resolve(replace(DENSE, covariates=RandomDiagonal()), models) == ZOO["random-diagonal-d8"]
        assert resolve(LINEAR_SINUSOID.data, models) == ZOO["linear-sinusoid"]


def test_models_of_another_size_stand_beside_the_main_one(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    short = replace(LINEAR_SINUSOID, recipe=Recipe(steps=3, warmup=0))
    planted = {
        "mine": short,
        "further": replace(short, recipe=Recipe(steps=4, warmup=0), seed=5),
        "little": replace(short, model=SMALL),
        "little of others": replace(short, model=SMALL, mixture=Mixture.of(Sinusoid())),
    }
    for name, spec in planted.items():
        library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), name)
    found = {role: entry.name for role, entry in beside(planted["mine"], library).items()}
    assert found == {"small": "little", "standard": "further"}
    assert "standard" not in beside(planted["further"], library)


def test_a_specialist_is_of_the_same_kind_and_data(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    tiny = replace(HALF, model=Transformer(1, 1, 8))
    for name, spec in {
        "attention": replace(tiny, mixture=Mixture.of(Dense()), model=LinearAttention()),
        "longer": replace(tiny, mixture=Mixture.of(Dense()), context_length=20),
        "right": replace(tiny, mixture=Mixture.of(Dense())),
    }.items():
        library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), name)
    card = specialist_of(library, tiny, Dense())
    assert card is not None
    assert card.name == "right"
    assert specialist_of(library, tiny, Sparse(2)) is None


def others_of_their_data(models: Mapping[str, Pretraining]) -> set[str]:
    """Models that do not stand for their data: of another size, shape or seed, or trained for less."""
    ends = ("-small", "-large", "-interleaved", "-seed1", "-seed2")
    return {name for name in models if name.endswith(ends)} | {"broad-band", "broader-band"}


def test_every_shipped_model_of_usual_size_is_found_by_its_data() -> None:
    models = default_library().specs()
    for name in models.keys() - others_of_their_data(models):
        assert resolve(closed_form(models[name]), models) == models[name], name
    asked = Pretraining(dimension=1, context_length=24, covariates=Uniform(half_width=4.0))
    assert trained_on(models, asked) == {}
