"""The full matrices of linear attention trained by SGD on sampled prompts: a check on the flow.

Every entry of W^KQ and W^PV [d+1, d+1] is free, the query token takes part in E E^T, and nothing of the
theory enters but the start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from icl_core.data.randomness import BatchRandomness
from icl_core.evaluation.dynamics import Dynamics
from icl_core.models.linear_attention import LinearAttentionNetwork
from icl_core.specs import require

Array = NDArray[np.float64]

LARGEST_DIMENSION = 5
BATCH = 1024
STEPS = 2000
RECORDS = 25
STABLE = 0.05  # rate times the largest curvature of the loss; small, so that steps stay close to the flow


@dataclass(frozen=True, eq=False)
class SgdRun:
    """Matrices at some times (rate times steps): W^KQ and W^PV [t, d+1, d+1]. Losses are risk over v, [t]."""

    times: Array
    key_query: Array
    value: Array
    losses: Array
    rate: float
    steps: int
    batch: int

    @property
    def U(self) -> Array:
        """The block of W^KQ that the flow moves: [t, d, d]."""
        return self.key_query[:, :-1, :-1]

    @property
    def u(self) -> Array:
        """The entry of W^PV that the flow moves: [t]."""
        return self.value[:, -1, -1]

    @property
    def largest_other(self) -> float:
        """The largest entry over all times of those that the flow leaves at 0 and the prediction uses."""
        others = (self.key_query[:, -1, :-1], self.value[:, -1, :-1])
        return max(float(np.abs(entries).max()) for entries in others)


def sgd_check(spec: Dynamics, horizon: float) -> SgdRun:
    """Trains up to the time `horizon`, or as far as 2,000 stable steps reach.

    The loss is half the squared error of the prompt's last token at its full length N, plain SGD with one
    rate. Raises SpecError for more than 5 inputs.
    """
    require(
        spec.dimension <= LARGEST_DIMENSION,
        "dimension",
        spec.dimension,
        "1 to {most} inputs for a training by SGD while you wait",
        most=LARGEST_DIMENSION,
    )
    loss = spec.loss()
    largest_weight = max(loss.limit.u, spec.init_scale)
    rate = min(STABLE / (loss.curvature_range[1] * largest_weight**2), 2 * horizon / STEPS)
    steps = min(STEPS, round(horizon / rate))
    network = _network(spec)
    recorded = _recorded_steps(steps)
    records: list[tuple[Array, Array]] = []
    for step in range(steps + 1):
        if step in recorded:
            records.append((_array(network.key_query), _array(network.value)))
        if step < steps:
            _step(network, spec, step, rate)
    key_query, value = (np.stack(matrices) for matrices in zip(*records, strict=True))
    A = value[:, -1, -1, None, None] * key_query[:, :-1, :-1].swapaxes(1, 2)
    v = float(np.trace(loss.mean_covariance))
    times = rate * np.array(sorted(recorded), dtype=np.float64)
    return SgdRun(times, key_query, value, loss.risks(A) / v, rate, steps, BATCH)


def last_prediction(network: LinearAttentionNetwork, xs: Tensor, ys: Tensor) -> Tensor:
    """The layer's prediction [B] for the last point of xs [B, N+1, d] from the N pairs before; ys [B, N]."""
    labels = torch.cat([ys, torch.zeros_like(ys[:, :1])], dim=1)
    tokens = torch.cat([xs, labels.unsqueeze(-1)], dim=-1)  # [B, N + 1, d + 1]
    asked = tokens[:, -1] @ network.key_query.mT  # [B, d + 1]
    weights = (tokens @ asked.unsqueeze(-1)).squeeze(-1)  # [B, N + 1]
    read = tokens @ network.value[-1]  # [B, N + 1]
    return (weights * read).sum(-1) / ys.shape[1]


def _network(spec: Dynamics) -> LinearAttentionNetwork:
    network = LinearAttentionNetwork(spec.dimension, spec.init_scale, torch.from_numpy(spec.theta_theta))
    if spec.start == "zero":
        with torch.no_grad():
            network.value.zero_()
    return network


def _step(network: LinearAttentionNetwork, spec: Dynamics, step: int, rate: float) -> None:
    randomness = BatchRandomness.of(spec.seed, "sgd", step)
    d, N = spec.dimension, spec.context_length
    xs = spec.covariates.covariates(randomness.child("covariates"), BATCH, N + 1, d)
    weights = randomness.child("weights").prompt_normals(BATCH, d)
    noise = spec.noise_variance**0.5 * randomness.child("noise").point_normals(BATCH, N)
    clean = torch.einsum("bnd,bd->bn", xs, weights)
    residual = last_prediction(network, xs, clean[:, :-1] + noise) - clean[:, -1]
    parameters = (network.key_query, network.value)
    gradients = torch.autograd.grad(residual.square().mean() / 2, parameters)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= rate * gradient


def _recorded_steps(steps: int) -> set[int]:
    """Steps at which the weights are kept: 0, the last, and geometrically between."""
    return {0, steps, *np.geomspace(1, steps, RECORDS).round().astype(int).tolist()}


def _array(parameter: Tensor) -> Array:
    return parameter.detach().double().numpy().copy()
