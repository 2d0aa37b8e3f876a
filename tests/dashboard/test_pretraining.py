"""Models are chosen by exactly what they were pretrained on; anything else is the closed form."""

from dataclasses import replace

import pytest

from dashboard.frame import pretraining as library
from dashboard.frame.pretraining import Functions
from icl_core.data.covariance import Identity, PowerLaw, Uniform
from icl_core.data.function_classes import Dense, Sinusoid, Sparse
from icl_core.library.finding import ANY_LENGTH, closed_form, is_closed_form, matching, resolve
from icl_core.models import LinearAttention
from icl_core.specs import Mixture, Pretraining

DENSE = Pretraining(dimension=8, context_length=16)
LONGER = replace(DENSE, context_length=32)
LINES = Pretraining(
    dimension=1,
    context_length=24,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(), 0.5)),
)
MODELS = {"dense": DENSE, "longer": LONGER, "lines": LINES}


def test_all_models_with_the_same_data_match() -> None:
    assert list(matching(MODELS, replace(DENSE, seed=5, context_length=4))) == ["dense", "longer"]


@pytest.mark.parametrize(
    "asked",
    [
        replace(DENSE, covariates=PowerLaw(0.01)),
        replace(DENSE, label_noise=0.01),
        replace(DENSE, task_pool=1000),
        replace(DENSE, mixture=Mixture.of((Dense(), 0.99), (Sparse(2), 0.01))),
        replace(DENSE, dimension=9),
    ],
)
def test_a_nearby_model_is_no_match(asked: Pretraining) -> None:
    resolved = resolve(asked, MODELS, ANY_LENGTH)
    assert resolved not in MODELS.values()
    assert is_closed_form(resolved)
    assert resolved.model == LinearAttention()
    assert (resolved.covariates, Functions.of(resolved)) == (asked.covariates, Functions.of(asked))


def test_changing_covariates_finds_the_model_again() -> None:
    away = library.with_covariates(DENSE, PowerLaw(), MODELS)
    assert is_closed_form(away)
    assert library.with_covariates(away, Identity(), MODELS) == DENSE


def test_changing_functions_moves_to_covariates_that_a_model_has() -> None:
    moved = library.with_functions(DENSE, Functions.of(LINES), MODELS)
    assert moved == LINES
    back = library.with_functions(moved, Functions.of(DENSE), MODELS)
    assert back == DENSE


def test_functions_without_a_model_keep_the_covariates() -> None:
    current = closed_form(replace(DENSE, covariates=PowerLaw()))
    moved = library.with_functions(current, Functions(8, Mixture.of(Sparse(2))), MODELS)
    assert moved.covariates == PowerLaw()
    assert is_closed_form(moved)


def test_choices_begin_with_what_the_library_has_and_hold_the_current() -> None:
    own = replace(DENSE, covariates=PowerLaw(0.123))
    covariances = library.covariance_choices(own, MODELS)
    assert covariances[0] == Identity()
    assert PowerLaw(0.123) in covariances
    assert len(set(covariances)) == len(covariances)
    functions = library.function_choices(LINES, MODELS)
    assert functions[:2] == [Functions.of(DENSE), Functions.of(LINES)]


@pytest.mark.parametrize("dimension", [1, 2, 3, 8, 64])
def test_usual_choices_fit_every_dimension(dimension: int) -> None:
    for covariates in library.usual_covariances(dimension):
        for functions in library.usual_functions(dimension):
            Pretraining(dimension=dimension, covariates=covariates, mixture=functions.mixture)
