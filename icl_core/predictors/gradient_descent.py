"""Gradient descent on the pairs seen, started from 0."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import ChunkedPredictor, prefix_lengths, prefix_moments, whole_number
from icl_core.specs import Experiment, SpecError


@dataclass(frozen=True)
class GradientDescent(ChunkedPredictor):
    """w after `steps` steps of size `lr` on (1/2k) |y - X w|^2 from w = 0.

    One step is what a linear self-attention layer can express (von Oswald et al. 2212.07677, proposition 1).
    It converges to minimum-norm least squares where lr < 2 / lambda_max(X^T X / k), and diverges above.
    """

    steps: int
    lr: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole_number("steps", self.steps))
        if not 0 < self.lr < math.inf:
            raise SpecError("lr", self.lr, "a positive finite number")

    def fit(self, xs: Tensor, ys: Tensor) -> Tensor:
        gram, cross = prefix_moments(xs, ys)
        step_sizes = self.lr / prefix_lengths(xs)  # [N, 1]
        weights = torch.zeros_like(cross)
        for _ in range(self.steps):
            weights = weights + step_sizes * (cross - (gram @ weights[..., None])[..., 0])
        return weights


def _at_a_safe_rate(experiment: Experiment) -> GradientDescent:
    """The rate is over E |x|^2 of pretraining: a single pair far longer than usual makes descent diverge."""
    pretraining = experiment.pretraining
    return GradientDescent(
        20, 0.5 / float(pretraining.covariates.second_moment(pretraining.dimension).trace())
    )


register(
    Method("gradient_descent", _at_a_safe_rate, place=80, look=Look("teal", "12px,3px,3px,3px", 2.25)),
)
