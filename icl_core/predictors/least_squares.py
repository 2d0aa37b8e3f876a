"""Ordinary least squares, of minimum norm where the data leave a choice."""

from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.predictors.base import LinearPredictor, check_shapes


@dataclass(frozen=True)
class LeastSquares(LinearPredictor):
    """The w of least norm among the minimisers of |y - X w|^2: pinv(X) y.

    Below D independent pairs it interpolates them; directions that no pair has seen keep weight 0. Directions
    whose singular value is below max(k, D) eps of the largest count as unseen, eps being that of the inputs'
    own dtype: a float32 prompt that lies in a subspace does so only up to float32 rounding, and dividing by
    that rounding would fill the unseen directions with noise.
    """

    def weights(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Learned weights [B, N, D], float64; entry k is pinv(X) y of the pairs before k."""
        check_shapes(xs, ys)
        return minimum_norm(xs.double(), ys.double(), torch.finfo(xs.dtype).eps)


def minimum_norm(xs: Tensor, ys: Tensor, epsilon: float) -> Tensor:
    """Minimum-norm least squares [B, N, D] of every prefix, by singular value decomposition (LAPACK gelss).

    It runs on the CPU wherever the data are: CUDA has no least-squares driver that survives rank deficiency,
    and the faster gelsy on the CPU is wrong for repeated and zero inputs (measured with torch 2.13).
    """
    inputs, labels = xs.cpu(), ys.cpu()
    _, points, dimension = inputs.shape
    solution = torch.zeros_like(inputs)
    for k in range(1, points):
        solution[:, k] = torch.linalg.lstsq(
            inputs[:, :k], labels[:, :k, None], rcond=epsilon * max(k, dimension), driver="gelss"
        ).solution[..., 0]
    return solution.to(xs.device)
