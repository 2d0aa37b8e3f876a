"""Stopping a training early: when it is good enough, and which model that makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from icl_core.evaluation.suite import bayes_mixture
from icl_core.predictors import BayesMixture, LeastSquares
from icl_core.specs import Pretraining
from icl_core.training import Snapshot
from icl_core.training.checkpoint import Checkpoint
from icl_core.training.loop import VALIDATION_PROMPTS, checkpoint_path, validation_prompts

MOST_WORK = 3e8  # some ten seconds


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

    Ideal is the Bayes learner with the pretraining prior. Where that takes too long, or is not computable,
    it is the better of least squares and the zero predictor: least squares alone may be off by any amount
    near as many examples as inputs. `errors` [F, K + 1] are its, normalised, by family and number of pairs.
    """

    def __init__(self, spec: Pretraining) -> None:
        bayes = bayes_mixture(spec, spec.mixture, spec.noise_variance)
        self.is_bayes = bayes is not None and _work(bayes, spec) <= MOST_WORK
        ideal = bayes if bayes is not None and self.is_bayes else LeastSquares()
        prompts = [validation_prompts(spec, family) for family in range(len(spec.mixture.families))]
        errors = [(ideal.predict(each.xs, each.ys) - each.targets).square().numpy() for each in prompts]
        found = np.array(errors).mean(1) / spec.label_variance  # [F, K + 1]
        self.errors = found if self.is_bayes else np.minimum(found, 1.0)

    def of(self, snapshot: Snapshot) -> float:
        """Mean excess over k = 1..K of the family that has the largest."""
        excess = np.array(snapshot.errors) - self.errors  # [F, K + 1]
        return float(excess[:, 1:].mean(1).max())


def _work(bayes: BayesMixture, spec: Pretraining) -> float:
    """Entries of the covariance roots that the Bayes learner updates on the validation prompts."""
    one = torch.zeros(1, 1, spec.dimension, dtype=torch.float64)
    counts = [family.component_count(spec.dimension) for family in bayes.families]
    features = [family.features(one).shape[-1] for family in bayes.families]
    roots = sum(count * size**2 for count, size in zip(counts, features, strict=True))
    return roots * VALIDATION_PROMPTS * (spec.context_length + 1) * len(spec.mixture.families)
