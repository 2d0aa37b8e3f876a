"""Errors on prompts of one's own: known answers, and the network's own predictions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from icl_core.data.prompts import Prompts
from icl_core.evaluation.own_curves import own_curves
from icl_core.models import Transformer
from icl_core.predictors import Network
from icl_core.specs import Evaluation, Experiment, Pretraining, SpecError

TINY = Pretraining(dimension=2, context_length=3, model=Transformer(layers=1, width=8, heads=1))


def linear(count: int) -> Prompts:
    """Prompts of labels 2 x_1 - x_2, four points each."""
    rng = np.random.default_rng(5)
    xs = torch.from_numpy(rng.normal(size=(count, 4, 2)))
    ys = xs @ torch.tensor([2.0, -1.0], dtype=torch.float64)
    return Prompts(xs, ys, xs, ys, torch.zeros(count, dtype=torch.long))


def test_errors_are_those_of_the_points_that_were_given() -> None:
    """Two exact pairs determine w; one gives its projection; zero costs the labels' mean square."""
    prompts = linear(3)
    curves = own_curves(Experiment(TINY, Evaluation(alpha=1e-4)), prompts, None)
    v, (xs, ys) = TINY.label_variance, (prompts.xs.numpy(), prompts.ys.numpy())
    np.testing.assert_allclose(curves.curves["zero"].mean, (ys**2).mean(0) / v)
    one = ys[:, 0] / (xs[:, 0] ** 2).sum(-1) * (xs[:, 0] * xs[:, 1]).sum(-1)
    ols = curves.curves["ols"].mean
    np.testing.assert_allclose(ols[1], ((one - ys[:, 1]) ** 2).mean() / v)
    np.testing.assert_allclose(ols[2:], 0, atol=1e-20)
    assert curves.curves["lasso"].mean[3] < 1e-3
    assert {"ridge", "bayes", "averaging", "neighbours", "lsa"} <= set(curves.curves)
    assert (curves.prompts, curves.context_lengths, dict(curves.exact)) == (3, [0, 1, 2, 3], {})


def test_the_trained_network_answers_too() -> None:
    """On more prompts than one chunk holds."""
    torch.manual_seed(0)
    prompts = linear(520)
    network = TINY.model.build(2, 3, 1.0).eval()
    found = own_curves(Experiment(TINY), prompts, network).curves["transformer"].mean
    said = Network(network).predict(prompts.xs, prompts.ys)
    np.testing.assert_allclose(found, ((said - prompts.ys) ** 2).mean(0).numpy() / 2, rtol=1e-5)


def test_prompts_longer_than_the_model_can_read_are_refused() -> None:
    short = Pretraining(
        dimension=2, context_length=2, model=Transformer(layers=1, width=8, heads=1, positions=3)
    )
    with pytest.raises(SpecError, match="at most 2 pairs, which this model has positions for"):
        own_curves(Experiment(short), linear(2), None)
