"""A predictor as the recipe asks for it: one file."""

from dataclasses import dataclass

from torch import Tensor

from icl_core.methods import Method, register
from icl_core.predictors.base import ChunkedPredictor, prefix_lengths, prefix_sum


@dataclass(frozen=True)
class Signs(ChunkedPredictor):
    """w = (1/k) sum_i sign(y_i) x_i."""

    def fit(self, xs: Tensor, ys: Tensor) -> Tensor:
        return prefix_sum(xs * ys.sign()[..., None]) / prefix_lengths(xs)


register(Method("signs", lambda _: Signs(), usual=True))
