"""Ridge regression."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import ChunkedPredictor, Predictor, check_shapes, prefix_moments
from icl_core.predictors.least_squares import LeastSquares
from icl_core.specs import Experiment, SpecError


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

        def correlations(weights: Tensor) -> Tensor:
            return (ys[:, None] - weights @ xs.mT).tril(-1) @ xs  # residuals [B, N (prefix), N (pair)]

        return self._solve(*prefix_moments(xs, ys), correlations)

    def predict_at(self, xs: Tensor, ys: Tensor, queries: Tensor, k: int) -> Tensor:
        """Entry k of `predict_query` alone, [B]: one solution a prompt."""
        check_shapes(xs, ys, queries)
        inputs, labels = xs[:, :k].double(), ys[:, :k, None].double()

        def correlations(weights: Tensor) -> Tensor:
            return (inputs.mT @ (labels - inputs @ weights[..., None]))[..., 0]

        weights = self._solve(inputs.mT @ inputs, (inputs.mT @ labels)[..., 0], correlations)
        return (weights * queries[:, k]).sum(-1).to(xs.dtype)

    def _solve(self, gram: Tensor, cross: Tensor, correlations: Callable[[Tensor], Tensor]) -> Tensor:
        """Weights [..., D] for X^T X [..., D, D], X^T y [..., D] and, at any weights, X^T (y - X w).

        The last, through the residuals, lets one refinement restore the digits that forming X^T X loses when
        the penalty is small.
        """
        gram.diagonal(dim1=-2, dim2=-1).add_(self.penalty)
        factor, failed = torch.linalg.cholesky_ex(gram)
        if failed.any():
            raise ValueError(
                f"penalty {self.penalty} vanishes beside inputs this large: use LeastSquares() instead."
            )
        solution = torch.cholesky_solve(cross[..., None], factor)[..., 0]
        gradient = correlations(solution) - self.penalty * solution
        return solution + torch.cholesky_solve(gradient[..., None], factor)[..., 0]


def ridge(experiment: Experiment) -> Predictor:
    """Ridge with the evaluation's penalty, or the optimal one for dense weights: noise over weight variance.

    Its limit for no noise is min-norm least squares.
    """
    chosen, pretraining = experiment.evaluation.penalty, experiment.pretraining
    if chosen is not None:
        return Ridge(chosen)
    if experiment.test_noise_variance == 0:
        return LeastSquares()
    second_moment = float(pretraining.covariates.second_moment(pretraining.dimension).trace())
    weight_variance = pretraining.label_variance / second_moment
    return Ridge(experiment.test_noise_variance / weight_variance)


register(
    Method(
        "ridge",
        ridge,
        place=40,
        usual=True,
        look=Look("green", "dashdot", 2.75),
        unregularised=lambda experiment: ridge(experiment) == LeastSquares(),
    )
)
