"""Functions drawn from one prompt: the truth, and every learner's answer for each number of pairs."""

import numpy as np
import pytest
import torch

from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Combination, Dense, Sinusoid
from icl_core.data.prompts import sample_prompts
from icl_core.data.shifts import CovariateScale
from icl_core.evaluation.prompt_functions import (
    drawn_prompt,
    function_distance,
    in_context_functions,
    prompt_functions,
)
from icl_core.evaluation.suite import bayes_mixture
from icl_core.models import Transformer
from icl_core.predictors import LeastSquares, Network, Ridge
from icl_core.specs import Evaluation, Experiment, FunctionClass, Mixture, Pretraining, SpecError

ONE_INPUT = Pretraining(
    dimension=1,
    context_length=6,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(), 0.5)),
    model=Transformer(layers=1, heads=1, width=16),
)
GRID = np.linspace(-3, 3, 11)


def on(family: FunctionClass | None, **rest: object) -> Experiment:
    return Experiment(ONE_INPUT, Evaluation(function_class=family, context_length=6, prompts=8, **rest))  # type: ignore[arg-type]


@pytest.mark.parametrize("family", [None, Dense(), Sinusoid(1, 3), Combination(Dense(), Sinusoid(), 0.25)])
@pytest.mark.parametrize("number", [0, 5])
def test_the_truth_is_the_function_that_labelled_the_prompt(
    family: FunctionClass | None, number: int
) -> None:
    experiment = on(family, seed=3)
    xs = sample_prompts(experiment, number, 1).xs[0, :, 0].numpy()
    prompt = drawn_prompt(experiment, number, xs)
    assert prompt.truth is not None
    assert np.array_equal(prompt.xs, xs[:6])
    assert prompt.truth[:6] == pytest.approx(prompt.ys, abs=1e-12)


def test_the_truth_of_a_shifted_test_is_not_offered() -> None:
    with pytest.raises(SpecError, match="shift"):
        drawn_prompt(on(Dense(), shift=CovariateScale(1.0)), 0, GRID)


def test_in_context_functions_are_separate_answers() -> None:
    torch.manual_seed(1)
    network = Network(ONE_INPUT.model.build(1, 6, 1.0))
    network.model.project.data.normal_(0, 0.3)
    xs, ys = torch.randn(6, 1, dtype=torch.float64), torch.randn(6, dtype=torch.float64)
    grid = torch.from_numpy(GRID)
    for predictor, tolerance in ((network, 1e-5), (LeastSquares(), 1e-12), (Ridge(0.3), 1e-12)):
        drawn = in_context_functions(predictor, xs, ys, grid)
        assert drawn.shape == (7, 11)
        for k in range(7):
            for point in (0, 4, 10):
                asked = torch.cat([xs[:k], grid[point].view(1, 1)])[None]
                alone = predictor.predict(asked, torch.cat([ys[:k], torch.zeros(1)]).double()[None])[0, k]
                assert drawn[k, point].item() == pytest.approx(alone.item(), abs=tolerance)


def test_every_learner_has_a_row_for_each_number_of_pairs() -> None:
    prompt = drawn_prompt(on(Sinusoid()), 1, GRID)
    mixture = bayes_mixture(ONE_INPUT, ONE_INPUT.mixture, 0.0)
    assert mixture is not None
    drawn = prompt_functions(prompt, GRID, {"ols": LeastSquares()}, {"bayes": mixture}, mixture)
    assert {name: rows.shape for name, rows in drawn.functions.items()} == {"ols": (7, 11), "bayes": (7, 11)}
    assert drawn.posterior.sum(1) == pytest.approx(np.ones(7))
    assert drawn.posterior[0] == pytest.approx([0.5, 0.5])
    assert drawn.posterior[6, 1] > 0.99  # six points of a sinusoid without noise
    assert drawn.functions["bayes"][6] == pytest.approx(prompt.truth, abs=0.01)


def test_distances_are_taken_over_the_inputs_asked_for() -> None:
    grid = np.linspace(-4, 4, 33)
    far = np.where(np.abs(grid) > 3, 100.0, np.where(grid < 0, 1.0, -7.0))
    near = np.where(grid < 0, 0.0, -6.0)
    assert function_distance(far, near, grid, (-3.0, 3.0)) == pytest.approx(1.0)
