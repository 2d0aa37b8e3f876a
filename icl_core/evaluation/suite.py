"""The predictors of a learning curve: the model, and everything it is compared with."""

from __future__ import annotations

import torch

from icl_core.evaluation.closed_forms import ClosedForm
from icl_core.methods import REGISTERED, methods
from icl_core.models import InContextNetwork
from icl_core.predictors import LinearAttention, Network, Predictor
from icl_core.predictors.bayes import NUGGET, bayes_mixture
from icl_core.predictors.ridge import ridge
from icl_core.specs import Experiment

__all__ = ["NUGGET", "bayes_learners", "bayes_mixture", "ridge", "suite", "unregularised"]

IDEAL = ("bayes", "bayes_test", "dmmse")


def suite(experiment: Experiment, network: InContextNetwork | None) -> dict[str, Predictor]:
    """Predictors by name in reading order: every registered method that the experiment has.

    The model (where there is one) stands under the name of its kind, linear attention at its optimum under
    'lsa'.
    """
    pretraining = experiment.pretraining
    models: dict[str, Predictor] = {}
    if network is not None:
        models[pretraining.model.kind] = Network(network)
    matrix = ClosedForm.of(experiment).attention
    if matrix is not None:
        models["lsa"] = LinearAttention(torch.from_numpy(matrix))
    return models | _existing({method.name: method.built(experiment) for method in methods()})


def bayes_learners(experiment: Experiment) -> dict[str, Predictor]:
    """The ideal learners that are computable.

    'bayes' has the pretraining prior: what an ideal pretrained model does. 'bayes_test' has the prior of the
    test prompts, the floor, and is there only where it differs from 'bayes' and is exact. 'dmmse' knows the
    task pool.
    """
    return _existing({name: REGISTERED[name].built(experiment) for name in IDEAL})


def unregularised(experiment: Experiment) -> frozenset[str]:
    """The predictors that fit every label, as least squares does, and so share its infinite means."""
    return frozenset(method.name for method in methods() if method.unregularised(experiment))


def _existing(built: dict[str, Predictor | None]) -> dict[str, Predictor]:
    return {name: predictor for name, predictor in built.items() if predictor is not None}
