from dataclasses import replace

import pytest

from icl_core.claims.wanted import WaitingForModel, Wanted, find
from icl_core.data.covariance import RandomDiagonal
from icl_core.data.function_classes import Dense, Sparse
from icl_core.models import LinearAttention, Transformer
from icl_core.predictors import Zero
from icl_core.specs import Mixture, Pretraining, Recipe

WANTED = Wanted("dense-d8", Mixture.of(Dense()), context_length=12)
SPEC = Pretraining(dimension=8, context_length=12)


def test_a_model_is_found_by_its_data_whatever_its_name_and_recipe(planted) -> None:
    library = planted(mine=(replace(SPEC, recipe=Recipe(steps=7, warmup=0)), Zero()))
    assert [card.name for card in find(library, WANTED).cards] == ["mine"]


@pytest.mark.parametrize(
    "other",
    [
        {"context_length": 16},
        {"dimension": 5},
        {"covariates": RandomDiagonal()},
        {"label_noise": 0.5},
        {"task_pool": 4},
        {"mixture": Mixture.of(Sparse(2))},
        {"model": LinearAttention()},
    ],
)
def test_other_data_is_another_model_whatever_its_name(planted, other) -> None:
    with pytest.raises(WaitingForModel, match="dense-d8"):
        find(planted(dense_d8=(replace(SPEC, **other), Zero())), WANTED)


def test_seeds_come_together_and_architectures_do_not(planted) -> None:
    library = planted(
        large=(replace(SPEC, model=Transformer(layers=8)), Zero()),
        dense_d8_s1=(replace(SPEC, seed=1), Zero()),
        dense_d8=(SPEC, Zero()),
    )
    models = find(library, WANTED)
    assert [card.name for card in models.cards] == ["dense-d8", "dense-d8-s1"]
    assert str(models) == f"dense-d8 {SPEC.hash}, dense-d8-s1 {replace(SPEC, seed=1).hash}"


def test_seeds_of_a_continued_model_come_together(planted) -> None:
    begun = replace(SPEC, recipe=replace(SPEC.recipe, steps=4000))
    model = replace(SPEC, warm_start=begun, warm_start_at="end", seed=1)
    another = model.reseeded(100)
    assert (another.seed, another.warm_start.seed) == (101, 100)
    again = replace(model, seed=7)  # another last phase of the same weights counts as a seed as well
    library = planted(dense_d8=(model, Zero()), other=(another, Zero()), again=(again, Zero()))
    assert find(library, WANTED).cards[0].spec.seedless == another.seedless
    assert len(find(library, WANTED).cards) == 3


def test_a_companion_has_the_same_length_and_noise(planted) -> None:
    wish = Wanted("pool", Mixture.of(Dense()), label_noise=None, task_pool=4)
    noisy = Pretraining(context_length=14, label_noise=0.5, task_pool=4)
    models = find(planted(pool=(noisy, Zero())), wish)
    companion = replace(wish.beside(models), task_pool=None)
    assert companion.fits(replace(noisy, task_pool=None))
    assert not companion.fits(replace(noisy, task_pool=None, label_noise=0.1))
    assert not companion.fits(replace(noisy, task_pool=None, context_length=16))
