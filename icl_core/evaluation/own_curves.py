"""Learning curves on prompts of one's own: every predictor, held to the labels that they bring."""

from __future__ import annotations

from dataclasses import replace

from icl_core.data.prompts import Prompts
from icl_core.evaluation.curves import LearningCurves, learning_curves
from icl_core.evaluation.suite import suite, unregularised
from icl_core.models import InContextNetwork
from icl_core.specs import Evaluation, Experiment


def own_experiment(experiment: Experiment, prompts: Prompts) -> Experiment:
    """The test that own prompts are: as many, as long, the predictors' settings kept, nothing shifted.

    Raises SpecError for prompts longer than the model has positions for.
    """
    asked, (count, points) = experiment.evaluation, prompts.ys.shape
    evaluation = Evaluation(
        context_length=points - 1,
        prompts=count,
        label_noise=asked.label_noise,
        alpha=asked.alpha,
        penalty=asked.penalty,
    )
    return replace(experiment, evaluation=evaluation)


def own_curves(experiment: Experiment, prompts: Prompts, network: InContextNetwork | None) -> LearningCurves:
    """Squared distance to the labels over v, with k = 0..N - 1 pairs, of every predictor on the same prompts.

    The labels' own noise is part of it: no predictor can do without. Nothing is known in closed form.
    """
    tested = own_experiment(experiment, prompts)
    return learning_curves(tested, suite(tested, network), {}, unregularised(tested), given=prompts)
