"""Least squares and ridge averaged over contexts: weights, noise and query integrated out, X alone drawn.

X^T X = S^1/2 L L^T S^1/2 with the Bartlett factor L of a standard Wishart matrix, so that a draw costs the
same for every length M. The draws are addressed: another length, noise or covariance reshapes the same
numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

Array = NDArray[np.float64]

WORK = 1600  # draws times inputs: fewer draws where traces average themselves out
SEED = 0x1C1


class Average(NamedTuple):
    """Means over drawn contexts and their standard errors, [n] each."""

    mean: Array
    error: Array


def ridge_risks(
    S: Array, T: Array, Q: Array, noise_var: float, penalty: float, lengths: NDArray[np.int64]
) -> Average:
    """Risk of ridge regression with a positive penalty, |y - X w|^2 + penalty |w|^2, at each length [n].

    With H = (X^T X + penalty I)^-1 the risk is tr Q(penalty^2 H T H + noise_var H X^T X H).
    """
    root, identity = _symmetric_root(S), np.eye(len(S))

    def risk(factors: Array) -> Array:
        half = root @ factors  # [R, d, min(M, d)]
        gram = half @ half.swapaxes(1, 2)
        H = np.linalg.inv(gram + penalty * identity)
        inner = penalty**2 * T + noise_var * gram
        return np.einsum("rij,rji->r", Q @ H, inner @ H)

    return _averaged(risk, len(S), lengths)


def min_norm_risks(S: Array, T: Array, Q: Array, noise_var: float, lengths: NDArray[np.int64]) -> Average:
    """Risk of min-norm least squares below d pairs, for any covariance of full rank; lengths [n] below d.

    tr Q (I - P) T (I - P) + noise_var tr Q (X^T X)^+, with the projector P on the span of the context.
    """
    root, identity = _symmetric_root(S), np.eye(len(S))

    def risk(factors: Array) -> Array:
        half = root @ factors  # [R, d, M]: X^T X = half half^T
        inverse = np.linalg.inv(half.swapaxes(1, 2) @ half)
        unseen = identity - half @ inverse @ half.swapaxes(1, 2)
        bias = np.einsum("rij,rji->r", Q @ unseen, T @ unseen)
        pseudo = half @ inverse @ inverse @ half.swapaxes(1, 2)
        return bias + noise_var * np.einsum("ij,rji->r", Q, pseudo)

    return _averaged(risk, len(S), lengths)


def _averaged(risk, d: int, lengths: NDArray[np.int64]) -> Average:
    uniforms, normals = _draws(d)
    values = np.stack([risk(_bartlett(uniforms, normals, int(M))) for M in lengths])  # [n, R]
    return Average(values.mean(1), values.std(1, ddof=1) / np.sqrt(values.shape[1]))


def _draws(d: int) -> tuple[Array, Array]:
    """Uniforms [R, d] and standard normals [R, d, d] behind every factor."""
    generator = np.random.Generator(np.random.Philox(key=[SEED, d]))
    count = max(32, WORK // d)
    return generator.uniform(size=(count, d)), generator.standard_normal((count, d, d))


def _bartlett(uniforms: Array, normals: Array, M: int) -> Array:
    """L [R, d, min(M, d)] with L L^T ~ Wishart(I, M): chi variables on the diagonal, normals below it."""
    width = min(M, uniforms.shape[1])
    degrees = M - np.arange(width)
    chi = np.sqrt(2 * gammaincinv(degrees / 2, uniforms[:, :width]))
    factors = np.tril(normals, -1)[:, :, :width]
    factors[:, np.arange(width), np.arange(width)] = chi
    return factors


def _symmetric_root(S: Array) -> Array:
    eigenvalues, vectors = np.linalg.eigh(S)
    return (vectors * np.sqrt(np.maximum(eigenvalues, 0))) @ vectors.T
