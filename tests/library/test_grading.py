"""Grades of models whose quality is known: ideal learners meet their limits, the zero model misses them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor, nn

from icl_core.data.function_classes import Dense, Sparse
from icl_core.evaluation.estimate import Estimate
from icl_core.evaluation.suite import bayes_learners
from icl_core.library import Entry, Library
from icl_core.library.card import Card
from icl_core.library.finding import specialist_of
from icl_core.library.grading import best_lasso, grade, held_out
from icl_core.models import Transformer
from icl_core.predictors import Lasso, LeastSquares, Predictor, Zero
from icl_core.specs import Mixture, Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network

MODEL = Transformer(layers=1, heads=1, width=16)
DENSE = Pretraining(dimension=4, context_length=8, label_noise=0.3, model=MODEL)
SPARSE = replace(DENSE, mixture=Mixture.of(Sparse(nnz=1)), label_noise=0.0)
HALF = replace(DENSE, mixture=Mixture.of((Dense(), 0.5), (Sparse(nnz=1), 0.5)))


class Learner(nn.Module):
    """A known learner in the place of a trained network."""

    def __init__(self, predictor: Predictor, inputs: int) -> None:
        super().__init__()
        self.predictor = predictor
        self.inputs = inputs

    def forward(self, xs: Tensor, ys: Tensor, queries: Tensor | None = None) -> Tensor:
        asked = xs if queries is None else queries
        return self.predictor.predict_query(xs.double(), ys.double(), asked.double())


@dataclass(frozen=True)
class KnownLibrary(Library):
    """A library whose models are known learners, by spec hash."""

    learners: dict[str, Predictor] = field(default_factory=dict)

    def load(self, entry: Entry) -> Learner:  # type: ignore[override]
        assert entry.card is not None
        return Learner(self.learners[entry.card.spec.hash], entry.card.spec.dimension)

    def know(self, spec: Pretraining, learner: Predictor, name: str) -> Entry:
        self.learners[spec.hash] = learner
        return self.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), name)


@pytest.fixture(autouse=True)
def few_prompts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("icl_core.library.grading.PROMPTS", 512)


@pytest.fixture
def library(tmp_path: Path) -> KnownLibrary:
    return KnownLibrary(tmp_path / "shipped", tmp_path / "own")


def bayes(spec: Pretraining, name: str = "bayes") -> Predictor:
    return bayes_learners(held_out(spec, spec.mixture.families[0]))[name]


def graded(library: KnownLibrary, spec: Pretraining, learner: Predictor) -> Card:
    return grade(library, library.know(spec, learner, "asked"))


def values(card: Card) -> dict[str, float]:
    return {check.statement: check.value for check in card.checks}


def test_the_ideal_learner_meets_its_limits_with_nothing_to_spare(library: KnownLibrary) -> None:
    card = graded(library, DENSE, bayes(DENSE))
    assert card.meets_limits is True
    assert values(card) == pytest.approx(
        {"dense: mean excess over Bayes, k = 1..K": 0, "dense: excess over Bayes at k = K": 0}, abs=1e-5
    )
    (errors,) = card.errors
    assert errors.context_lengths == (2, 4, 8)
    assert list(errors.mean) == sorted(errors.mean, reverse=True)
    assert all(
        low < mean < high for low, mean, high in zip(errors.low, errors.mean, errors.high, strict=True)
    )


def test_the_zero_model_misses_its_limits_and_has_error_one(library: KnownLibrary) -> None:
    card = graded(library, DENSE, Zero())
    assert card.meets_limits is False
    assert not any(check.met for check in card.checks)
    assert card.errors[0].mean == pytest.approx((1, 1, 1), abs=0.2)


def test_an_excess_is_that_over_the_ideal_on_the_same_prompts(library: KnownLibrary) -> None:
    zero, ideal = (graded(library, DENSE, learner) for learner in (Zero(), bayes(DENSE)))
    excess = values(zero)["dense: excess over Bayes at k = K"]
    assert excess == pytest.approx(zero.errors[0].mean[-1] - ideal.errors[0].mean[-1], abs=1e-4)


@pytest.mark.parametrize(
    ("learner", "met"),
    [(bayes(SPARSE), [True, True]), (LeastSquares(), [False, False]), (Zero(), [False, False])],
    ids=["bayes", "least squares", "zero"],
)
def test_sparse_models_are_held_to_the_lasso(
    library: KnownLibrary, learner: Predictor, met: list[bool]
) -> None:
    card = graded(library, SPARSE, learner)
    assert [check.quantity for check in card.checks] == ["lasso", "least_squares"]
    assert [check.met for check in card.checks] == met


@pytest.mark.parametrize(
    ("dimension", "K", "nnz", "left"),
    [(8, 3, 1, ["lasso"]), (4, 2, 2, ["least_squares"]), (8, 2, 4, []), (1, 2, 1, ["lasso"])],
)
def test_limits_at_context_lengths_that_a_model_lacks_are_left_out(
    library: KnownLibrary, dimension: int, K: int, nnz: int, left: list[str]
) -> None:
    spec = replace(SPARSE, dimension=dimension, context_length=K, mixture=Mixture.of(Sparse(nnz=nnz)))
    card = graded(library, spec, Zero())
    assert [check.quantity for check in card.checks] == left
    assert card.meets_limits is (False if left else None)
    assert len(card.errors) == 1


# ---------------------------------------------------------------------------------------------------- Lasso


def test_the_best_lasso_is_chosen_for_each_context_length() -> None:
    first = Estimate(np.array([1.0, 2.0, 3.0]), np.arange(6.0).reshape(2, 3))
    second = Estimate(np.array([2.0, 1.0, 4.0]), 10 + np.arange(6.0).reshape(2, 3))
    best = best_lasso({0.1: first, 1.0: second})
    assert best.mean.tolist() == [1, 1, 3]
    assert best.resamples.tolist() == [[0, 11, 2], [3, 14, 5]]


def test_no_lasso_of_one_penalty_beats_the_best(library: KnownLibrary) -> None:
    for alpha in (0.01, 0.1):
        excess = values(graded(library, SPARSE, Lasso(alpha)))
        assert next(iter(excess.values())) > -2e-3  # alphas between those that it chooses from gain a little


# ---------------------------------------------------------------------------------------------- task pools


def test_tasks_of_the_pool_have_an_ideal_of_their_own(library: KnownLibrary) -> None:
    spec = replace(DENSE, task_pool=2)
    seen, new = (
        {name: value for name, value in values(card).items() if "mean excess" in name}
        for card in (graded(library, spec, bayes(spec, "dmmse")), graded(library, spec, bayes(spec)))
    )
    of_pool = "dense, tasks of the pool: mean excess over Bayes, k = 1..K"
    of_new = "dense: mean excess over Bayes, k = 1..K"
    assert set(seen) == set(new) == {of_pool, of_new}
    assert seen[of_pool] == pytest.approx(0, abs=1e-5)
    assert new[of_new] == pytest.approx(0, abs=1e-5)
    assert seen[of_new] > 0.05
    assert new[of_pool] > 0.05


# ----------------------------------------------------------------------------------------------- selection


def costs(card: Card) -> dict[str, float]:
    return {name: value for name, value in values(card).items() if "cost of selection" in name}


def test_choosing_costs_the_ideal_learner_nothing_beyond_itself(library: KnownLibrary) -> None:
    alone = {family.kind: replace(HALF, mixture=Mixture.of(family)) for family in HALF.mixture.families}
    assert costs(graded(library, HALF, bayes(HALF))) == {}  # no specialists to compare with
    for kind, spec in alone.items():
        library.know(spec, bayes(spec), kind)
    for family in HALF.mixture.families:
        specialist = specialist_of(library, HALF, family)
        assert specialist is not None
        assert specialist.name == family.kind
    ideal = grade_again(library, bayes(HALF))
    assert set(ideal) == {
        f"{kind}: largest cost of selection beyond Bayes's, against {kind}" for kind in ("dense", "sparse")
    }
    assert list(ideal.values()) == pytest.approx([0, 0], abs=1e-5)
    assert all(cost > 0.05 for cost in grade_again(library, Zero()).values())


def grade_again(library: KnownLibrary, learner: Predictor) -> dict[str, float]:
    return costs(graded(library, HALF, learner))


@pytest.mark.parametrize(
    "change", [lambda spec: replace(spec, label_noise=0.2), lambda spec: replace(spec, context_length=7)]
)
def test_specialists_share_all_other_data(
    library: KnownLibrary, change: Callable[[Pretraining], Pretraining]
) -> None:
    library.know(change(replace(HALF, mixture=Mixture.of(Dense()))), Zero(), "other")
    assert specialist_of(library, HALF, Dense()) is None
