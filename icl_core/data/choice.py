"""Drawing one of several alternatives per prompt."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from icl_core.data.randomness import Randomness


def draw_choice(randomness: Randomness, weights: Sequence[float], prompts: int) -> Tensor:
    """Index of the alternative of each prompt [B], drawn in proportion to the weights, which sum to 1."""
    edges = torch.tensor(weights[:-1], dtype=torch.float64).cumsum(0)
    uniforms = randomness.child("choice").prompt_uniforms(prompts)
    return torch.bucketize(uniforms.double(), edges, right=True)


def choose(options: Sequence[Tensor], choice: Tensor) -> Tensor:
    """Row b of the alternative choice[b], from alternatives [B, ...] of one shape."""
    if len(options) == 1:
        return options[0]
    return torch.stack(list(options))[choice, torch.arange(len(choice))]
