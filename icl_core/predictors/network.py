"""A trained model as a predictor.

Dimensions: B prompts, N points, D inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.models import InContextNetwork
from icl_core.predictors.base import Predictor, check_shapes, check_width

CHUNK_POINTS = 1 << 9  # points of a forward pass: what they turn into stays in the cache


@dataclass(frozen=True, eq=False)
class Network(Predictor):
    """Predictions of a network in float32, in one forward pass for all context lengths.

    `model` maps xs [B, N, D], ys [B, N] and queries [B, N, D] to predictions [B, N]; entry k answers
    queries[:, k] from the pairs before k, which its `answer` gives alone. Raises the model's ValueError for
    prompts beyond its positions.
    """

    model: InContextNetwork

    def predict(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Prediction [B, N] at xs[:, k] from the pairs before k; dtype of xs."""
        check_shapes(xs, ys)
        return self._run(xs, ys, None)

    def predict_query(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        """Prediction [B, N] at queries[:, k] of queries [B, N, D] from the pairs before k; dtype of xs."""
        check_shapes(xs, ys, queries)
        return self._run(xs, ys, None if queries is xs else queries)

    @torch.no_grad()
    def predict_at(self, xs: Tensor, ys: Tensor, queries: Tensor, k: int) -> Tensor:
        """Entry k of `predict_query` alone, [B]: one query a prompt."""
        check_shapes(xs, ys, queries)
        check_width(self.model.inputs, xs)
        if not len(xs):
            return xs.new_zeros(0)
        size = max(1, CHUNK_POINTS // (k + 1))
        asked = (xs[:, :k].float(), ys[:, :k].float(), queries[:, k].float())
        chunks = zip(*(part.split(size) for part in asked), strict=True)
        return torch.cat([self.model.answer(*chunk) for chunk in chunks]).to(xs.dtype)

    @torch.no_grad()
    def _run(self, xs: Tensor, ys: Tensor, queries: Tensor | None) -> Tensor:
        check_width(self.model.inputs, xs)
        chunk = max(1, CHUNK_POINTS // xs.shape[1])
        parts = [xs.new_zeros(0, xs.shape[1])]
        for start in range(0, len(xs), chunk):
            rows = slice(start, start + chunk)
            asked = None if queries is None else queries[rows].float()
            parts.append(self.model(xs[rows].float(), ys[rows].float(), asked))
        return torch.cat(parts).to(xs.dtype)


register(
    Method("transformer", place=10, usual=True, trained=True, look=Look("blue", "solid", 4.0)),
    Method("linear_attention", place=11, usual=True, trained=True, look=Look("blue", "solid", 4.0)),
)
