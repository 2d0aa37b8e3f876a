"""What a training costs, before it starts: from one forward pass without data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from icl_core.specs import Pretraining
from icl_core.training.loop import VALIDATION_PROMPTS

# Measured on one core of a server processor with 16-bit products: the shipped models' trainings within 15%.
SECONDS_A_STEP, SECONDS_A_BYTE = 0.008, 1.05e-9
PROCESS_BYTES = 600 * 2**20  # a worker that has trained nothing yet
COPIES = 5  # of the parameters: themselves, gradient, two moments, and a checkpoint in the making


@dataclass(frozen=True)
class Cost:
    """Parameters of the model, bytes of the worker, seconds of a step (an estimate)."""

    parameters: int
    memory: int
    seconds_a_step: float


@lru_cache(maxsize=256)
def cost(spec: Pretraining) -> Cost:
    """Counts what a forward pass keeps for the backward one, on tensors that have shapes but no memory.

    However large the spec, this takes milliseconds. Raises SpecError for a model that cannot be built.
    """
    kept = 0

    def keep(tensor: Tensor) -> Tensor:
        nonlocal kept
        kept += tensor.numel() * tensor.element_size()
        return tensor

    prompts, points = spec.recipe.batch, spec.context_length + 1
    with torch.device("meta"), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        network = spec.model.build(spec.dimension, spec.context_length, 1.0)
        network(torch.empty(prompts, points, spec.dimension), torch.empty(prompts, points))
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return Cost(
        parameters,
        PROCESS_BYTES + kept + 4 * COPIES * parameters + _data_bytes(spec),
        SECONDS_A_STEP + SECONDS_A_BYTE * kept,
    )


def _data_bytes(spec: Pretraining) -> int:
    """Of the validation prompts, float64, and of the task pool, float32: both of every family."""
    families = len(spec.mixture.families)
    validation = 8 * VALIDATION_PROMPTS * (spec.context_length + 1) * (spec.dimension + 2)
    return families * (validation + 4 * (spec.task_pool or 0) * spec.dimension)
