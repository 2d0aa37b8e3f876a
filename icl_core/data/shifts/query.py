"""Shifts of the query alone: context points stay as they are.

Dimensions: B prompts, N points, D inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from icl_core.data.moments import Moments
from icl_core.data.shifts.base import SCALE, BoundedShift, blend, on_both_sides, skew_factors
from icl_core.specs import MagnitudeRange, Pretraining

NEGLIGIBLE = 1e-8  # relative length below which a component is rounding


@dataclass(frozen=True)
class QueryScale(BoundedShift, kind="query_scale"):
    """The query times 2^m."""

    range: ClassVar[MagnitudeRange] = SCALE

    def queries(self, xs: Tensor, S: Tensor) -> Tensor:
        return 2.0**self.magnitude * xs

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments:
        return moments._replace(Q=4.0**self.magnitude * moments.Q)


@dataclass(frozen=True)
class QueryCovariance(BoundedShift, kind="query_covariance"):
    """The query's covariance alone is skewed: from S = I to eigenvalues ~ i^(-2m); its trace is kept."""

    def queries(self, xs: Tensor, S: Tensor) -> Tensor:
        return xs * skew_factors(self.magnitude, S).to(xs.dtype)

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments:
        return moments._replace(Q=on_both_sides(skew_factors(self.magnitude, moments.S), moments.Q))


@dataclass(frozen=True)
class QueryOrthogonal(BoundedShift, kind="query_orthogonal"):
    """(1 - m) of the query plus m of its component orthogonal to the context points, at its own length.

    Entry k is projected off the context points before k, in their order, for as long as something of the
    query is left: from k = D on (in general position) that is the first D - 1 of them, as nothing is
    orthogonal to more.
    """

    least_dimension: ClassVar[int] = 2

    def queries(self, xs: Tensor, S: Tensor) -> Tensor:
        return blend(xs, _off_context(xs), self.magnitude)

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments | None:
        return moments if self.magnitude == 0 else None  # the query depends on the context


@dataclass(frozen=True)
class QueryInSpan(BoundedShift, kind="query_in_span"):
    """(1 - m) of the query plus m of its projection on the span of the context points, at its own length.

    Entry 0, which has no context, is left as it is; so is, in effect, every entry whose context spans all
    inputs.
    """

    least_dimension: ClassVar[int] = 2

    def queries(self, xs: Tensor, S: Tensor) -> Tensor:
        projected = _on_context(xs)
        projected[:, 0] = xs[:, 0]
        return blend(xs, projected, self.magnitude)

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments | None:
        return moments if self.magnitude == 0 else None  # the query depends on the context


@dataclass(frozen=True)
class QueryOverlap(BoundedShift, kind="query_overlap"):
    """(1 - m) of the query plus m of the last example, at the query's own length.

    At m = 1 the query has been seen, up to its length: without noise whoever interpolates is exact for linear
    functions. After the 'overlapping' queries of Garg et al. (arXiv 2208.01066), which are any of the
    examples. Entry 0, which has no example, is left as it is.
    """

    def queries(self, xs: Tensor, S: Tensor) -> Tensor:
        before = torch.cat([xs[:, :1], xs[:, :-1]], 1)
        return blend(xs, before, self.magnitude)

    def moments(self, moments: Moments, pretraining: Pretraining) -> Moments | None:
        return moments if self.magnitude == 0 else None  # the query depends on the context


def _off_context(xs: Tensor) -> Tensor:
    """Each point [B, N, D] projected off the points before it, while anything is left of it."""
    left = xs
    for position, direction in enumerate(_directions(xs)):
        candidate = left - (left * direction).sum(-1, keepdim=True) * direction
        sees = torch.arange(xs.shape[1]) > position
        remains = candidate.norm(dim=-1) > NEGLIGIBLE * xs.norm(dim=-1)
        left = torch.where((sees & remains).unsqueeze(-1), candidate, left)
    return left


def _on_context(xs: Tensor) -> Tensor:
    """Each point [B, N, D] projected on the span of the points before it."""
    projected = torch.zeros_like(xs)
    for position, direction in enumerate(_directions(xs)):
        sees = (torch.arange(xs.shape[1]) > position).unsqueeze(-1)
        projected = projected + sees * (xs * direction).sum(-1, keepdim=True) * direction
    return projected


def _directions(xs: Tensor) -> list[Tensor]:
    """Gram-Schmidt of the points, [B, 1, D] each: of unit length, or 0 where the span does not grow.

    Stops once D points are done. Each point is orthogonalised twice, after which rounding is all that is
    left (Giraud et al. 2005). One point at a time, so that later points leave the directions before them as
    they are.
    """
    directions: list[Tensor] = []
    for point in xs.unbind(1):
        if len(directions) == xs.shape[-1]:
            break
        left = point.unsqueeze(1)  # [B, 1, D]
        for _ in range(2):
            for direction in directions:
                left = left - (left * direction).sum(-1, keepdim=True) * direction
        length = left.norm(dim=-1, keepdim=True)
        independent = length > NEGLIGIBLE * point.norm(dim=-1)[:, None, None]
        directions.append(torch.where(independent, left / length, torch.zeros_like(left)))
    return directions
