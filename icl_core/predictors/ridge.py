"""Ridge regression."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.predictors.base import ChunkedPredictor, prefix_moments
from icl_core.specs import SpecError


@dataclass(frozen=True)
class Ridge(ChunkedPredictor):
    """argmin_w |y - X w|^2 + penalty |w|^2 (a sum over pairs, not a mean; Hoerl & Kennard 1970).

    It is the Bayes predictor for w ~ N(0, I) and label noise of variance `penalty`.
    """

    penalty: float

    def __post_init__(self) -> None:
        if not 0 < self.penalty < math.inf:
            raise SpecError(
                "penalty", self.penalty, "a positive finite number; LeastSquares() is the limit at 0"
            )

    def fit(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Raises ValueError where the penalty is lost in the rounding of X^T X."""
        gram, cross = prefix_moments(xs, ys)
        gram.diagonal(dim1=-2, dim2=-1).add_(self.penalty)
        factor, failed = torch.linalg.cholesky_ex(gram)
        if failed.any():
            raise ValueError(
                f"penalty {self.penalty} vanishes beside inputs this large: use LeastSquares() instead."
            )
        solution = torch.cholesky_solve(cross[..., None], factor)[..., 0]
        return solution + torch.cholesky_solve(self._gradient(xs, ys, solution)[..., None], factor)[..., 0]

    def _gradient(self, xs: Tensor, ys: Tensor, weights: Tensor) -> Tensor:
        """X^T (y - X w) - penalty w, [B, N, D]: through the residuals, so that one refinement step restores
        the digits that forming X^T X loses when the penalty is small."""
        residuals = (ys[:, None] - weights @ xs.mT).tril(-1)  # [B, N (prefix), N (pair)]
        return residuals @ xs - self.penalty * weights
