"""What Explore shows first: dense linear functions at home, with the library's model where it has one."""

from __future__ import annotations

from icl_core.library.finding import Models, resolve
from icl_core.specs import Evaluation, Experiment, Pretraining

DENSE = Pretraining(dimension=8, context_length=16)
PROMPTS = 256  # smooth enough to read, few enough to answer at once


def start(models: Models) -> Experiment:
    """What a link that says nothing is about.

    Without a model of these data it is linear attention at its optimum: nothing to train.
    """
    return Experiment(resolve(DENSE, models), Evaluation(prompts=PROMPTS))
