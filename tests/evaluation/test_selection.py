"""Selection between families: against learning curves, exact posteriors, and known answers at d = 20."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from icl_core.data.function_classes import Dense, FixedSparse, Quadratic, Sparse
from icl_core.data.prompts import sample_prompts
from icl_core.evaluation.curves import learning_curves
from icl_core.evaluation.selection import (
    FamilyPair,
    compare,
    dense_probability,
    ideal,
    noise_sweep,
    on_family,
    prompt_choice,
)
from icl_core.models import LinearAttention
from icl_core.predictors import LeastSquares, Predictor
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining
from tests.evaluation.references import reference_learners, sparsity_sweep


def experiment(dimension: int, length: int, prompts: int, share: float = 0.5) -> Experiment:
    mixture = FamilyPair(Sparse(2), share).mixture
    pretraining = Pretraining(
        dimension=dimension, context_length=length, mixture=mixture, model=LinearAttention()
    )
    return Experiment(pretraining, Evaluation(context_length=length, prompts=prompts))


SMALL = experiment(4, 6, 192)


def with_models(**roles: str) -> dict[str, Predictor]:
    """The references, with some of them in the roles of models."""
    learners = reference_learners(SMALL)
    return learners | {role: learners[name] for role, name in roles.items()}


def test_pairs_are_found_in_mixtures() -> None:
    assert FamilyPair.found_in(SMALL.pretraining) == FamilyPair(Sparse(2), 0.5)
    turned = Mixture.of((FixedSparse(3), 0.25), (Dense(), 0.75))
    assert FamilyPair.of(Pretraining(mixture=turned)) == FamilyPair(FixedSparse(3), 0.75)
    for mixture in (Mixture.of(Dense()), Mixture.of((Dense(), 0.5), (Quadratic(), 0.5))):
        assert FamilyPair.found_in(Pretraining(mixture=mixture)) is None
        with pytest.raises(ValueError, match="mixture of dense and one sparse"):
            FamilyPair.of(Pretraining(mixture=mixture))


@pytest.mark.parametrize("family", [Dense(), Sparse(2)])
def test_errors_are_those_of_learning_curves(family: Dense | Sparse) -> None:
    tested = on_family(SMALL, family)
    learners = reference_learners(SMALL)
    found, expected = compare(tested, learners).errors, learning_curves(tested, learners).curves
    for name in learners:
        np.testing.assert_allclose(found[name].mean, expected[name].mean, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(found[name].low, expected[name].low, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(found[name].high, expected[name].high, rtol=1e-12, atol=1e-15)


def test_where_least_squares_has_no_mean_the_median_stands() -> None:
    noisy = replace(SMALL, evaluation=replace(SMALL.evaluation, label_noise=0.5))
    tested, d = on_family(noisy, Dense()), SMALL.pretraining.dimension
    whole = compare(tested, reference_learners(tested)).errors
    assert whole["ols"].medians == (d - 1, d, d + 1)
    assert whole["lasso"].medians == ()
    expected = learning_curves(tested, {"ols": LeastSquares()}).curves["ols"]
    assert np.array_equal(whole["ols"].mean, expected.mean)
    alone = compare(tested, reference_learners(tested), k=d).errors["ols"]
    assert alone.medians == (d,)
    assert alone.mean[d] == expected.mean[d]
    assert np.isnan(np.delete(alone.mean, d)).all()


def test_a_mixture_that_is_a_specialist_stands_where_it_stands() -> None:
    learners = with_models(mixture="bayes_dense", dense="bayes_dense", narrow="bayes_narrow")
    found = compare(on_family(SMALL, Dense()), learners)
    np.testing.assert_array_equal(found.distances["mixture", "dense"].mean, 0)
    assert np.all(found.distances["mixture", "narrow"].mean[2:] > 0.01)
    shares = found.choices["mixture"]
    assert np.isnan(shares.mean[0])  # nobody has anything to say without examples
    np.testing.assert_allclose(shares.mean[1:], 1)
    np.testing.assert_allclose(shares.low[1:], 1)
    turned = with_models(mixture="bayes_narrow", dense="bayes_dense", narrow="bayes_narrow")
    other = compare(on_family(SMALL, Dense()), turned)
    np.testing.assert_allclose(other.choices["mixture"].mean[1:], 0, atol=1e-12)


def test_the_cost_is_over_the_better_specialist() -> None:
    learners = with_models(mixture="ols", dense="bayes_dense", narrow="bayes_narrow")
    found = compare(on_family(SMALL, Sparse(2)), learners)
    better = np.minimum(found.errors["dense"].mean, found.errors["narrow"].mean)
    np.testing.assert_allclose(found.costs["mixture"].mean, found.errors["mixture"].mean - better)
    cost = found.costs["bayes"]
    assert np.all(cost.low <= cost.mean + 1e-12)
    assert np.all(cost.mean <= cost.high + 1e-12)


@pytest.mark.parametrize("number", [0, 5])
@pytest.mark.parametrize("family", [Dense(), Sparse(2)])
def test_the_ideal_mixtures_choice_on_a_prompt_is_its_posterior(family: Dense | Sparse, number: int) -> None:
    """It predicts P(dense) times one ideal specialist's prediction plus the rest times the other's."""
    tested = on_family(SMALL, family)
    learners = with_models(mixture="bayes", dense="bayes_dense", narrow="bayes_narrow")
    found = prompt_choice(tested, number, learners)
    assert found.choice is not None
    apart = np.isfinite(found.choice)
    assert apart[2]
    np.testing.assert_allclose(found.choice[apart], found.probability[apart], atol=1e-9)
    prompts = sample_prompts(tested, 0, 8)
    learner = ideal(SMALL.pretraining, SMALL.pretraining.mixture)
    expected = learner.posterior(prompts.xs, prompts.ys)[number, :, 0]
    np.testing.assert_allclose(found.probability, expected, rtol=1e-12)


def test_without_models_there_is_no_choice() -> None:
    assert prompt_choice(on_family(SMALL, Dense()), 0, reference_learners(SMALL)).choice is None
    assert set(compare(on_family(SMALL, Dense()), reference_learners(SMALL)).choices) == {"bayes"}


def test_probabilities_start_at_the_prior_and_find_the_family() -> None:
    unequal = experiment(8, 8, 128, share=0.25)
    dense = dense_probability(on_family(unequal, Dense())).mean
    sparse = dense_probability(on_family(unequal, Sparse(2))).mean
    assert dense[0] == sparse[0] == pytest.approx(0.25)
    assert dense[-1] > 0.99
    assert sparse[-1] < 0.01


def test_the_sweep_keeps_output_variance_and_inputs() -> None:
    swept = sparsity_sweep(SMALL)
    assert [each.experiment.mixture.families[0] for each in swept] == [Sparse(n) for n in range(1, 5)]
    prompts = [sample_prompts(each.experiment, 0, 4000) for each in swept]
    for sampled in prompts:
        assert torch.equal(sampled.xs, prompts[0].xs)
        assert float(sampled.targets.square().mean()) == pytest.approx(4, rel=0.1)


def test_a_fixed_support_grows_from_the_first_inputs() -> None:
    fixed = replace(
        SMALL, pretraining=replace(SMALL.pretraining, mixture=FamilyPair(FixedSparse(2), 0.5).mixture)
    )
    swept = sparsity_sweep(fixed)
    assert [each.experiment.mixture.families[0] for each in swept] == [FixedSparse(n) for n in range(1, 5)]


@pytest.mark.slow
def test_known_answers_at_twenty_inputs() -> None:
    """Errors of the ideal mixture, the Lasso at alpha = .01 and least squares, 2 of 20 weights nonzero.

    The errors were computed apart from this code, with 150 to 200 prompts (standard errors up to .035).
    """
    twenty = experiment(20, 20, 512)
    dense = compare(on_family(twenty, Dense()), reference_learners(twenty)).errors
    sparse = compare(on_family(twenty, Sparse(2)), reference_learners(twenty)).errors
    for k, expected in ((4, 0.778), (8, 0.597), (12, 0.418), (16, 0.200), (20, 0.004)):
        assert dense["bayes"].mean[k] == pytest.approx(expected, abs=0.09)
        assert dense["bayes"].mean[k] == pytest.approx(dense["ols"].mean[k], abs=0.02)
    assert sparse["bayes"].mean[4] < 0.02
    assert np.all(sparse["bayes"].mean[8:] < 0.002)
    assert np.all(sparse["lasso"].mean[[8, 12, 16]] < [0.1, 0.03, 0.01])


@pytest.mark.slow
def test_the_ideal_mixture_jumps_to_dense_and_noise_softens_it() -> None:
    found = noise_sweep(experiment(20, 12, 128), (0.0, 0.05, 0.25))
    probability = found.probability[:, :, 12]
    assert np.all(probability[0, :2] < 0.01)
    assert probability[0, 2] > 0.8
    assert np.all(probability[0, 3:] > 0.99)
    assert probability[0, 2] > probability[1, 2] > probability[2, 2]
    assert np.all((found.low <= found.probability + 1e-12) & (found.probability <= found.high + 1e-12))
