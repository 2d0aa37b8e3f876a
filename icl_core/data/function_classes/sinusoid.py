"""Sinusoids of one input."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from icl_core.data.families import GaussianFamily, Sinusoids
from icl_core.data.function_classes.base import Functions
from icl_core.data.randomness import Randomness
from icl_core.look import Look
from icl_core.specs import Covariance, FunctionClass, require

GRID = 1024  # frequencies of the prior; four times as many change its noise-free error by .002 at k = 3


@dataclass(frozen=True)
class SinusoidFunctions(Functions):
    """f_b(x) = a_b sin(w_b x) + c_b cos(w_b x)."""

    frequencies: Tensor  # [B]
    amplitudes: Tensor  # [B, 2]: of sine and cosine

    def evaluate(self, xs: Tensor) -> Tensor:
        angles = self.frequencies.unsqueeze(1) * xs.squeeze(-1)  # [B, N]
        sine, cosine = self.amplitudes.unsqueeze(-1).unbind(1)  # [B, 1] each
        return sine * angles.sin() + cosine * angles.cos()

    def take(self, index: Tensor) -> Functions:
        return SinusoidFunctions(self.frequencies[index], self.amplitudes[index])


@dataclass(frozen=True)
class Sinusoid(FunctionClass, kind="sinusoid"):
    """f(x) = a sin(wx) + b cos(wx) of one input, w ~ U[low, high] and a, b iid N(0, v).

    So the phase is uniform and the output variance is v at every x. With low = high the frequency is known.
    """

    place = 20
    look = Look("green")
    pretrained = True

    low: float = 0.5
    high: float = 2.0

    def __post_init__(self) -> None:
        require(0 <= self.low < 100, "low", self.low, "a frequency from 0 to 100")
        require(
            self.low <= self.high <= 100 and self.high > 0,
            "high",
            self.high,
            "a positive frequency from {low:g} to 100",
            low=self.low,
        )

    @classmethod
    def offered(cls, dimension: int) -> tuple[FunctionClass, ...]:
        return (cls(), cls(low=2.0, high=3.0)) if dimension == 1 else ()

    def check(self, dimension: int) -> None:
        require(dimension == 1, "dimension", dimension, "1 with sinusoids, which are functions of one input")

    def sample(
        self, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
    ) -> Functions:
        self.check(dimension)
        position = randomness.child("frequency").prompt_uniforms(prompts)
        scale = math.sqrt(covariates.label_variance(dimension))
        amplitudes = scale * randomness.child("amplitudes").prompt_normals(prompts, 2)
        return SinusoidFunctions(self.low + (self.high - self.low) * position, amplitudes)

    def family(self, covariates: Covariance, dimension: int) -> GaussianFamily:
        self.check(dimension)
        return Sinusoids.on_range(self.low, self.high, GRID, covariates.label_variance(dimension))
