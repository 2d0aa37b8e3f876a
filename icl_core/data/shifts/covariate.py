"""Shifts of the covariates: context points and queries alike, labelled by unchanged functions."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from icl_core.data.moments import Moments
from icl_core.data.shifts.base import (
    SCALE,
    BoundedShift,
    keep_trace,
    on_both_sides,
    skew_factors,
)
from icl_core.specs import MagnitudeRange, Pretraining


class InputFactors(BoundedShift):
    """Multiplies each input by a factor."""

    @abstractmethod
    def factors(self, S: Tensor) -> Tensor:
        """Factors on the inputs [D] for covariates of second moment S [D, D]."""

    def covariates(self, xs: Tensor, S: Tensor) -> Tensor:
        return xs * self.factors(S).to(xs.dtype)

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments:
        factors = self.factors(moments.S)
        S, Q = on_both_sides(factors, moments.S), on_both_sides(factors, moments.Q)
        return moments._replace(S=S, Q=Q)


@dataclass(frozen=True)
class CovariateScale(InputFactors, kind="covariate_scale"):
    """x times 2^m: covariance times 4^m."""

    range: ClassVar[MagnitudeRange] = SCALE
    stops: ClassVar[tuple[float, ...]] = tuple(
        round(math.log2(c) / 2, 6) for c in (1 / 16, 1 / 9, 1 / 4, 1 / 2, 1, 2, 4, 9, 16)
    )
    """Magnitudes that multiply the covariance by a round c = 4^m, the paper's 1, 4 and 9 among them."""

    def factors(self, S: Tensor) -> Tensor:
        return torch.full((len(S),), 2.0**self.magnitude, dtype=torch.float64)


@dataclass(frozen=True)
class CovariateSkew(InputFactors, kind="covariate_skew"):
    """From S = I, eigenvalues ~ i^(-2m) with trace D; any other S is skewed alike and keeps its trace."""

    def factors(self, S: Tensor) -> Tensor:
        return skew_factors(self.magnitude, S)


@dataclass(frozen=True)
class CovariateHalfSubspace(InputFactors, kind="covariate_half_subspace"):
    """The second half of the inputs times 1 - m, renormalised to the trace of S.

    At m = 1 covariates lie in the first ceil(D/2) directions with twice the variance (Garg et al.
    2208.01066).
    """

    least_dimension: ClassVar[int] = 2

    def factors(self, S: Tensor) -> Tensor:
        dimension = len(S)
        kept = torch.arange(dimension) < (dimension + 1) // 2
        return keep_trace(torch.where(kept, 1.0, 1 - self.magnitude).double(), S)


@dataclass(frozen=True)
class CovariateRotation(BoundedShift, kind="covariate_rotation"):
    """Rotates by 90 m degrees in the planes of inputs (1, 2), (3, 4), ...; an odd last input stays.

    Under S = I the rotated covariates are distributed as before.
    """

    least_dimension: ClassVar[int] = 2

    def covariates(self, xs: Tensor, S: Tensor) -> Tensor:
        cosine, sine = self._angle()
        paired = xs.shape[-1] // 2 * 2
        first, second = xs[..., 0:paired:2], xs[..., 1:paired:2]
        turned = torch.stack((cosine * first - sine * second, sine * first + cosine * second), dim=-1)
        return torch.cat((turned.flatten(-2), xs[..., paired:]), dim=-1)  # [B, N, D/2, 2] -> [B, N, D]

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments:
        rotation = self.matrix(len(moments.S))
        S, Q = rotation @ moments.S @ rotation.mT, rotation @ moments.Q @ rotation.mT
        return moments._replace(S=S, Q=Q)

    def matrix(self, dimension: int) -> Tensor:
        """The rotation R [D, D], float64: x becomes R x."""
        basis = torch.eye(dimension, dtype=torch.float64)
        return self.covariates(basis.unsqueeze(0), basis).squeeze(0).mT

    def _angle(self) -> tuple[float, float]:
        angle = math.radians(90 * self.magnitude)
        return math.cos(angle), math.sin(angle)


@dataclass(frozen=True)
class CovariateQuadrant(BoundedShift, kind="covariate_quadrant"):
    """The first m D inputs of the context in one quadrant, drawn per prompt; the query in the opposite one.

    The quadrant is that of the prompt's first point: signs of their own where inputs are independent. After
    'different orthants' of Garg et al. (arXiv 2208.01066), whose query is in a random one.
    """

    def covariates(self, xs: Tensor, S: Tensor) -> Tensor:
        signs = torch.where(xs[:, :1] < 0, -1.0, 1.0).to(xs.dtype)  # [B, 1, D]
        return torch.where(self._moved(xs), xs.abs() * signs, xs)

    def queries(self, xs: Tensor, S: Tensor) -> Tensor:
        return torch.where(self._moved(xs), -xs, xs)

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments | None:
        return moments if self.magnitude == 0 else None  # the context has a mean, which differs by prompt

    def _moved(self, xs: Tensor) -> Tensor:
        """Which inputs [D] lie in the quadrant."""
        return torch.arange(xs.shape[-1], device=xs.device) < round(self.magnitude * xs.shape[-1])
