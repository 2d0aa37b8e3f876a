"""The predictors of a learning curve: the model, and everything it is compared with."""

from __future__ import annotations

import torch

from icl_core.data.families import MAX_COMPONENTS
from icl_core.data.prompts import task_pool
from icl_core.evaluation.closed_forms import trained_attention
from icl_core.models import InContextNetwork
from icl_core.predictors import (
    Averaging,
    BayesMixture,
    DiscreteMMSE,
    GradientDescent,
    Lasso,
    LeastSquares,
    LinearAttention,
    Neighbours,
    Network,
    Predictor,
    Ridge,
    Zero,
)
from icl_core.specs import Experiment, Mixture, Pretraining

NUGGET = 1e-6  # noise variance over v that stands for none in the Bayes learners
NEIGHBOURS = 3
DESCENT_STEPS = 20
DESCENT_RATE = 0.5  # over E |x|^2 of pretraining: a single pair far longer than usual makes descent diverge


def suite(experiment: Experiment, network: InContextNetwork | None) -> dict[str, Predictor]:
    """Predictors by name, the model (where there is one) under the name of its kind.

    'bayes' has the pretraining prior: what an ideal pretrained model does. 'bayes_test' has the prior of the
    test prompts, the floor, and is there only where it differs from 'bayes' and is exact. 'dmmse' knows the
    task pool.
    """
    pretraining, evaluation = experiment.pretraining, experiment.evaluation
    predictors: dict[str, Predictor] = {}
    if network is not None:
        predictors[pretraining.model.kind] = Network(network)
    matrix = trained_attention(pretraining)
    if matrix is not None:
        predictors["lsa"] = LinearAttention(torch.from_numpy(matrix))
    predictors |= {
        "ols": LeastSquares(),
        "ridge": ridge(experiment),
        "lasso": Lasso(evaluation.alpha),
    }
    predictors |= bayes_learners(experiment)
    mean_square = float(pretraining.covariates.second_moment(pretraining.dimension).trace())
    return predictors | {
        "averaging": Averaging(),
        "gradient_descent": GradientDescent(DESCENT_STEPS, DESCENT_RATE / mean_square),
        "neighbours": Neighbours(NEIGHBOURS),
        "zero": Zero(),
    }


def bayes_learners(experiment: Experiment) -> dict[str, Predictor]:
    """The ideal learners that are computable."""
    pretraining, shift = experiment.pretraining, experiment.evaluation.shift
    v = pretraining.label_variance
    learners: dict[str, Predictor] = {}
    prior = bayes_mixture(pretraining, pretraining.mixture, pretraining.noise_variance)
    if prior is not None:
        learners["bayes"] = prior
    tested = bayes_mixture(pretraining, shift.mixture(experiment.mixture), experiment.test_noise_variance)
    if tested is not None and tested != prior and shift.keeps_functions:
        learners["bayes_test"] = tested
    if pretraining.task_pool is not None:
        weights = task_pool(pretraining, pretraining.mixture).functions.weights
        if weights is not None:
            learners["dmmse"] = DiscreteMMSE(weights, max(pretraining.noise_variance, NUGGET * v))
    return learners


def bayes_mixture(pretraining: Pretraining, mixture: Mixture, noise_variance: float) -> BayesMixture | None:
    """The Bayes learner for prompts from `mixture`; None where a family has none that is computable.

    A family of more than MAX_COMPONENTS supports or grid points counts as not computable.
    """
    families = []
    for function_class in mixture.families:
        family = function_class.family(pretraining.covariates, pretraining.dimension)
        if family is None or family.component_count(pretraining.dimension) > MAX_COMPONENTS:
            return None
        families.append(family)
    nugget = NUGGET * pretraining.label_variance
    return BayesMixture(families, mixture.weights, max(noise_variance, nugget))


def ridge(experiment: Experiment) -> Predictor:
    """Ridge with the evaluation's penalty, or the optimal one for dense weights: noise over weight variance.

    Its limit for no noise is min-norm least squares.
    """
    chosen, pretraining = experiment.evaluation.penalty, experiment.pretraining
    if chosen is not None:
        return Ridge(chosen)
    if experiment.test_noise_variance == 0:
        return LeastSquares()
    second_moment = float(pretraining.covariates.second_moment(pretraining.dimension).trace())
    weight_variance = pretraining.label_variance / second_moment
    return Ridge(experiment.test_noise_variance / weight_variance)


def unregularised(experiment: Experiment) -> frozenset[str]:
    """The predictors that fit every label, as least squares does, and so share its infinite means.

    Ridge does without noise, and the Bayes learner of noise-free pretraining on what that did not hold.
    """
    names, noisy = {"ols"}, experiment.test_noise_variance > 0
    if experiment.evaluation.penalty is None and not noisy:
        names.add("ridge")
    known = set(experiment.mixture.families) <= set(experiment.pretraining.mixture.families)
    known &= experiment.evaluation.shift.keeps_functions
    if experiment.pretraining.noise_variance == 0 and (noisy or not known):
        names.add("bayes")
    return frozenset(names)
