"""The shape that every predictor has, and what the linear ones share.

Dimensions: B prompts, N points, D inputs.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator

import torch
from torch import Tensor

from icl_core.specs import SpecError

CHUNK_ENTRIES = 1 << 20  # float64 entries of one table over prompts and points held at once


class Predictor(ABC):
    """Predicts f(x) in context. Entry k of every result uses the pairs before k alone, and is 0 at k = 0."""

    def predict(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Prediction [B, N] at xs[:, k] from the pairs before k, for xs [B, N, D] and ys [B, N]."""
        return self.predict_query(xs, ys, xs)

    @abstractmethod
    def predict_query(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        """Prediction [B, N] at queries[:, k] of queries [B, N, D] from the pairs before k."""

    def predict_at(self, xs: Tensor, ys: Tensor, queries: Tensor, k: int) -> Tensor:
        """Entry k of `predict_query` alone, [B], for less where a learner can."""
        inputs = xs[:, : k + 1]
        asked = inputs if queries is xs else queries[:, : k + 1]
        return self.predict_query(inputs, ys[:, : k + 1], asked)[:, k]


class LinearPredictor(Predictor):
    """A predictor w.x whose weights are learned from the pairs before k."""

    @abstractmethod
    def weights(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Learned weights [B, N, D], float64; entry k is the solution for the pairs before k, 0 at k = 0."""

    def predict_query(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        """Prediction [B, N] at queries[:, k] of queries [B, N, D] from the pairs before k; dtype of xs."""
        check_shapes(xs, ys, queries)
        return (self.weights(xs, ys) * queries).sum(-1).to(xs.dtype)


class ChunkedPredictor(LinearPredictor):
    """A linear predictor that solves in float64, a chunk of prompts at a time to bound its memory."""

    def weights(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Learned weights [B, N, D], float64; entry k is the solution for the pairs before k, 0 at k = 0."""
        check_shapes(xs, ys)
        return torch.cat([self.fit(*chunk) for chunk in chunks(xs.double(), ys.double())])

    @abstractmethod
    def fit(self, xs: Tensor, ys: Tensor) -> Tensor:
        """`weights` of one chunk, whose tensors are float64 and of valid shape."""


def check_shapes(xs: Tensor, ys: Tensor, queries: Tensor | None = None) -> None:
    """What every predictor asks of prompts: shapes, floating-point numbers, all finite, no gradients.

    A pair that is not finite would reach earlier entries, as 0 times NaN is NaN.

    Raises:
        ValueError: unless xs is [B, N, D], N and D from 1 up, ys [B, N] and queries, if given, like xs.
    """
    if xs.ndim != 3 or 0 in xs.shape[1:]:
        raise ValueError(
            f"xs has shape {tuple(xs.shape)}: pass covariates of shape [prompts, points, inputs]."
        )
    if ys.shape != xs.shape[:2]:
        raise ValueError(
            f"ys has shape {tuple(ys.shape)}: pass one label a point, shape {tuple(xs.shape[:2])}."
        )
    if queries is not None and queries.shape != xs.shape:
        raise ValueError(
            f"queries has shape {tuple(queries.shape)}: pass one query a point, {tuple(xs.shape)}."
        )
    for name, tensor in (("xs", xs), ("ys", ys), ("queries", xs if queries is None else queries)):
        if not tensor.is_floating_point():
            raise ValueError(
                f"{name} holds {tensor.dtype}: pass floating-point numbers, as {name}.double() does."
            )
        if tensor.requires_grad:
            raise ValueError(
                f"{name} asks for gradients, which predictors do not give: pass {name}.detach()."
            )
        if not tensor.isfinite().all():
            raise ValueError(f"{name} holds values that are not finite: leave such prompts out.")


def check_width(expected: int, xs: Tensor) -> None:
    """Raises ValueError unless xs [B, N, D] has as many inputs as a predictor was made for."""
    if xs.shape[-1] != expected:
        raise ValueError(
            f"xs has {xs.shape[-1]} inputs: pass prompts of {expected}, as this predictor was made for."
        )


def whole_number(field: str, value: float) -> int:
    """A count of at least 1 as an int. Raises SpecError."""
    if isinstance(value, bool) or not (math.isfinite(value) and value == int(value) and value >= 1):
        raise SpecError(field, value, "a whole number of at least 1")
    return int(value)


def rounding(xs: Tensor) -> float:
    """Relative rounding of inputs: that of their own type, but of float64, as they are exact, for halves."""
    halves = (torch.bfloat16, torch.float16)
    return torch.finfo(torch.float64 if xs.dtype in halves else xs.dtype).eps


def unseen_share(xs: Tensor) -> float:
    """Share of the largest singular value of prompts [B, N, D] below which a direction counts as unseen."""
    return rounding(xs) * max(xs.shape[1:])


def chunks(xs: Tensor, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """xs [B, N, D] and tensors beside it cut along the prompts, evenly, so that tables stay moderate.

    The tables are a chunk's prefix Gram matrices [B, N, D, D] and its residuals or distances [B, N, N].
    """
    prompts, points, inputs = xs.shape
    entries = prompts * points * max(inputs**2, points)
    count = max(1, min(prompts, math.ceil(entries / CHUNK_ENTRIES)))
    return zip(*(tensor.tensor_split(count) for tensor in (xs, *others)), strict=True)


def prefix_sum(terms: Tensor) -> Tensor:
    """Entry k along dimension 1 is the sum of the terms before k, so entry 0 is 0."""
    total = torch.zeros_like(terms)
    torch.cumsum(terms[:, :-1], dim=1, out=total[:, 1:])
    return total


def prefix_moments(xs: Tensor, ys: Tensor) -> tuple[Tensor, Tensor]:
    """X^T X [B, N, D, D] and X^T y [B, N, D] of the pairs before each k, not divided by k."""
    return prefix_sum(xs[..., :, None] * xs[..., None, :]), prefix_sum(xs * ys[..., None])


def prefix_lengths(xs: Tensor) -> Tensor:
    """Number of pairs before each k, [N, 1], with 1 in place of 0 so that it can divide."""
    return torch.arange(xs.shape[1], dtype=xs.dtype, device=xs.device).clamp(min=1)[:, None]
