"""One input, uniform around 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from icl_core.data.randomness import Randomness
from icl_core.specs import Covariance, require


@dataclass(frozen=True)
class Uniform(Covariance, kind="uniform"):
    """x ~ U[-half_width, half_width], for one input."""

    is_gaussian: ClassVar[bool] = False

    half_width: float = 3.0

    def __post_init__(self) -> None:
        require(1e-3 <= self.half_width <= 100, "half_width", self.half_width, "0.001 to 100")

    def second_moment(self, dimension: int) -> Tensor:
        require(dimension == 1, "dimension", dimension, "1 with uniform covariates")
        return torch.tensor([[self.half_width**2 / 3]], dtype=torch.float64)

    def fourth_moments(self, dimension: int) -> Tensor:
        require(dimension == 1, "dimension", dimension, "1 with uniform covariates")
        return torch.tensor([self.half_width**4 / 5], dtype=torch.float64)

    def matrices(self, randomness: Randomness, prompts: int, dimension: int) -> Tensor:
        return self.second_moment(dimension).to(randomness.dtype).expand(prompts, -1, -1)

    def covariates(self, randomness: Randomness, prompts: int, points: int, dimension: int) -> Tensor:
        require(dimension == 1, "dimension", dimension, "1 with uniform covariates")
        uniforms = randomness.child("points").point_uniforms(prompts, points, 1)
        return self.half_width * (2 * uniforms - 1)
