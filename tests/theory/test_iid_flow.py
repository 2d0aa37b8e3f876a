"""The flow from three moments of the eigenvalues agrees with the flow over explicit covariances."""

import numpy as np
import pytest

from icl_core.theory import SpectrumMoments, gradient_flow, gradient_flow_random, lsa_risk_iid
from icl_core.theory.iid_flow import flow_limit_iid, gradient_flow_iid, iid_curvature
from icl_core.theory.random_covariance import mean_kronecker
from icl_core.theory.risk import context_second_moments

EXPONENTIAL = SpectrumMoments(1.0, 2.0, 6.0)
CONSTANT = SpectrumMoments(1.0, 1.0, 1.0)
TIMES = [0.0, 0.5, 1.0, 3.0]


def start(d):
    root = np.random.default_rng(3).standard_normal((d, d))
    return root @ root.T / np.linalg.norm(root @ root.T)


def test_constant_eigenvalues_are_the_fixed_covariance():
    d, N = 4, 9
    path = gradient_flow_iid(CONSTANT, d, N, TIMES, 0.3, start(d), noise_var=0.4)
    fixed = gradient_flow(np.eye(d), N, TIMES, 0.3, start(d), noise_var=0.4)
    np.testing.assert_allclose(path.U, fixed.U, atol=1e-9)
    np.testing.assert_allclose(path.u, fixed.u, atol=1e-9)


def test_two_valued_eigenvalues_are_the_flow_over_all_their_combinations():
    d, N, values = 3, 7, np.array([0.5, 2.0])
    corners = np.array(np.meshgrid(*[values] * d)).reshape(d, -1).T  # every combination, equally likely
    moments = SpectrumMoments(*(float(np.mean(values**power)) for power in (1, 2, 3)))
    path = gradient_flow_iid(moments, d, N, TIMES, 0.2, start(d), noise_var=0.3)
    listed = gradient_flow_random(
        np.stack([np.diag(row) for row in corners]), N, TIMES, 0.2, start(d), noise_var=0.3
    )
    np.testing.assert_allclose(path.U, listed.U, atol=1e-9)
    np.testing.assert_allclose(path.u, listed.u, atol=1e-9)


def test_curvature_of_exponential_eigenvalues():
    d, N, rng = 3, 5, np.random.default_rng(0)
    eigenvalues = rng.exponential(size=(400_000, d))
    covariances = np.einsum("ki,ij->kij", eigenvalues, np.eye(d))
    G = context_second_moments(covariances, np.eye(d), 0.7, N)
    sampled = np.diag(mean_kronecker(G, covariances)).reshape(d, d)
    np.testing.assert_allclose(iid_curvature(EXPONENTIAL, d, 0.7, N), sampled, rtol=0.03)


@pytest.mark.parametrize(("N", "a"), [(40, 0.2758620690), (70, 0.2978723404), (100, 0.3076923077)])
def test_limit_of_figure_1(N, a):
    U, u = flow_limit_iid(EXPONENTIAL, 20, N)
    np.testing.assert_allclose(u * U, a * np.eye(20), atol=1e-10)
    assert np.linalg.norm(U) == pytest.approx(u)


def test_the_flow_ends_at_its_limit_and_at_a_third_of_the_error():
    d, N = 3, 10**6
    path = gradient_flow_iid(EXPONENTIAL, d, N, [0.0, 60.0], 0.1, start(d))
    U, u = flow_limit_iid(EXPONENTIAL, d, N)
    np.testing.assert_allclose(path.A[-1], u * U.T, atol=1e-8)
    assert lsa_risk_iid(path.A[-1][0, 0], EXPONENTIAL, d, 0.0, N) / d == pytest.approx(1 / 3, abs=1e-3)


def test_faulty_arguments_are_refused():
    with pytest.raises(ValueError, match="d must be"):
        iid_curvature(EXPONENTIAL, 0, 0.0, 5)
    with pytest.raises(ValueError, match="theta_theta must not be zero"):
        gradient_flow_iid(EXPONENTIAL, 2, 5, TIMES, 0.1, np.zeros((2, 2)))
