"""What each learner makes of one prompt of one input, as a function of x, with every number of pairs.

Dimensions: N pairs, G points of the grid, F families.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Functions
from icl_core.data.function_classes.mixture import sample_mixture
from icl_core.data.prompts import sample_prompts
from icl_core.data.randomness import AddressedRandomness
from icl_core.evaluation.ideal_functions import ideal_functions
from icl_core.evaluation.suite import bayes_mixture
from icl_core.predictors import BayesMixture, Predictor
from icl_core.specs import Experiment, Mixture, Pretraining, SpecError, require

Array = NDArray[np.float64]

GRID_POINTS = 101


@dataclass(frozen=True, eq=False)
class Prompt:
    """The pairs of one prompt, and the noise-free function on the grid where it is known."""

    xs: Array  # [N]
    ys: Array  # [N]
    truth: Array | None = None  # [G]


@dataclass(frozen=True, eq=False)
class PromptFunctions:
    """Functions of the learners on `grid` [G]: row k of each, [N + 1, G], is the one after the first k pairs.

    `posterior` [N + 1, F] holds the Bayes mixture's probabilities of its families.
    """

    grid: Array
    prompt: Prompt
    functions: Mapping[str, Array]
    posterior: Array


def bayes_learner(pretraining: Pretraining, mixture: Mixture, noise_variance: float = 0.0) -> BayesMixture:
    """The Bayes learner for prompts from `mixture`. Raises SpecError where a family has none."""
    learner = bayes_mixture(pretraining, mixture, noise_variance)
    if learner is None:
        raise SpecError("mixture", mixture.families, "families with a computable Bayes learner")
    return learner


def input_range(pretraining: Pretraining) -> tuple[float, float]:
    """The inputs that pretraining had; for others than uniform ones three standard deviations."""
    covariates = pretraining.covariates
    if isinstance(covariates, Uniform):
        return -covariates.half_width, covariates.half_width
    reach = 3 * float(covariates.second_moment(1)) ** 0.5
    return -reach, reach


def input_grid(pretraining: Pretraining) -> Array:
    """Points [G] over the trained inputs, dense enough for the highest frequency that is drawn."""
    return np.linspace(*input_range(pretraining), GRID_POINTS)


def drawn_prompt(experiment: Experiment, number: int, grid: Array) -> Prompt:
    """Test prompt `number` of an experiment of one input and no shift: its first M pairs and its function."""
    require(experiment.pretraining.dimension == 1, "dimension", experiment.pretraining.dimension, "1 input")
    require(
        experiment.evaluation.shift.magnitude == experiment.evaluation.shift.range.neutral,
        "shift",
        experiment.evaluation.shift.kind,
        "none: the function is drawn as the family has it",
    )
    prompts = sample_prompts(experiment, number, 1)
    pairs = slice(experiment.context_length)
    truth = _function(experiment, number).evaluate(torch.from_numpy(grid)[None, :, None])[0]
    return Prompt(prompts.xs[0, pairs, 0].numpy(), prompts.ys[0, pairs].numpy(), truth.numpy())


def prompt_functions(
    prompt: Prompt,
    grid: Array,
    predictors: Mapping[str, Predictor],
    ideal: Mapping[str, BayesMixture],
    mixture: BayesMixture,
) -> PromptFunctions:
    """The in-context functions of all learners; `mixture` is the one whose posterior is told."""
    xs, ys = torch.from_numpy(prompt.xs)[:, None], torch.from_numpy(prompt.ys)
    points = torch.from_numpy(grid)
    functions = {
        name: in_context_functions(each, xs, ys, points).numpy() for name, each in predictors.items()
    }
    for name, learner in ideal.items():
        functions[name] = ideal_functions(learner, xs, ys, points[:, None]).values.numpy()
    posterior = ideal_functions(mixture, xs, ys, points[:1, None]).posterior
    return PromptFunctions(grid, prompt, functions, posterior.numpy())


def in_context_functions(predictor: Predictor, xs: Tensor, ys: Tensor, grid: Tensor) -> Tensor:
    """Predictions [N + 1, G] at every point of `grid` [G] after 0..N of the pairs xs [N, 1], ys [N].

    One batch: prompt g of it repeats the pairs and asks for grid[g] at every k; a last pair, which no entry
    sees, makes room for the query after all of them.
    """
    points, count = len(xs) + 1, len(grid)
    padded_xs = torch.cat([xs, xs.new_zeros(1, 1)]).expand(count, points, 1)
    padded_ys = torch.cat([ys, ys.new_zeros(1)]).expand(count, points)
    queries = grid.to(xs.dtype)[:, None, None].expand(count, points, 1)
    return predictor.predict_query(padded_xs, padded_ys, queries).mT  # [G, N + 1] -> [N + 1, G]


def function_distance(first: Array, second: Array, grid: Array, inputs: tuple[float, float]) -> float:
    """Root mean square difference of two functions on a grid, all [G], over the points within `inputs`."""
    low, high = inputs
    inside = (grid >= low) & (grid <= high)
    return float(np.sqrt(np.mean((first - second)[inside] ** 2)))


def _function(experiment: Experiment, number: int) -> Functions:
    """The function of a test prompt, drawn as `sample_prompts` draws it."""
    pretraining = experiment.pretraining
    randomness = AddressedRandomness.of(experiment.evaluation.seed, "test").from_prompt(number)
    return sample_mixture(
        experiment.mixture, randomness.child("functions"), 1, pretraining.covariates, pretraining.dimension
    ).functions
