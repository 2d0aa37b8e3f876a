"""Oracles of the theory tests: they sample prompts, or covariances one by one, and apply the definition."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from icl_core.theory import lsa_risk

Array = NDArray[np.float64]


class Prompts(NamedTuple):
    """X [B, M, D], y [B, M], queries [B, D] and the noise-free targets [B]."""

    X: Array
    y: Array
    queries: Array
    targets: Array


class MonteCarlo:
    """Seeded sampling, and the one comparison of a formula with its estimate."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def gaussians(self, covariance: Array, *shape: int) -> Array:
        """Draws [*shape, D] of N(0, covariance), which may be singular."""
        eigenvalues, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(eigenvalues, 0))
        return self.rng.standard_normal((*shape, len(covariance))) @ root.T

    def prompts(
        self, B: int, M: int, S: Array, weights: Array, noise_var: float = 0.0, Q: Array | None = None
    ) -> Prompts:
        """B linear prompts; weights [B, D] or [D]."""
        X = self.gaussians(S, B, M)
        queries = self.gaussians(S if Q is None else Q, B)
        weights = np.broadcast_to(weights, queries.shape)
        noise = np.sqrt(noise_var) * self.rng.standard_normal((B, M))
        y = np.einsum("bmd,bd->bm", X, weights) + noise
        return Prompts(X, y, queries, np.sum(queries * weights, axis=1))

    def assert_mean(self, samples: Array, expected: float, relative_error: float = 0.03) -> None:
        """The sample mean is `expected` within 4 standard errors, which are small enough to mean much."""
        standard_error = samples.std(ddof=1) / np.sqrt(len(samples))
        assert standard_error < relative_error * expected
        assert abs(samples.mean() - expected) < 4 * standard_error


def attention_errors(A: Array, prompts: Prompts) -> Array:
    """Squared errors [B] of x_q^T A h."""
    h = np.einsum("bmd,bm->bd", prompts.X, prompts.y) / prompts.X.shape[1]
    return (np.einsum("bi,ij,bj->b", prompts.queries, A, h) - prompts.targets) ** 2


def least_squares_errors(prompts: Prompts) -> Array:
    """Squared errors [B] of minimum-norm least squares."""
    weights = np.einsum("bdm,bm->bd", np.linalg.pinv(prompts.X), prompts.y)
    return (np.sum(prompts.queries * weights, axis=1) - prompts.targets) ** 2


def risk_over(A: Array, covariances: Array, T: Array, noise_var: float, M: float) -> float:
    """Mean risk of A over equally likely covariances [K, D, D], shared by the query."""
    return float(np.mean([lsa_risk(A, S, T, noise_var, M) for S in covariances]))


@pytest.fixture
def mean_risk() -> Callable[[Array, Array, Array, float, float], float]:
    return risk_over


@pytest.fixture
def monte_carlo() -> MonteCarlo:
    return MonteCarlo(seed=20240131)


@pytest.fixture
def lsa_errors() -> Callable[[Array, Prompts], Array]:
    return attention_errors


@pytest.fixture
def ols_errors() -> Callable[[Prompts], Array]:
    return least_squares_errors
