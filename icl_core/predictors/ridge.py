"""Ridge regression."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import (
    ChunkedPredictor,
    Predictor,
    check_shapes,
    chunks,
    prefix_moments,
    unseen_share,
)
from icl_core.predictors.least_squares import LeastSquares
from icl_core.specs import Experiment, SpecError

REFINABLE = 1e-4  # ratio of pivots from which one refinement gives all digits


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

    def weights(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Learned weights [B, N, D], float64; entry k is the solution for the pairs before k, 0 at k = 0."""
        check_shapes(xs, ys)
        unseen = unseen_share(xs)
        return torch.cat([self._fit(x, y, unseen) for x, y in chunks(xs.double(), ys.double())])

    def fit(self, xs: Tensor, ys: Tensor) -> Tensor:
        return self._fit(xs, ys, unseen_share(xs))

    def _fit(self, xs: Tensor, ys: Tensor, unseen: float) -> Tensor:
        def correlations(weights: Tensor) -> Tensor:
            return (ys[:, None] - weights @ xs.mT).tril(-1) @ xs  # residuals [B, N (prefix), N (pair)]

        weights, safe = self._solve(*prefix_moments(xs, ys), correlations)
        for k in (~safe).any(0).nonzero()[:, 0].tolist():
            rows = ~safe[:, k]
            weights[rows, k] = self._decompose(xs[rows, :k], ys[rows, :k], unseen)
        return weights

    def predict_at(self, xs: Tensor, ys: Tensor, queries: Tensor, k: int) -> Tensor:
        """Entry k of `predict_query` alone, [B]: one solution a prompt."""
        check_shapes(xs, ys, queries)
        inputs, labels = xs[:, :k].double(), ys[:, :k].double()

        def correlations(weights: Tensor) -> Tensor:
            return (inputs.mT @ (labels[..., None] - inputs @ weights[..., None]))[..., 0]

        moments = inputs.mT @ inputs, (inputs.mT @ labels[..., None])[..., 0]
        weights, safe = self._solve(*moments, correlations)
        if not safe.all():
            weights[~safe] = self._decompose(inputs[~safe], labels[~safe], unseen_share(xs))
        return (weights * queries[:, k]).sum(-1).to(xs.dtype)

    def _solve(
        self, gram: Tensor, cross: Tensor, correlations: Callable[[Tensor], Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Weights [..., D] for X^T X [..., D, D], X^T y [..., D] and, at any weights, X^T (y - X w).

        The last, through the residuals, lets one refinement restore the digits that forming X^T X loses. Also
        for which problems [...] it does: not where the penalty is near the rounding of X^T X.
        """
        gram.diagonal(dim1=-2, dim2=-1).add_(self.penalty)
        factor, failed = torch.linalg.cholesky_ex(gram)
        pivots = factor.diagonal(dim1=-2, dim2=-1)
        safe = (failed == 0) & (pivots.amin(-1) > REFINABLE * pivots.amax(-1))
        solution = torch.cholesky_solve(cross[..., None], factor)[..., 0]
        gradient = correlations(solution) - self.penalty * solution
        return solution + torch.cholesky_solve(gradient[..., None], factor)[..., 0], safe

    def _decompose(self, xs: Tensor, ys: Tensor, unseen: float) -> Tensor:
        """Weights [B, D] for xs [B, k, D], ys [B, k], by singular value decomposition.

        At any penalty, down to the limit of least squares of minimum norm, which sees the same directions.
        """
        left, values, right = torch.linalg.svd(xs, full_matrices=False)
        shrunk = (values / (values.square() + self.penalty)).where(values > unseen * values[:, :1], 0)
        return (right.mT @ (shrunk[..., None] * (left.mT @ ys[..., None])))[..., 0]


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
