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
PLAIN = 1e-9  # of the largest trace: penalties above it can be added to a Gram matrix and inverted


class Average(NamedTuple):
    """Means over drawn contexts and their standard errors, [n] each."""

    mean: Array
    error: Array


def ridge_risks(
    S: Array, T: Array, Q: Array, noise_var: float, penalty: float, lengths: NDArray[np.int64]
) -> Average:
    """Risk of ridge regression, |y - X w|^2 + penalty |w|^2, at each length [n]; 0 is min-norm least squares.

    With H = (X^T X + penalty I)^-1 and P = H X^T X the risk is tr Q((I-P) T (I-P) + noise_var H X^T X H).
    Both come from the smaller Gram matrix of the context, so that no penalty is small beside rounding.
    """
    root, identity = _symmetric_root(S), np.eye(len(S))

    def risk(factors: Array) -> Array:
        half = root @ factors  # [R, d, min(M, d)]: X^T X = half half^T
        inverse = _inverse(half.swapaxes(1, 2) @ half, penalty)
        pulled = half @ inverse  # [R, d, min(M, d)]
        missed = identity - pulled @ half.swapaxes(1, 2)  # I - P
        noise = pulled @ pulled.swapaxes(1, 2)  # H X^T X H
        return np.einsum("rij,rji->r", Q @ missed, T @ missed) + noise_var * np.einsum("ij,rji->r", Q, noise)

    return _averaged(risk, len(S), lengths)


def min_norm_risks(S: Array, T: Array, Q: Array, noise_var: float, lengths: NDArray[np.int64]) -> Average:
    """Risk of min-norm least squares at lengths [n], where it has a mean: `ridge_risks` without a penalty."""
    return ridge_risks(S, T, Q, noise_var, 0.0, lengths)


def _inverse(grams: Array, penalty: float) -> Array:
    """(G + penalty I)^-1 of Gram matrices [R, m, m]; 0 along directions of G that are 0 up to rounding."""
    if penalty > PLAIN * np.trace(grams, axis1=1, axis2=2).max():
        return np.asarray(np.linalg.inv(grams + penalty * np.eye(grams.shape[-1])), np.float64)
    eigenvalues, vectors = np.linalg.eigh(grams)
    least = np.finfo(np.float64).eps * grams.shape[-1] * eigenvalues[:, -1:]
    share = np.where(eigenvalues > least, 1 / (eigenvalues.clip(min=least) + penalty), 0.0)
    return (vectors * share[:, None]) @ vectors.swapaxes(1, 2)


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
