"""Two-layer ReLU networks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from icl_core.data.function_classes.base import Functions
from icl_core.data.function_classes.dense import weight_variance
from icl_core.data.randomness import Randomness
from icl_core.look import Look
from icl_core.specs import Covariance, FunctionClass, require


@dataclass(frozen=True)
class ReluFunctions(Functions):
    """f_b(x) = sum_j a_bj max(0, w_bj.x)."""

    hidden: Tensor  # [B, width, D]
    readout: Tensor  # [B, width]

    def evaluate(self, xs: Tensor) -> Tensor:
        # Input by input, so that rounding does not depend on how many points there are.
        activations = xs.new_zeros(*xs.shape[:2], self.readout.shape[-1])  # [B, N, width]
        for x, weights in zip(xs.unbind(-1), self.hidden.unbind(-1), strict=True):
            activations += x.unsqueeze(-1) * weights.unsqueeze(1)
        return (activations.relu_() * self.readout.unsqueeze(1)).sum(-1)

    def take(self, index: Tensor) -> Functions:
        return ReluFunctions(self.hidden[index], self.readout[index])


@dataclass(frozen=True)
class ReluNetwork(FunctionClass, kind="relu_network"):
    """Random networks with one hidden layer, without biases (Garg et al. 2208.01066, appendix A).

    Hidden weights are N(0, 1), the readout's N(0, 2 / width): E f(x)^2 = E |x|^2 whatever the covariates.
    For one input the readout is scaled to the output variance 1.
    """

    place = 50
    look = Look("teal")

    width: int = 100

    def __post_init__(self) -> None:
        require(1 <= self.width <= 1000, "width", self.width, "1 to 1000 hidden units")

    @classmethod
    def offered(cls, dimension: int) -> tuple[FunctionClass, ...]:
        return (cls(),) if dimension > 1 else ()

    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        hidden = randomness.child("hidden").prompt_normals(prompts, self.width, dimension)
        readout = randomness.child("readout").prompt_normals(prompts, self.width)
        scale = math.sqrt(2 / self.width * weight_variance(covariates, dimension))
        return ReluFunctions(hidden, scale * readout)

    def family(self, covariates: Covariance, dimension: int) -> None:
        return None
