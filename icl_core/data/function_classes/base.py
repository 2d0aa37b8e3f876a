"""Batches of functions, one per prompt.

Dimensions: B prompts, N points, D inputs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.data.choice import choose


class Functions(ABC):
    """B functions, function b belonging to prompt b. Evaluating draws nothing."""

    @abstractmethod
    def evaluate(self, xs: Tensor) -> Tensor:
        """f_b(x) [B, N] at the points xs [B, N, D]."""

    @abstractmethod
    def take(self, index: Tensor) -> Functions:
        """The functions at positions index [B'], one for each of B' prompts."""

    @property
    def weights(self) -> Tensor | None:
        """The weights w_b [B, D] where every function is linear, f_b(x) = w_b.x; None otherwise."""
        return None


@dataclass(frozen=True)
class LinearFunctions(Functions):
    """f_b(x) = w_b.x."""

    coefficients: Tensor  # [B, D]

    def evaluate(self, xs: Tensor) -> Tensor:
        return (xs * self.coefficients.unsqueeze(1)).sum(-1)

    def take(self, index: Tensor) -> Functions:
        return LinearFunctions(self.coefficients[index])

    @property
    def weights(self) -> Tensor:
        return self.coefficients


@dataclass(frozen=True)
class ChosenFunctions(Functions):
    """Function b is that of family choice[b]."""

    options: tuple[Functions, ...]
    choice: Tensor  # [B]

    def evaluate(self, xs: Tensor) -> Tensor:
        return choose([option.evaluate(xs) for option in self.options], self.choice)

    def take(self, index: Tensor) -> Functions:
        return ChosenFunctions(tuple(option.take(index) for option in self.options), self.choice[index])


@dataclass(frozen=True)
class WeightedSum(Functions):
    """f_b = sum_j factors[j] terms[j]_b."""

    terms: tuple[Functions, ...]
    factors: tuple[float, ...]

    def evaluate(self, xs: Tensor) -> Tensor:
        return self._sum([term.evaluate(xs) for term in self.terms])

    def take(self, index: Tensor) -> Functions:
        return WeightedSum(tuple(term.take(index) for term in self.terms), self.factors)

    @property
    def weights(self) -> Tensor | None:
        weights = linear_weights(self.terms)
        return None if weights is None else self._sum(weights)

    def _sum(self, values: Sequence[Tensor]) -> Tensor:
        scaled = [factor * value for factor, value in zip(self.factors, values, strict=True)]
        return torch.stack(scaled).sum(0)


def linear_weights(functions: Sequence[Functions]) -> list[Tensor] | None:
    """The weights [B, D] of each batch; None unless all of them are linear."""
    weights = [batch.weights for batch in functions]
    known = [entry for entry in weights if entry is not None]
    return known if len(known) == len(weights) else None


def choose_functions(options: Sequence[Functions], choice: Tensor) -> Functions:
    """Function b of batch choice[b]; linear where all are."""
    weights = linear_weights(options)
    if weights is not None:
        return LinearFunctions(choose(weights, choice))
    return options[0] if len(options) == 1 else ChosenFunctions(tuple(options), choice)
