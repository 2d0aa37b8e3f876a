"""The ladder from narrow to broad: which models are its rungs, and what is measured of them."""

from dataclasses import replace

import numpy as np
import pytest

from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Combination, Dense, Sinusoid
from icl_core.evaluation import Curve
from icl_core.evaluation.curves import learning_curves
from icl_core.library import Library, default_library
from icl_core.library.kept import kept
from icl_core.library.ladder import (
    NAMES,
    RECIPES,
    WIDE,
    RungIdeals,
    RungModel,
    is_rung,
    nearest,
    on_the_sum,
    rung_of,
    rungs,
)
from icl_core.models import Transformer
from icl_core.predictors import SmoothInterpolator
from icl_core.specs import Evaluation, Mixture, Pretraining, Recipe
from icl_core.training import Trained
from icl_core.training.loop import initial_network

TINY = Pretraining(
    dimension=1,
    context_length=4,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(low=2.0, high=2.0), 0.5)),
    model=Transformer(1, 1, 8),
    recipe=Recipe(steps=2, warmup=0),
)
EVALUATION = Evaluation(prompts=16, seed=3)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    """Two seeds of a tiny narrow rung, and one that was trained for longer."""
    monkeypatch.setitem(RECIPES, "narrow", TINY)  # type: ignore[arg-type]
    made = default_library()
    for spec in (TINY, TINY.reseeded(100), replace(TINY, recipe=Recipe(steps=5, warmup=0))):
        made.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), spec.hash)
    return default_library()


def test_rungs_differ_in_their_band_alone_which_broadens() -> None:
    assert tuple(RECIPES) == (*NAMES, *WIDE)
    found = rungs(default_library(), reach=3.0)
    assert tuple(rung.name for rung in found) == NAMES
    assert [rung.band for rung in found] == [(2.0, 2.0), (1.5, 2.5), (0.5, 2.0), (0.5, 3.0)]
    widths = [high - low for low, high in (rung.band for rung in found)]
    assert widths == sorted(widths)
    assert len({replace(rung.spec, mixture=found[0].spec.mixture) for rung in found}) == 1


def test_inputs_of_another_reach_have_a_ladder_of_their_own() -> None:
    library = default_library()
    wide = rungs(library, reach=5.0)
    assert [rung.band for rung in wide] == [(2.0, 2.0), (0.5, 5.0)]
    assert rungs(library) == (*rungs(library, reach=3.0), *wide)


def test_a_rung_has_its_seeds_and_the_model_that_was_trained_for_longer(library: Library) -> None:
    narrow = rungs(library)[0]
    assert set(narrow.models) == {TINY, TINY.reseeded(100)}
    assert narrow.main == TINY
    assert narrow.longer == replace(TINY, recipe=Recipe(steps=5, warmup=0))
    assert rung_of(rungs(library), narrow.longer) == narrow
    assert is_rung(TINY.reseeded(7))
    assert not is_rung(narrow.longer)
    assert rung_of(rungs(library), replace(TINY, context_length=3)) is None


def test_a_rung_without_a_model_says_so() -> None:
    narrow = rungs(default_library())[0]
    if not narrow.models:
        assert narrow.main == narrow.spec


def test_what_is_measured_is_the_error_on_half_of_each_family(library: Library) -> None:
    test = on_the_sum(TINY, EVALUATION)
    assert test.mixture == Mixture.of(Combination(*TINY.mixture.families, 0.5))
    assert (test.evaluation.prompts, test.evaluation.seed) == (16, 3)
    ideals = kept(RungIdeals(on_the_sum(TINY.data, EVALUATION)), library).curves
    assert set(ideals) == {"bayes", "bayes_test", "smooth", "zero"}
    smooth = learning_curves(test, {"smooth": SmoothInterpolator()}).curves["smooth"]
    np.testing.assert_allclose(ideals["smooth"].mean, smooth.mean, rtol=1e-6)
    assert ideals["bayes_test"].mean[-1] < 1e-3  # exact from three pairs
    (model,) = kept(RungModel(test), library).curves.values()
    assert model.mean.shape == (5,)


def test_the_nearest_is_nearest_in_error() -> None:
    def flat(value: float) -> Curve:
        return Curve(*(np.array([9.0, value]) for _ in range(3)))

    ideals = {"bayes": flat(0.1), "bayes_test": flat(0.0), "smooth": flat(0.02)}
    assert [nearest(flat(value), ideals, 1) for value in (0.15, 0.03, 0.005)] == [
        "bayes",
        "smooth",
        "bayes_test",
    ]
