"""What shifts share: a magnitude with its range, and linear maps of the inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from icl_core.data.covariance.base import powers_of_position
from icl_core.specs import MagnitudeRange, Mixture, Pretraining, Shift, require

SCALE = MagnitudeRange(-2.0, 2.0, 0.25)  # of a factor 2^m
SHARE = MagnitudeRange(0.0, 1.0, 0.05)


@dataclass(frozen=True)
class NoShift(Shift, kind="none"):
    """Test prompts as asked for, unchanged."""

    range: ClassVar[MagnitudeRange] = MagnitudeRange(0.0, 0.0, 1.0)
    magnitude: ClassVar[float] = 0.0  # type: ignore[assignment]


@dataclass(frozen=True)
class BoundedShift(Shift):
    """A shift whose magnitude is checked against its range."""

    range: ClassVar[MagnitudeRange] = SHARE
    least_dimension: ClassVar[int] = 1

    magnitude: float = 0.0

    def __post_init__(self) -> None:
        low, high = self.range.low, self.range.high
        require(
            low <= self.magnitude <= high,
            "magnitude",
            self.magnitude,
            "{low:g} to {high:g}",
            low=low,
            high=high,
        )

    def check(self, pretraining: Pretraining, mixture: Mixture) -> None:
        least, given = self.least_dimension, pretraining.dimension
        require(
            given >= least,
            "dimension",
            given,
            "{least} or more inputs with the shift {shift}",
            least=least,
            shift=self.kind,
        )


def skew_factors(magnitude: float, S: Tensor) -> Tensor:
    """Factors [D] on the inputs that turn S = I into eigenvalues ~ i^(-2m), and keep tr S for every S."""
    return keep_trace(powers_of_position(2 * magnitude, len(S)).sqrt(), S)


def keep_trace(factors: Tensor, S: Tensor) -> Tensor:
    """Factors [D] in the same proportions under which tr S, the mean of |x|^2, stays as it is."""
    diagonal = S.diagonal()
    after = float((factors.square() * diagonal).sum())
    require(after > 0, "covariates", diagonal.tolist(), "variances of which the shift leaves one at least")
    return factors * math.sqrt(float(diagonal.sum()) / after)


def on_both_sides(factors: Tensor, matrix: Tensor) -> Tensor:
    """diag(factors) matrix diag(factors) [D, D]: the second moment of factors * x."""
    return factors.unsqueeze(-1) * matrix * factors


def blend(kept: Tensor, altered: Tensor, magnitude: float) -> Tensor:
    """(1 - m) kept + m altered, each vector [..., D] renormalised to the length it had in `kept`."""
    mixed = torch.lerp(kept, altered, magnitude)
    shrink = mixed.norm(dim=-1, keepdim=True)
    return mixed * (kept.norm(dim=-1, keepdim=True) / shrink)
