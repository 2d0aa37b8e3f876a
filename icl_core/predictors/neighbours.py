"""Nearest neighbours."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import Predictor, check_shapes, chunks, prefix_lengths, whole_number


@dataclass(frozen=True)
class Neighbours(Predictor):
    """Mean label of the `k` pairs nearest to the query (Euclidean); of all pairs while there are fewer.

    Of pairs equally far the earlier counts as nearer.
    """

    k: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", whole_number("k", self.k))

    def predict_query(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        """Prediction [B, N] at queries[:, k] of queries [B, N, D] from the pairs before k; dtype of xs."""
        check_shapes(xs, ys, queries)
        parts = chunks(xs.double(), ys.double(), queries.double())
        return torch.cat([self._predict_chunk(*part) for part in parts]).to(xs.dtype)

    def _predict_chunk(self, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
        # Differences rather than the matrix-product shortcut, which cannot tell near neighbours apart.
        distances = torch.cdist(queries, xs, compute_mode="donot_use_mm_for_euclid_dist")
        unseen = distances.new_ones(distances.shape[1:], dtype=torch.bool).triu()  # [N (query), N (pair)]
        distances = distances.masked_fill(unseen, math.inf)
        nearest = distances.sort(dim=-1, stable=True).indices[..., : self.k]  # [B, N, min(k, N)]
        labels = ys[:, None].expand(-1, xs.shape[1], -1).gather(-1, nearest)
        counted = ~unseen.expand_as(distances).gather(-1, nearest)
        counts = prefix_lengths(xs)[:, 0].clamp(max=self.k)  # [N]
        return labels.where(counted, 0).sum(-1) / counts


register(Method("neighbours", lambda _: Neighbours(3), place=90, look=Look("amber", "longdash", 2.25)))
