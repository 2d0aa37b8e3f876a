"""Models for a selection are found by what they were pretrained on, never by name, and never nearly."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from icl_core.data.function_classes import Dense, FixedSparse, Sparse
from icl_core.evaluation.selection import compare, on_family
from icl_core.library import Library
from icl_core.library.finding import SelectionModels, mixture_shares, pairs, selection_models, usual_name
from icl_core.library.kept import kept
from icl_core.library.questions import Compared
from icl_core.library.selection import with_best_lasso, with_lasso
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network
from tests.evaluation.references import reference_learners

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


def test_the_shipped_name_goes_before_a_lower_seed(library: Library) -> None:
    add(library, BASE, "mine")
    add(library, replace(BASE, seed=3), "dense-d4")
    assert selection_models(library, HALF).cards["dense"].name == "dense-d4"


def test_shares_and_pairs(library: Library) -> None:
    add(library, HALF, "half")
    add(library, replace(HALF, mixture=Mixture.of((Dense(), 0.75), (Sparse(2), 0.25))), "more")
    fixed = replace(HALF, mixture=Mixture.of((Dense(), 0.5), (FixedSparse(2), 0.5)))
    add(library, fixed, "fixed")
    add(library, BASE, "dense")
    assert mixture_shares(library, HALF) == [0.5, 0.75]
    assert mixture_shares(library, fixed) == [0.5]
    assert len(pairs(library)) == 2


TESTED = Experiment(HALF, Evaluation(context_length=6, prompts=64))


def test_a_comparison_has_the_models_and_the_references(library: Library) -> None:
    add(library, HALF, "half")
    models = selection_models(library, HALF)
    found = kept(Compared.on(Sparse(2), TESTED, models), library)
    assert set(found.errors) == {"ols", "bayes", "bayes_dense", "bayes_narrow", "mixture"}
    full = with_best_lasso(with_lasso(found, 0.01))
    assert set(full.errors) == {*found.errors, "lasso", "lasso_best"}
    best, fixed = full.errors["lasso_best"], full.errors["lasso"]
    assert (best.mean <= fixed.mean + 1e-9).all()  # alpha = .01 is one of those that it may choose
    expected = compare(on_family(TESTED, Sparse(2)), models.networks(library) | reference_learners(TESTED))
    for name in (*found.errors, "lasso"):
        np.testing.assert_array_equal(full.errors[name].mean, expected.errors[name].mean)


def test_comparisons_are_stored_for_their_models_alone(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, HALF, "half")
    add(library, BASE, "dense")
    add(library, replace(BASE, mixture=Mixture.of(Sparse(2))), "sparse")
    models = selection_models(library, HALF)
    first = kept(Compared.on(Dense(), TESTED, models), library)
    monkeypatch.setattr("icl_core.library.questions.compare", None)  # whatever is computed from here on fails
    other_alpha = replace(TESTED, evaluation=replace(TESTED.evaluation, alpha=0.5))
    for asked in (TESTED, other_alpha):
        again = kept(Compared.on(Dense(), asked, models), library)
        for group in ("errors", "distances", "choices", "costs"):
            before, after = getattr(first, group), getattr(again, group)
            assert before.keys() == after.keys()
            for name in before:
                np.testing.assert_array_equal(before[name].mean, after[name].mean)
                np.testing.assert_array_equal(before[name].low, after[name].low)
                np.testing.assert_array_equal(before[name].high, after[name].high)
    with pytest.raises(TypeError):
        kept(Compared.on(Dense(), TESTED, SelectionModels({}, {})), library)
    with pytest.raises(TypeError):
        kept(
            Compared.on(Dense(), replace(TESTED, evaluation=replace(TESTED.evaluation, seed=8)), models),
            library,
        )


@pytest.mark.parametrize("damage", ["", "{}", '{"version": 1, "models": ""}', "[1, 2]"])
def test_a_damaged_file_is_computed_again(library: Library, damage: str) -> None:
    nobody = SelectionModels({}, {})
    expected = kept(Compared.on(Dense(), TESTED, nobody), library)
    (path,) = (library.own / "comparisons").glob("*.json")
    path.write_text(damage)
    found = kept(Compared.on(Dense(), TESTED, nobody), library)
    np.testing.assert_array_equal(found.errors["bayes"].mean, expected.errors["bayes"].mean)


def test_usual_names() -> None:
    assert usual_name(8, HALF.mixture) == "dense-sparse-d8"
    assert usual_name(8, Mixture.of((Dense(), 0.25), (FixedSparse(2), 0.75))) == "dense-fixed-25-d8"
    assert usual_name(20, Mixture.of(Sparse(2))) == "sparse-d20"
