"""One layer of linear self-attention, exactly as Zhang, Frei and Bartlett (arXiv 2306.09927), eq. (3.3)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from icl_core.models.network import InContextNetwork
from icl_core.specs import Model, require


@dataclass(frozen=True)
class LinearAttention(Model, kind="linear_attention"):
    """Linear self-attention, initialised as Assumption 3.3 with Theta Theta^T = I / sqrt(D).

    W^PV starts at sigma diag(0, 1) and W^KQ at sigma diag(Theta Theta^T, 0), sigma = `init_scale`.
    """

    init_scale: float = 0.1

    def __post_init__(self) -> None:
        require(0 <= self.init_scale <= 10, "init_scale", self.init_scale, "0 to 10")

    def build(self, dimension: int, context_length: int, scale: float) -> LinearAttentionNetwork:
        """The layer acts on labels in their own units: predictions are equivariant to their scale."""
        theta_theta = torch.eye(dimension) / dimension**0.5
        return LinearAttentionNetwork(dimension, self.init_scale, theta_theta)


class LinearAttentionNetwork(InContextNetwork):
    """f(E) = E + W^PV E E^T W^KQ E / rho, E = [[x_1 .. x_k, x_query], [y_1 .. y_k, 0]], rho = k.

    The prediction is the bottom right entry of f(E); with no pair in context it is 0.
    """

    compute: torch.dtype = torch.float32  # has no hidden matrices that would gain from another

    def __init__(self, dimension: int, init_scale: float, theta_theta: Tensor) -> None:
        super().__init__()
        size = dimension + 1
        value, key_query = torch.zeros(size, size), torch.zeros(size, size)
        value[-1, -1] = init_scale
        key_query[:-1, :-1] = init_scale * theta_theta
        self.value = nn.Parameter(value)  # W^PV
        self.key_query = nn.Parameter(key_query)  # W^KQ

    @property
    def inputs(self) -> int:
        return len(self.key_query) - 1

    def matrices(self) -> list[nn.Parameter]:
        """No stacked hidden matrices: every parameter is trained in one way."""
        return []

    def forward(self, xs: Tensor, ys: Tensor, queries: Tensor | None = None) -> Tensor:
        """Predictions [B, N] for xs [B, N, D], ys [B, N]; entry k answers queries[:, k] by earlier pairs."""
        asked = xs if queries is None else queries
        pairs = torch.cat([xs, ys[..., None]], -1)  # columns of E: [B, N, D + 1]
        query = torch.cat([asked, torch.zeros_like(ys)[..., None]], -1)
        outer = pairs[..., :, None] * pairs[..., None, :]
        before = outer.cumsum(1) - outer  # sum over the pairs before k: [B, N, D + 1, D + 1]
        second = before + query[..., :, None] * query[..., None, :]  # E E^T
        length = torch.arange(xs.shape[1], dtype=xs.dtype, device=xs.device)
        attended = (second @ (query @ self.key_query.to(xs.dtype).T)[..., None])[..., 0]
        prediction = attended @ self.value[-1].to(xs.dtype) / length.clamp(min=1)
        return torch.where(length > 0, prediction, 0.0)

    def answer(self, xs: Tensor, ys: Tensor, query: Tensor) -> Tensor:
        """Predictions [B] at query [B, D] from all pairs of xs [B, k, D], ys [B, k]: entry k of `forward`."""
        inputs = torch.cat([xs, query[:, None]], 1)
        labels = functional.pad(ys, (0, 1))
        return self(inputs, labels)[:, -1]

    def reduced(self) -> Tensor:
        """A = u U^T [D, D], u = W^PV_22 and U = W^KQ_11: with all other blocks 0 the prediction is
        x_query^T A (1/k) sum_i y_i x_i."""
        return (self.value[-1, -1] * self.key_query[:-1, :-1].T).detach()
