"""The Bayes learner as a function of x, and for many sets of labels on the same inputs.

`BayesMixture` answers one query a prompt and context length. A picture of its function asks many, and a sweep
over functions asks for many labels of the same inputs. Both share the part of the regression that depends on
the inputs alone, which is most of the work.

Dimensions: A sets of labels, B prompts, N points, D inputs, G points of the grid, C components of a family,
m features of a component, F families.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from icl_core.data.families import GaussianFamily
from icl_core.predictors import BayesMixture

CHUNK_ENTRIES = 1 << 18  # float64 entries of one set of means: small enough to stay in the cache


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
        fits = _component_fits(family.features(xs[None]), ys[None, None], learner.noise_var)
        for mean, log_likelihood in fits:
            joint = log_prior + log_likelihood[0, :, 0]  # [C]
            weights.append(torch.softmax(joint, 0) * mean[0, :, :, 0])  # [m, C]
            log_evidence.append(torch.logsumexp(joint, 0))
        values.append(torch.stack(weights).flatten(1) @ basis.permute(2, 0, 1).flatten(0, 1))  # [N + 1, G]
        evidence.append(torch.stack(log_evidence))
    posterior = _posterior(learner, torch.stack(evidence, -1))
    return IdealFunctions((posterior[:, None] * torch.stack(values, -1)).sum(-1), posterior)


def shared_predictions(learner: BayesMixture, xs: Tensor, ys: Tensor) -> Tensor:
    """Predictions [A, B, N] at xs [B, N, D] from the pairs before k, for A sets of labels ys [A, B, N].

    Equal to `learner.predict(xs, ys[a])` for each a.
    """
    predictions, evidence = zip(
        *(_learn(family, learner, xs, ys) for family in learner.families), strict=True
    )
    posterior = _posterior(learner, torch.stack(evidence, -1))
    return (posterior * torch.stack(predictions, -1)).sum(-1).to(xs.dtype)


def _learn(family: GaussianFamily, learner: BayesMixture, xs: Tensor, ys: Tensor) -> tuple[Tensor, Tensor]:
    """Predictions and log evidence of one family, both [A, B, N]."""
    log_prior = family.log_prior(xs.shape[-1])
    entries = len(ys) * len(log_prior) * family.features(xs[:1, :1]).shape[-1]
    chunk = max(1, CHUNK_ENTRIES // entries)
    predictions, evidence = [], []
    for x, y in zip(xs.double().split(chunk), ys.double().split(chunk, dim=1), strict=True):
        features = family.features(x)
        asked = features.permute(2, 3, 0, 1)  # [N, m, C, B]
        predicted, known = [], []
        for k, (mean, log_likelihood) in enumerate(_component_fits(features, y, learner.noise_var)):
            if k == len(asked):
                break  # all pairs seen: nothing is left to predict
            joint = log_prior[:, None] + log_likelihood  # [A, C, B]
            predicted.append((torch.softmax(joint, 1) * (mean * asked[k]).sum(1)).sum(1))
            known.append(torch.logsumexp(joint, 1))
        predictions.append(torch.stack(predicted, -1))  # [A, B, N]
        evidence.append(torch.stack(known, -1))
    return torch.cat(predictions, 1), torch.cat(evidence, 1)


def _component_fits(features: Tensor, ys: Tensor, noise_var: float) -> Iterator[tuple[Tensor, Tensor]]:
    """Means [A, m, C, B] and log likelihoods [A, C, B] of all components after 0..N pairs.

    features [C, B, N, m], ys [A, B, N]. Sequential Bayesian regression from the prior N(0, I) in Potter's
    square-root form (Bierman 1977, Factorization Methods for Discrete Sequential Estimation); the covariance
    root and the gains do not depend on the labels and are computed once for all A.
    """
    rows = features.permute(2, 3, 0, 1).contiguous()  # [N, m, C, B]
    points, count, components, prompts = rows.shape
    mean = rows.new_zeros(len(ys), count, components, prompts)
    root = torch.eye(count, dtype=rows.dtype)[:, :, None, None].repeat(1, 1, components, prompts)
    log_likelihood = rows.new_zeros(len(ys), components, prompts)
    yield mean, log_likelihood
    for k in range(points):
        projected = (root * rows[k, :, None]).sum(0)  # R^T phi  [m, C, B]
        variance = projected.square().sum(0) + noise_var
        covariance = (root * projected).sum(1)  # P phi  [m, C, B]
        root = root - covariance[:, None] * (projected / (variance + (noise_var * variance).sqrt()))
        innovation = ys[:, None, :, k] - (mean * rows[k]).sum(1)  # [A, C, B]
        mean = mean + (innovation / variance)[:, None] * covariance
        log_likelihood = (
            log_likelihood - ((2 * math.pi * variance).log() + innovation.square() / variance) / 2
        )
        yield mean, log_likelihood


def _posterior(learner: BayesMixture, log_evidence: Tensor) -> Tensor:
    """Probabilities of the families from their log evidence [..., F]."""
    weights = torch.tensor(learner.weights, dtype=log_evidence.dtype)
    return torch.softmax(weights.log() + log_evidence, -1)
