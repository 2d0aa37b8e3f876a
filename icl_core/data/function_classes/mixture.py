"""Functions of a mixture of families: the family of a prompt is drawn once per prompt."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from icl_core.data.choice import draw_choice
from icl_core.data.function_classes.base import Functions, choose_functions
from icl_core.data.randomness import Randomness
from icl_core.specs import Covariance, Mixture


class MixtureSample(NamedTuple):
    """One function per prompt, and the position of its family in the mixture [B]."""

    functions: Functions
    family_index: Tensor

    def take(self, index: Tensor) -> MixtureSample:
        """The functions at positions index [B'], one for each of B' prompts."""
        return MixtureSample(self.functions.take(index), self.family_index[index])


def sample_mixture(
    mixture: Mixture, randomness: Randomness, prompts: int, covariates: Covariance, dimension: int
) -> MixtureSample:
    """One function per prompt.

    Each kind of family has a stream of its own: the function which a family gives prompt b is the same
    whatever else is in the mixture and whatever the weights.
    """
    options = [
        family.sample(randomness.child(family.kind), prompts, covariates, dimension)
        for family in mixture.families
    ]
    if len(options) == 1:
        return MixtureSample(options[0], torch.zeros(prompts, dtype=torch.long))
    index = draw_choice(randomness, mixture.weights, prompts)
    return MixtureSample(choose_functions(options, index), index)
