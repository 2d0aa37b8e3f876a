"""What Explore shows first: dense linear functions at home, with the library's model where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Pretraining

DENSE = Pretraining(dimension=8, context_length=16)
PROMPTS = 256  # smooth enough to read, few enough to answer at once


def start(models: Mapping[str, Pretraining]) -> Experiment:
    """What a link that says nothing is about; `models` are the library's specs by name.

    Without a model of these data it is linear attention at its optimum: nothing to train.
    """
    found = (spec for spec in models.values() if same_data(spec, DENSE))
    return Experiment(next(found, replace(DENSE, model=LinearAttention())), Evaluation(prompts=PROMPTS))


def same_data(spec: Pretraining, asked: Pretraining) -> bool:
    """Whether a model was pretrained on the asked distribution of prompts, up to their length."""
    return (
        spec.dimension == asked.dimension
        and spec.covariates == asked.covariates
        and spec.mixture == asked.mixture
        and spec.label_noise == asked.label_noise
        and spec.task_pool == asked.task_pool
        and spec.context_length == asked.context_length
    )
