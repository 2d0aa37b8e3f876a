"""Trainings by gradient flow end where the theorems say, whatever the covariance, the noise and the start."""

import numpy as np
import pytest

from icl_core import theory
from icl_core.data.covariance import (
    AutoRegressive,
    Identity,
    LowRank,
    PowerLaw,
    RandomDiagonal,
    Uniform,
    Wishart,
)
from icl_core.evaluation.dynamics import SCALES, Dynamics, scale_scan, trajectory
from icl_core.specs import Pretraining, SpecError

SETTINGS = [
    Dynamics(),
    Dynamics(dimension=1, covariates=Identity(), context_length=5),
    Dynamics(dimension=6, covariates=AutoRegressive(), context_length=9, label_noise=0.5, start="random"),
    Dynamics(dimension=3, covariates=RandomDiagonal(), start="random", init_scale=0.05),
    Dynamics(dimension=3, covariates=Wishart(), context_length=11, label_noise=0.3),
    Dynamics(dimension=4, covariates=PowerLaw(2.0), init_scale=2.0),
]


@pytest.mark.parametrize("spec", SETTINGS, ids=lambda spec: f"{spec.covariates.kind}-{spec.start}")
def test_the_flow_ends_at_the_limit(spec):
    trained = trajectory(spec)
    assert trained.distance < 1e-5
    np.testing.assert_allclose(trained.path.U[-1], trained.limit.U, atol=1e-4 * np.abs(trained.limit.U).max())
    assert trained.losses[-1] == pytest.approx(trained.floor, abs=1e-8)
    np.testing.assert_allclose(trained.path.balance, 0, atol=1e-8)
    np.testing.assert_allclose(trained.learned[-1], 1, atol=1e-4)


@pytest.mark.parametrize("spec", SETTINGS[:3], ids=lambda spec: spec.covariates.kind)
def test_losses_are_the_closed_form_risk(spec):
    trained = trajectory(spec)
    S = spec.covariates.second_moment(spec.dimension).numpy()
    v = np.trace(S)
    for index in (0, 100, 180, 240):
        A = trained.path.A[index]
        risk = theory.lsa_risk(A, S, np.eye(len(S)), spec.noise_variance, spec.context_length)
        assert trained.losses[index] == pytest.approx(risk / v, rel=1e-9)


def test_losses_over_random_covariances_are_the_mean_risk():
    spec = SETTINGS[4]
    loss, trained = spec.loss(), trajectory(spec)
    A = trained.path.A[120]
    risks = [
        theory.lsa_risk(A, S, np.eye(3), spec.noise_variance, spec.context_length) for S in loss.covariances
    ]
    assert loss.risks(A[None])[0] == pytest.approx(np.mean(risks), rel=1e-9)


def test_losses_over_iid_covariances_are_the_closed_form():
    loss = SETTINGS[3].loss()
    a = 0.37
    expected = theory.lsa_risk_iid(a, theory.SpectrumMoments(1, 2, 6), 3, 0.0, 20)
    assert loss.risks(a * np.eye(3)[None])[0] == pytest.approx(expected, rel=1e-12)
    assert loss.limit_risk < expected


def test_isotropic_training_is_the_logistic():
    trained = trajectory(Dynamics(dimension=5, covariates=Identity(), label_noise=0.4))
    assert trained.logistic is not None
    for index in range(5):
        np.testing.assert_allclose(trained.learned[:, index], trained.logistic, atol=1e-8)
    assert trained.passes[0] == pytest.approx(trained.half_time, rel=0.02)


def test_half_time_of_the_known_answer():
    trained = trajectory(Dynamics(dimension=5, covariates=Identity()))
    assert trained.half_time == pytest.approx(1.1497177606, rel=1e-9)


def test_only_isotropic_training_has_a_logistic():
    trained = trajectory(Dynamics())
    assert trained.logistic is None
    assert trained.half_time is None


def test_large_directions_are_learned_first():
    trained = trajectory(Dynamics())
    assert np.all(np.diff(trained.eigenvalues) < 0)
    assert np.all(np.diff(trained.passes) > 0)


def test_zero_stays_zero():
    trained = trajectory(Dynamics(start="zero"))
    assert not trained.path.U.any()
    assert not trained.path.u.any()
    np.testing.assert_allclose(trained.losses, 1)
    assert not trained.is_admissible


