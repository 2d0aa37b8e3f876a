import math

import numpy as np
import pytest
from scipy.integrate import quad

from icl_core.theory import lsa_optimum, pool_limit, pool_optimum, pool_risks

TASKS = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])


def test_pool_of_three_tasks(monte_carlo, lsa_errors):
    eye = np.eye(2)
    A = pool_optimum(TASKS, eye, 0.25, 8)
    np.testing.assert_allclose(A, [[0.6043939913, 0.0485394138], [0.0485394138, 0.7500122327]], atol=6e-11)
    risks = pool_risks(A, TASKS, eye, 0.25, 8)
    assert risks == pytest.approx((0.6025474517, 0.6480240087), abs=6e-11)
    B = 150_000
    new = monte_carlo.prompts(B, 8, eye, monte_carlo.gaussians(eye, B), 0.25)
    monte_carlo.assert_mean(lsa_errors(A, new), risks.new)
    seen = monte_carlo.prompts(B, 8, eye, TASKS[monte_carlo.rng.integers(3, size=B)], 0.25)
    monte_carlo.assert_mean(lsa_errors(A, seen), risks.seen)


def test_pool_optimum_is_best_on_the_pool():
    eye = np.eye(2)
    seen = pool_risks(pool_optimum(TASKS, eye, 0.25, 8), TASKS, eye, 0.25, 8)
    general = pool_risks(lsa_optimum(eye, eye, 0.25, 8), TASKS, eye, 0.25, 8)
    assert seen.seen < general.seen
    assert seen.new > general.new


def test_limit_at_one_task_per_dimension():
    limit = pool_limit(1, 2, 0.01)
    assert limit == pytest.approx((0.5022130066, 0.2516620534), abs=6e-11)
    unlimited = pool_limit(math.inf, 2, 0.01)
    assert unlimited.new == pytest.approx(0.3355481728, abs=6e-11)
    assert unlimited.seen == pytest.approx(unlimited.new, rel=1e-12)


@pytest.mark.parametrize("kappa", [0.3, 2.0, 40.0])
def test_limit_against_quadrature_of_the_spectral_density(kappa):
    alpha, rho, ratio = 1.5, 0.2, 1 / kappa
    c = (1 + rho) / alpha
    low, high = (1 - math.sqrt(ratio)) ** 2, (1 + math.sqrt(ratio)) ** 2

    def expectation(function):
        def integrand(t):
            return function(t) * math.sqrt((high - t) * (t - low)) / (2 * math.pi * ratio * t)

        return quad(integrand, low, high, epsabs=1e-12, limit=500)[0] + max(1 - kappa, 0) * function(0.0)

    assert expectation(lambda t: 1.0) == pytest.approx(1, abs=1e-9)
    limit = pool_limit(kappa, alpha, rho)
    new = expectation(lambda t: (1 + c) * (t / (t + c)) ** 2 - 2 * t / (t + c) + 1)
    assert limit.new == pytest.approx(new, abs=1e-9)
    assert limit.seen == pytest.approx(expectation(lambda t: t * c / (t + c)), abs=1e-9)


@pytest.mark.parametrize("kappa", [0.5, 1, 4])
def test_limit_against_finite_pools(monte_carlo, kappa):
    d, alpha, rho = 320, 2, 0.01
    eye = np.eye(d)
    risks = []
    for _ in range(2):
        tasks = monte_carlo.gaussians(eye, int(kappa * d))
        tasks *= np.sqrt(tasks.size) / np.linalg.norm(tasks)  # the pool's power fluctuates most: fix it
        A = pool_optimum(tasks, eye, rho * d, alpha * d)
        risks.append(pool_risks(A, tasks, eye, rho * d, alpha * d))
    np.testing.assert_allclose(np.mean(risks, axis=0) / d, pool_limit(kappa, alpha, rho), atol=2e-3)


def test_limit_of_an_infinite_context_is_the_missing_directions():
    assert pool_limit(0.25, math.inf, 0.1) == pytest.approx((0.75, 0.0), abs=1e-14)
    assert pool_limit(1, math.inf, 0.1) == pytest.approx((0.0, 0.0), abs=1e-14)
    assert pool_limit(4, math.inf, 0.1) == pytest.approx((0.0, 0.0), abs=1e-14)


def test_faulty_arguments_are_named():
    with pytest.raises(ValueError, match="tasks must have shape"):
        pool_optimum([1.0, 2.0], np.eye(2), 0.0, 8)
    with pytest.raises(ValueError, match="pairs_per_dimension"):
        pool_limit(1, 0, 0.0)
