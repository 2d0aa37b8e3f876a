"""Stopping a training early: when it is good enough, and which model that makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from icl_core.evaluation.suite import bayes_mixture
from icl_core.predictors import LeastSquares
from icl_core.specs import Pretraining
from icl_core.training import Snapshot
from icl_core.training.checkpoint import Checkpoint
from icl_core.training.loop import checkpoint_path, validation_prompts


def shortened(spec: Pretraining, step: int) -> Pretraining:
    """The model that trains as `spec` does up to `step`, then decays for the same share of its steps.

    Up to `step` the two trainings are the same, batch for batch and rate for rate: so this is an ordinary
    model that anybody can train again, and not a `spec` that was broken off. Needs `can_stop(spec, step)`.
    """
    decay = max(1, round(step * spec.recipe.decay / (1 - spec.recipe.decay)))
    return replace(spec, recipe=replace(spec.recipe, steps=step + decay, decay=decay / (step + decay)))


def can_stop(spec: Pretraining, step: int) -> bool:
    """Whether `step` lies after the warm-up and the curriculum and before the decay."""
    begun = max(spec.recipe.warmup, sum(stage.steps for stage in spec.recipe.curriculum))
    return begun < step < spec.recipe.decay_start


def hand_over(state: Path, spec: Pretraining, to: Pretraining) -> None:
    """Gives the checkpoint of `spec` to the model `to`, unless that has one. Raises CheckpointError."""
    target = checkpoint_path(state, to, "latest")
    if not target.exists():
        Checkpoint.load(checkpoint_path(state, spec, "latest"), spec.hash).save(target, to.hash)


class Excess:
    """How far a learning curve lies above that of the ideal learner, on the same validation prompts.

    Ideal is the Bayes learner with the pretraining prior, and least squares where that is not computable.
    """

    def __init__(self, spec: Pretraining) -> None:
        ideal = bayes_mixture(spec, spec.mixture, spec.noise_variance) or LeastSquares()
        prompts = [validation_prompts(spec, family) for family in range(len(spec.mixture.families))]
        errors = [(ideal.predict(each.xs, each.ys) - each.targets).square().mean(0) for each in prompts]
        self._errors = np.array([each.numpy() for each in errors]) / spec.label_variance  # [F, K + 1]

    def of(self, snapshot: Snapshot) -> float:
        """Mean excess over k = 1..K of the family that has the largest."""
        excess = np.array(snapshot.errors) - self._errors  # [F, K + 1]
        return float(excess[:, 1:].mean(1).max())
