"""Ordinary least squares, of minimum norm where the data leave a choice."""

from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import LinearPredictor, check_shapes, chunks, prefix_moments, rounding

PIVOT_MARGIN = 1000  # pivots must exceed rounding by this factor before a prefix counts as of full rank
# Ratio of pivots from which normal equations, refined, are as good as a decomposition.
WELL_CONDITIONED = 1e-3
REFINEMENTS = 2


@dataclass(frozen=True)
class LeastSquares(LinearPredictor):
    """The w of least norm among the minimisers of |y - X w|^2: pinv(X) y.

    Below D independent pairs it interpolates them; directions that no pair has seen keep weight 0. Directions
    whose singular value is below max(k, D) eps of the largest count as unseen, eps being that of the inputs'
    own dtype (half precision: of float64): a float32 prompt that lies in a subspace does so only up to
    float32 rounding, and dividing by that rounding would fill the unseen directions with noise.
    """

    def weights(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Learned weights [B, N, D], float64; entry k is pinv(X) y of the pairs before k. Runs on the CPU."""
        check_shapes(xs, ys)
        pairs = chunks(xs.cpu().double(), ys.cpu().double())
        return torch.cat([_solve(x, y, rounding(xs)) for x, y in pairs]).to(xs.device)


def _solve(xs: Tensor, ys: Tensor, epsilon: float) -> Tensor:
    """Each prefix by the cheapest method that is safe for it, and by decomposition where none is."""
    turn = min(xs.shape[1], xs.shape[2] + 1)
    short, short_is_safe = _interpolate(xs[:, :turn], ys[:, :turn], epsilon)
    long, long_is_safe = _solve_normal_equations(xs, ys, turn)
    weights, safe = torch.cat([short, long], dim=1), torch.cat([short_is_safe, long_is_safe], dim=1)
    for k in (~safe).any(0).nonzero()[:, 0].tolist():
        unsafe = ~safe[:, k]
        weights[unsafe, k] = _decompose(xs[unsafe, :k], ys[unsafe, :k], epsilon)
    return weights


def _interpolate(xs: Tensor, ys: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
    """Weights [B, N, D] that fit the first k <= D pairs exactly, and which prefixes [B, N] they are safe for.

    With X = L Q (Q's rows orthonormal) and L z = y, the weights are the sum of z_i q_i over the pairs seen:
    one factorisation serves all prefixes.
    """
    factor, triangle = torch.linalg.qr(xs[:, :-1].mT)  # X^T = Q^T L^T
    coordinates = torch.linalg.solve_triangular(triangle.mT, ys[:, :-1, None], upper=False)
    weights, safe = torch.zeros_like(xs), torch.ones_like(ys, dtype=torch.bool)
    torch.cumsum(coordinates * factor.mT, dim=1, out=weights[:, 1:])
    if xs.shape[1] > 1:
        pivots = triangle.diagonal(dim1=-2, dim2=-1).abs().cummin(-1).values
        largest = xs[:, :-1].norm(dim=-1).cummax(-1).values
        safe[:, 1:] = pivots > PIVOT_MARGIN * epsilon * max(xs.shape[1:]) * largest
    return weights, safe


def _solve_normal_equations(xs: Tensor, ys: Tensor, first: int) -> tuple[Tensor, Tensor]:
    """Weights [B, N - first, D] of the prefixes from `first` on, all longer than D, and which are safe.

    The residuals' refinement restores what forming X^T X loses, as long as X is well conditioned.
    """
    gram, cross = (moment[:, first:] for moment in prefix_moments(xs, ys))
    factor, failed = torch.linalg.cholesky_ex(gram)
    pivots = factor.diagonal(dim1=-2, dim2=-1)
    safe = (failed == 0) & (pivots.amin(-1) > WELL_CONDITIONED * pivots.amax(-1))
    weights = torch.cholesky_solve(cross[..., None], factor)[..., 0]
    for _ in range(REFINEMENTS):
        residuals = (ys[:, None] - weights @ xs.mT).tril(first - 1)  # [B, N - first (prefix), N (pair)]
        weights = weights + torch.cholesky_solve((residuals @ xs)[..., None], factor)[..., 0]
    return weights, safe


def _decompose(xs: Tensor, ys: Tensor, epsilon: float) -> Tensor:
    """Minimum-norm weights [B, D] for xs [B, k, D], ys [B, k], by singular value decomposition (gelss).

    CUDA has no least-squares driver that survives rank deficiency, and the faster gelsy on the CPU is wrong
    for repeated and zero inputs (measured with torch 2.13).
    """
    cutoff = epsilon * max(xs.shape[1:])
    return torch.linalg.lstsq(xs, ys[..., None], rcond=cutoff, driver="gelss").solution[..., 0]


register(
    Method(
        "ols",
        lambda _: LeastSquares(),
        place=30,
        usual=True,
        look=Look("orange", "dash", 2.75),
        unregularised=lambda _: True,
    )
)
