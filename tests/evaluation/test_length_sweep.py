"""The sweep over test lengths agrees with the theory line by line, and with the theorem it shows."""

import math

import numpy as np
import pytest

from icl_core import theory
from icl_core.data.covariance import AutoRegressive, Identity, LowRank, PowerLaw, RandomDiagonal
from icl_core.data.moments import experiment_moments
from icl_core.data.shifts import CovariateScale, LabelNonlinearity, QueryInSpan, TaskCovariance, TaskScale
from icl_core.evaluation.closed_forms import trained_attention
from icl_core.evaluation.length_sweep import length_sweep, sweep_lengths
from icl_core.specs import Evaluation, Experiment, Pretraining

PRETRAINING = Pretraining(dimension=6, context_length=15, covariates=AutoRegressive())


def experiment(**evaluation):
    return Experiment(PRETRAINING, Evaluation(**evaluation))


@pytest.mark.parametrize(
    "evaluation", [{}, {"label_noise": 0.4}, {"shift": CovariateScale(0.5)}, {"shift": TaskScale(1.0)}]
)
def test_every_line_is_the_theory(evaluation):
    tested = experiment(**evaluation)
    sweep, moments = length_sweep(tested), experiment_moments(tested)
    S, T, Q = (matrix.numpy() for matrix in moments[:3])
    noise_var, v = moments.noise_variance, PRETRAINING.label_variance
    A = trained_attention(PRETRAINING)
    for index in (0, 7, 20, len(sweep.lengths) - 1):
        M = int(sweep.lengths[index])
        fixed = theory.lsa_risk(A, S, T, noise_var, M, Q) / v
        best = theory.lsa_risk(theory.lsa_optimum(S, T, noise_var, M), S, T, noise_var, M, Q) / v
        step = theory.best_step(S, T, noise_var, M, Q) * np.eye(6)
        assert sweep.fixed[index] == pytest.approx(fixed, rel=1e-10)
        assert sweep.parts[:, index].sum() == pytest.approx(fixed, rel=1e-10)
        assert sweep.references["lsa_reoptimised"][index] == pytest.approx(best, rel=1e-9)
        assert sweep.references["gradient_step"][index] == pytest.approx(
            theory.lsa_risk(step, S, T, noise_var, M, Q) / v, rel=1e-9
        )
    assert sweep.floor == pytest.approx(theory.lsa_risk(A, S, T, noise_var, math.inf, Q) / v, rel=1e-10)
    assert sweep.error_at(9) == pytest.approx(theory.lsa_risk(A, S, T, noise_var, 9, Q) / v, rel=1e-10)


def test_no_linear_attention_is_better_than_the_reoptimised_one():
    sweep = length_sweep(experiment(label_noise=0.3))
    best = sweep.references["lsa_reoptimised"]
    assert np.all(best <= sweep.fixed + 1e-12)
    assert np.all(best <= sweep.references["gradient_step"] + 1e-12)
    at_N = int(np.flatnonzero(sweep.lengths == 15)[0])
    assert sweep.fixed[at_N] > best[at_N]  # the noise was not there in training


@pytest.mark.parametrize(
    "evaluation",
    [
        {},
        {"label_noise": 0.5},
        {"shift": TaskCovariance(1.0)},
        {"shift": LabelNonlinearity(0.4), "label_noise": 0.3},
    ],
)
def test_theorem_4_2_is_an_equality(evaluation):
    sweep = length_sweep(experiment(**evaluation))
    assert sweep.theorem is not None
    lengths, values = sweep.theorem
    places = np.searchsorted(sweep.lengths, lengths)
    np.testing.assert_allclose(values, sweep.fixed[places], rtol=1e-9)


@pytest.mark.parametrize("evaluation", [{"shift": CovariateScale(0.5)}, {"covariates": Identity()}])
def test_the_theorem_says_nothing_about_other_inputs(evaluation):
    assert length_sweep(experiment(**evaluation)).theorem is None


def test_the_bound_holds_and_is_the_corollarys():
    sweep = length_sweep(experiment())
    assert np.all(sweep.bound >= sweep.fixed)
    S = PRETRAINING.covariates.second_moment(6).numpy()
    expected = [theory.corollary_4_3(S, 15, int(M)) / PRETRAINING.label_variance for M in sweep.lengths]
    np.testing.assert_allclose(sweep.bound, expected, rtol=1e-10)


def test_the_bound_is_for_noiseless_prompts_as_in_training():
    assert length_sweep(experiment(label_noise=0.1)).bound is None
    assert length_sweep(experiment(shift=TaskScale(1.0))).bound is None


def test_least_squares_has_no_mean_near_d_under_noise():
    sweep = length_sweep(experiment(label_noise=0.5))
    ols = dict(zip(sweep.lengths.tolist(), sweep.references["ols"], strict=True))
    assert np.isnan(ols[6])
    assert np.isfinite(ols[2])
    S = PRETRAINING.covariates.second_moment(6).numpy()
    end = int(sweep.lengths[-1])
    assert ols[end] == pytest.approx(theory.ols_risk(S, 0.25 * 6, end) / 6, rel=1e-9)


def test_least_squares_is_perfect_from_d_on_without_noise():
    sweep = length_sweep(experiment())
    assert np.all(sweep.references["ols"][sweep.lengths >= 6] == 0)
    assert np.all(sweep.references["ols"][sweep.lengths < 6] > 0)
    assert "ridge" not in sweep.references


def test_optimal_ridge_beats_least_squares_and_linear_attention():
    sweep = length_sweep(experiment(label_noise=0.5))
    ridge, ols = sweep.references["ridge"], sweep.references["ols"]
    known = np.isfinite(ols)
    assert np.all(ridge[known] <= ols[known] + 4 * sweep.averaged["ridge"].error[known])
    late = sweep.lengths > 6
    assert np.all(ridge[late] < sweep.references["lsa_reoptimised"][late])


def test_lengths_hold_the_trained_one_and_the_dimension():
    lengths = sweep_lengths(experiment())
    assert {1, 6, 15, 240} <= set(lengths.tolist())
    assert np.all(np.diff(lengths) > 0)


def test_random_covariances_have_parts_and_no_references():
    pretraining = Pretraining(dimension=4, context_length=12, covariates=RandomDiagonal())
    sweep = length_sweep(Experiment(pretraining))
    assert sweep.references == {}
    assert sweep.theorem is None
    assert sweep.floor > 1 / 3


def test_singular_inputs_have_no_theorem():
    pretraining = Pretraining(dimension=4, context_length=12, covariates=LowRank(2))
    sweep = length_sweep(Experiment(pretraining))
    assert sweep.theorem is None
    assert np.isnan(sweep.references["ols"]).all()


def test_without_a_closed_form_there_is_no_sweep():
    pretraining = Pretraining(dimension=4, context_length=12, covariates=PowerLaw())
    assert length_sweep(Experiment(pretraining, Evaluation(shift=QueryInSpan(0.5)))) is None
