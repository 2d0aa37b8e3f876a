"""The risk of linear attention as a constant and two terms in 1/M: closed forms and Monte Carlo agree."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from icl_core import theory
from icl_core.data.covariance import AutoRegressive, Identity, PowerLaw, RandomDiagonal, Uniform, Wishart
from icl_core.data.function_classes import Dense, Quadratic
from icl_core.data.moments import experiment_moments
from icl_core.data.shifts import (
    CovariateScale,
    CovariateSkew,
    LabelNoise,
    LabelNonlinearity,
    NoShift,
    QueryOrthogonal,
    QueryScale,
    TaskMean,
)
from icl_core.evaluation.attention_risk import correlation, iid_risk_line
from icl_core.evaluation.closed_forms import ClosedForm, trained_attention
from icl_core.evaluation.curves import learning_curves
from icl_core.predictors import LinearAttention
from icl_core.specs import Evaluation, Experiment, Mixture, Pretraining

PRETRAINING = Pretraining(dimension=4, context_length=10, covariates=AutoRegressive())
SHIFTS = [
    NoShift(),
    CovariateScale(0.5),
    CovariateSkew(0.7),
    QueryScale(-0.5),
    TaskMean(1.0),
    LabelNoise(0.6),
]


def attention(experiment):
    A = trained_attention(experiment.pretraining)
    assert A is not None
    return A


@pytest.mark.parametrize("shift", SHIFTS, ids=lambda shift: shift.kind)
def test_the_line_is_the_risk_at_every_length(shift):
    experiment = Experiment(PRETRAINING, Evaluation(shift=shift, label_noise=0.3))
    A, moments = attention(experiment), experiment_moments(experiment)
    line = ClosedForm.of(experiment).risk_of(A)
    S, T, Q = (matrix.numpy() for matrix in moments[:3])
    lengths = np.array([0.0, 1.0, 3.0, 10.0, 500.0, math.inf])
    expected = [theory.lsa_risk(A, S, T, moments.noise_variance, M, Q) for M in lengths]
    np.testing.assert_allclose(line.total(lengths), expected, rtol=1e-12)
    parts = theory.lsa_risk_parts(A, S, T, moments.noise_variance, 3, Q)
    np.testing.assert_allclose(line.at(lengths)[:, 2], parts, rtol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_nonlinear_labels_against_monte_carlo(share):
    evaluation = Evaluation(
        shift=LabelNonlinearity(share), label_noise=0.4, context_length=12, prompts=20_000
    )
    experiment = Experiment(PRETRAINING, evaluation)
    A = attention(experiment)
    line = ClosedForm.of(experiment).risk_of(A)
    curve = learning_curves(experiment, {"lsa": LinearAttention(torch.from_numpy(A))}).curves["lsa"]
    for k in (0, 4, 7, 12):
        exact = line.total(np.array([float(k)]))[0] / PRETRAINING.label_variance
        half = (curve.high[k] - curve.low[k]) / 2 / 1.645  # of the 90% interval, in standard errors
        assert half < 0.06 * exact
        assert abs(curve.mean[k] - exact) < 4 * half


def test_correlation_of_f_with_itself_and_with_its_absolute_value():
    assert correlation(0.0) == 1
    assert correlation(1.0) == 0
    normals = np.random.default_rng(0).standard_normal(1_000_000)
    bent = 0.6 * normals + 0.4 * np.abs(normals)
    bent /= math.hypot(0.6, 0.4)
    assert np.mean(bent * normals) == pytest.approx(correlation(0.4), abs=4e-3)
    assert np.mean(bent**2) == pytest.approx(1, abs=6e-3)


def test_random_covariances_have_the_moments_line():
    pretraining = Pretraining(dimension=5, context_length=12, covariates=RandomDiagonal())
    experiment = Experiment(pretraining, Evaluation(label_noise=0.5))
    A = attention(experiment)
    line = ClosedForm.of(experiment).risk_of(A)
    for M in (1, 7, math.inf):
        expected = theory.lsa_risk_iid(A[0, 0], theory.SpectrumMoments(1, 2, 6), 5, 0.25 * 5, M)
        assert line.total(np.array([float(M)]))[0] == pytest.approx(expected, rel=1e-12)
    assert line.zero == pytest.approx(5)


def test_scaled_and_noisy_random_covariances():
    pretraining = Pretraining(dimension=5, context_length=12, covariates=RandomDiagonal())
    scaled = Experiment(pretraining, Evaluation(shift=CovariateScale(1.0)))
    noisy = Experiment(pretraining, Evaluation(shift=LabelNoise(0.5)))
    A, moments = attention(scaled), theory.SpectrumMoments(1, 2, 6)
    seven = np.array([7.0])
    assert ClosedForm.of(scaled).risk_of(A).total(seven)[0] == pytest.approx(
        theory.lsa_risk_iid(A[0, 0], moments, 5, 0.0, 7, scale=4.0), rel=1e-12
    )
    assert ClosedForm.of(noisy).risk_of(A).total(seven)[0] == pytest.approx(
        theory.lsa_risk_iid(A[0, 0], moments, 5, 0.25 * 5, 7), rel=1e-12
    )


def test_scaled_random_covariances_of_the_known_answer():
    a = theory.lsa_optimum_iid(theory.SpectrumMoments(1, 2, 6), 20, 0.0, 40)
    line = iid_risk_line(a, theory.SpectrumMoments(1, 2, 6), 20, 0.0, scale=4.0)
    assert line.total(np.array([100.0]))[0] / 20 == pytest.approx(18.0023781213, rel=1e-10)
    assert line.zero == pytest.approx(80)


@pytest.mark.parametrize(
    ("pretraining", "evaluation"),
    [
        (PRETRAINING, Evaluation(shift=QueryOrthogonal(0.5))),
        (PRETRAINING, Evaluation(function_class=Quadratic())),
        (Pretraining(dimension=3, context_length=6, covariates=Wishart()), Evaluation()),
        (
            Pretraining(dimension=3, context_length=6, covariates=RandomDiagonal()),
            Evaluation(shift=CovariateSkew(1.0)),
        ),
    ],
)
def test_without_a_closed_form_there_is_none(pretraining, evaluation):
    experiment = Experiment(pretraining, evaluation)
    assert ClosedForm.of(experiment).risk_of(np.eye(pretraining.dimension)) is None


def test_one_uniform_input_has_no_gaussian_formula():
    pretraining = Pretraining(
        dimension=1, context_length=6, covariates=Uniform(), mixture=Mixture.of(Dense())
    )
    assert ClosedForm.of(Experiment(pretraining)).risk_of(np.eye(1)) is None


def test_unshifted_drops_the_shift_alone():
    experiment = Experiment(
        Pretraining(dimension=3, context_length=6, covariates=PowerLaw()),
        Evaluation(shift=CovariateScale(1.0), covariates=Identity(), seed=5),
    )
    expected = replace(experiment, evaluation=Evaluation(covariates=Identity(), seed=5))
    assert experiment.unshifted == expected
