"""The averaging estimator."""

from dataclasses import dataclass

from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import ChunkedPredictor, prefix_lengths, prefix_sum


@dataclass(frozen=True)
class Averaging(ChunkedPredictor):
    """w = (1/k) sum_i y_i x_i: unbiased for x ~ N(0, I), where it replaces (X^T X / k)^-1 by its limit I."""

    def fit(self, xs: Tensor, ys: Tensor) -> Tensor:
        return prefix_sum(xs * ys[..., None]) / prefix_lengths(xs)


register(Method("averaging", lambda _: Averaging(), place=70, look=Look("sky", "longdashdot", 2.25)))
