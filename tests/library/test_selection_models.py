"""Models for a selection are found by what they were pretrained on, never by name, and never nearly."""

from dataclasses import replace
from pathlib import Path

import pytest

from icl_core.data.function_classes import Dense, FixedSparse, Sparse
from icl_core.library import Library
from icl_core.library.selection import (
    compare_on,
    mixture_shares,
    pairs,
    selection_learners,
    selection_models,
    usual_name,
)
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network

BASE = Pretraining(dimension=4, context_length=6, model=Transformer(layers=1, heads=1, width=16))
HALF = replace(BASE, mixture=Mixture.of((Dense(), 0.5), (Sparse(2), 0.5)))


def add(library: Library, spec: Pretraining, name: str) -> None:
    """A model as its seed initialises it: it stands for a trained one where only its card matters."""
    library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), name)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "shipped", tmp_path / "own")


def test_models_are_found_by_their_data(library: Library) -> None:
    add(library, BASE, "plain")
    add(library, replace(HALF, mixture=Mixture.of((Sparse(2), 0.5), (Dense(), 0.5))), "turned")
    asked = replace(HALF, model=LinearAttention())
    found = selection_models(library, asked)
    assert {role: card.name for role, card in found.cards.items()} == {"dense": "plain", "mixture": "turned"}
    assert found.lacking == {"narrow": "sparse-d4"}


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, context_length=7),
        replace(BASE, label_noise=0.1),
        replace(BASE, task_pool=8),
        replace(BASE, mixture=Mixture.of(Sparse(1))),
        replace(HALF, mixture=Mixture.of((Dense(), 0.51), (Sparse(2), 0.49))),
        replace(HALF, mixture=Mixture.of((Dense(), 0.5), (FixedSparse(2), 0.5))),
    ],
)
def test_nothing_else_is_taken(library: Library, other: Pretraining) -> None:
    add(library, other, "dense-sparse-d4")
    found = selection_models(library, HALF)
    assert not found.cards
    assert set(found.lacking.values()) == {"dense-sparse-d4", "dense-d4", "sparse-d4"}


def test_the_asked_model_goes_before_others_of_its_data(library: Library) -> None:
    add(library, HALF, "first")
    add(library, replace(HALF, seed=3), "asked")
    assert selection_models(library, replace(HALF, seed=3)).cards["mixture"].name == "asked"
    assert selection_models(library, replace(HALF, seed=9)).cards["mixture"].name == "first"


def test_shares_and_pairs(library: Library) -> None:
    add(library, HALF, "half")
    add(library, replace(HALF, mixture=Mixture.of((Dense(), 0.75), (Sparse(2), 0.25))), "more")
    fixed = replace(HALF, mixture=Mixture.of((Dense(), 0.5), (FixedSparse(2), 0.5)))
    add(library, fixed, "fixed")
    add(library, BASE, "dense")
    assert mixture_shares(library, HALF) == [0.5, 0.75]
    assert mixture_shares(library, fixed) == [0.5]
    assert len(pairs(library)) == 2


def test_learners_are_the_references_and_the_models(library: Library) -> None:
    add(library, HALF, "half")
    tested = Experiment(HALF, Evaluation(context_length=6, prompts=64))
    learners = selection_learners(library, tested, selection_models(library, HALF))
    assert set(learners) == {"ols", "lasso", "bayes", "bayes_dense", "bayes_narrow", "mixture"}
    found = compare_on(tested, Sparse(2), learners)
    assert set(found.errors) == {*learners, "lasso_best"}
    best, fixed = found.errors["lasso_best"], found.errors["lasso"]
    assert (best.mean <= fixed.mean + 1e-9).all()  # alpha = .01 is one of those that it may choose


def test_usual_names() -> None:
    assert usual_name(8, HALF.mixture) == "dense-sparse-d8"
    assert usual_name(8, Mixture.of((Dense(), 0.25), (FixedSparse(2), 0.75))) == "dense-fixed-25-d8"
    assert usual_name(20, Mixture.of(Sparse(2))) == "sparse-d20"
