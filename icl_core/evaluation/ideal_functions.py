"""The Bayes learner as a function of x.

`BayesMixture` answers one query a prompt and context length. A picture of its function asks many, which share
the regression.

Dimensions: N points, D inputs, G points of the grid, C components of a family, m features of a component,
F families.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from icl_core.predictors import BayesMixture
from icl_core.predictors.bayes import component_fits


class IdealFunctions(NamedTuple):
    """What a Bayes learner believes after 0..N pairs of one prompt."""

    values: Tensor  # [N + 1, G], its prediction at each point of the grid
    posterior: Tensor  # [N + 1, F], probabilities of the families


def ideal_functions(learner: BayesMixture, xs: Tensor, ys: Tensor, grid: Tensor) -> IdealFunctions:
    """The learner's function on `grid` [G, D] after each of the pairs xs [N, D], ys [N]; float64.

    Row k equals `learner.predict_query` at k pairs for every query of the grid.
    """
    xs, ys, grid = xs.double(), ys.double(), grid.double()
    values, evidence = [], []
    for family in learner.families:
        basis = family.features(grid[None])[:, 0]  # [C, G, m]
        log_prior = family.log_prior(xs.shape[-1])
        weights, log_evidence = [], []
        fits = component_fits(family.features(xs[None]), ys[None, None], learner.noise_var)
        for mean, log_likelihood in fits:
            joint = log_prior + log_likelihood[0, :, 0]  # [C]
            weights.append(torch.softmax(joint, 0) * mean[0, :, :, 0])  # [m, C]
            log_evidence.append(torch.logsumexp(joint, 0))
        values.append(torch.stack(weights).flatten(1) @ basis.permute(2, 0, 1).flatten(0, 1))  # [N + 1, G]
        evidence.append(torch.stack(log_evidence))
    posterior = learner.family_posterior(torch.stack(evidence, -1))
    return IdealFunctions((posterior[:, None] * torch.stack(values, -1)).sum(-1), posterior)
