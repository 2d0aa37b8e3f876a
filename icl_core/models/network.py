"""What every network that learns in context offers, whatever its architecture."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class InContextNetwork(nn.Module, ABC):
    """A network whose predictions come from the pairs before a query.

    Dimensions: B prompts, N points, D inputs. `compute` is the type of its products.
    """

    compute: torch.dtype

    @property
    @abstractmethod
    def inputs(self) -> int:
        """D, the inputs that it was made for."""

    @abstractmethod
    def forward(self, xs: Tensor, ys: Tensor, queries: Tensor | None = None) -> Tensor:
        """Predictions [B, N] for xs [B, N, D], ys [B, N]; entry k answers queries[:, k] (default xs[:, k])
        from the pairs before k. Raises ValueError for more points than it can take."""

    @abstractmethod
    def answer(self, xs: Tensor, ys: Tensor, query: Tensor) -> Tensor:
        """Predictions [B] at query [B, D] from all pairs of xs [B, k, D], ys [B, k]: entry k of `forward`."""

    def grow_from(self, smaller: InContextNetwork) -> None:
        """Takes over the weights of a network of the same architecture; here, of the same size."""
        self.load_state_dict(smaller.state_dict())

    @abstractmethod
    def matrices(self) -> list[nn.Parameter]:
        """The stacked hidden matrices [L, out, in], which Muon trains; all else goes to Adam."""