def test_an_unbalanced_start_finds_the_same_product_in_other_factors():
    trained = trajectory(Dynamics(start="unbalanced", init_scale=0.5))
    assert trained.distance < 1e-5
    assert trained.path.balance[0] == pytest.approx(3 * 0.5**2)
    np.testing.assert_allclose(trained.path.balance, trained.path.balance[0], atol=1e-8)
    assert abs(trained.path.u[-1] - trained.limit.u) > 0.05
    assert not trained.is_admissible


def test_the_theorems_condition_is_sufficient_and_not_necessary():
    scan = scale_scan(Dynamics())
    assert scan.reached[scan.scales < scan.largest_init_scale].all()
    assert scan.reached[scan.scales > scan.largest_init_scale].any()
    assert (scan.scales > scan.largest_init_scale).any()
    assert np.isfinite(scan.times).all()
    largest = scan.largest_init_scale
    assert trajectory(Dynamics(init_scale=0.99 * largest)).is_admissible
    assert not trajectory(Dynamics(init_scale=1.01 * largest)).is_admissible


@pytest.mark.parametrize("start", ["unbalanced", "zero"])
def test_the_theorem_promises_nothing_to_starts_that_it_is_not_about(start):
    trained = trajectory(Dynamics(start=start, init_scale=0.1))
    assert trained.largest_init_scale is None
    assert not trained.is_admissible
    assert not trained.spec.is_balanced


def test_a_far_too_unbalanced_start_has_not_arrived_when_it_is_stopped():
    scan = scale_scan(Dynamics(start="unbalanced"), np.array([0.1, 10.0]))
    assert scan.reached.tolist() == [True, False]
    assert not scan.promised.any()
    assert scan.ends[1] == trajectory(Dynamics(start="unbalanced", init_scale=10.0)).path.times[-1]


def test_a_scan_agrees_with_the_training_at_its_scale():
    scan, trained = scale_scan(Dynamics(), SCALES[4:5]), trajectory(Dynamics(init_scale=float(SCALES[4])))
    left = (trained.losses - trained.floor) / (1 - trained.floor)
    before, after = left[trained.path.times < scan.times[0]], left[trained.path.times >= scan.times[0]]
    assert before[-1] > 0.01
    assert after.max() <= 0.01


@pytest.mark.parametrize("log_time", [True, False])
def test_frames_begin_at_the_start_and_end_at_the_end(log_time):
    trained = trajectory(Dynamics())
    frames = trained.frames(48, log_time)
    assert frames[0] == 0
    assert frames[-1] == len(trained.path.times) - 1
    assert frames == sorted(set(frames))
    assert len(frames) <= 50
    steps = np.linalg.norm(np.diff(trained.path.U[frames], axis=0), axis=(1, 2))
    assert steps.max() < 0.1 * np.linalg.norm(trained.limit.U)


def test_specs_round_trip():
    for spec in SETTINGS:
        assert Dynamics.from_json(spec.to_json()) == spec
        assert Dynamics.from_query(spec.to_query()) == spec


def test_a_pretraining_gives_its_prompts():
    pretraining = Pretraining(dimension=3, context_length=7, covariates=PowerLaw(0.5), label_noise=0.2)
    spec = Dynamics.of(pretraining, "random", 0.3, seed=4)
    assert spec == Dynamics(3, PowerLaw(0.5), 7, 0.2, "random", 0.3, 4)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dimension": 21, "covariates": Identity()}, "dimension"),
        ({"init_scale": 0.0}, "init_scale"),
        ({"context_length": 0}, "context_length"),
        ({"label_noise": -1.0}, "label_noise"),
        ({"covariates": LowRank(2)}, "covariates"),
        ({"dimension": 1, "covariates": Uniform()}, "covariates"),
        ({"dimension": 20, "covariates": PowerLaw(4.0)}, "covariates"),
    ],
)
def test_what_cannot_be_followed_is_refused(changes, field):
    with pytest.raises(SpecError) as fault:
        Dynamics(**changes)
    assert fault.value.field == field


@pytest.mark.parametrize("dimension", [2, 4])
def test_rank_one_covariances_leave_directions_that_never_move(dimension: int) -> None:
    """E[S A G_S] = 0 for antisymmetric A where every S is g g^T; the others are learned to the end."""
    run = trajectory(Dynamics(covariates=Wishart(1), dimension=dimension))
    assert np.isfinite(run.path.times).all()
    assert run.losses[-1] == pytest.approx(run.floor, rel=1e-3)
    assert run.distance < 1e-2
