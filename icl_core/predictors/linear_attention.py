"""One linear self-attention layer, in the form that its trained minimiser has."""

from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.averaging import Averaging
from icl_core.predictors.base import ChunkedPredictor
from icl_core.specs import SpecError


@dataclass(frozen=True, eq=False)
class LinearAttention(ChunkedPredictor):
    """Prediction x_k^T A (1/k) sum_{i<k} y_i x_i with A [D, D] (Zhang, Frei & Bartlett 2306.09927).

    A = u U^T gathers the value and key-query weights that act on the prediction; the rest stay at 0 under
    gradient flow from their initialisation. A need not be symmetric: its rows meet the query.
    """

    A: Tensor

    def __post_init__(self) -> None:
        matrix = torch.as_tensor(self.A, dtype=torch.float64)
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
            raise SpecError("A", tuple(matrix.shape), "a square matrix, inputs by inputs")
        object.__setattr__(self, "A", matrix)

    def fit(self, xs: Tensor, ys: Tensor) -> Tensor:
        if xs.shape[-1] != len(self.A):
            raise SpecError(
                "A", tuple(self.A.shape), "{count} inputs, as many as the prompts have", count=xs.shape[-1]
            )
        return Averaging().fit(xs, ys) @ self.A.mT.to(xs.device)


register(
    Method("lsa", place=20, usual=True, exact=True, look=Look("brown", "solid", 2.75)),
    Method(
        "lsa_reoptimised",
        place=21,
        usual=True,
        exact=True,
        measured=False,
        look=Look("brown", "solid", 1.25),
    ),
)
