"""Training linear attention: the gradient flow reaches the global minimum, and SGD follows the flow.

Zhang, Frei and Bartlett (arXiv 2306.09927), Theorem 4.1 and Lemma 5.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from icl_core import theory
from icl_core.claims.claim import Claim, Fact, Finding, Measurement, Picture, at_most
from icl_core.claims.workbench import Workbench
from icl_core.data.covariance import Matrix
from icl_core.models import LinearAttention, LinearAttentionNetwork
from icl_core.specs import Experiment, Pretraining

Array = NDArray[np.float64]
CASES, SEED = 20, 41
LONG = 1e5  # learning rate times steps after which the slowest direction has converged


class Case(NamedTuple):
    """A covariance, a length of training prompts, and a start that Theorem 4.1 admits."""

    S: Array
    N: int
    init_scale: float
    theta_theta: Array

    @property
    def experiment(self) -> Experiment:
        covariates = Matrix(tuple(map(tuple, self.S.tolist())))
        model = LinearAttention(init_scale=round(self.init_scale, 3))
        return Experiment(
            Pretraining(dimension=len(self.S), context_length=self.N, covariates=covariates, model=model)
        )


def random_cases(count: int = CASES, seed: int = SEED) -> list[Case]:
    """Rotated covariances of 2 to 6 inputs, N from 5 to 100, Theta Theta^T of rank 1 up to full."""
    rng = np.random.default_rng(seed)
    return [_random_case(rng) for _ in range(count)]


def _random_case(rng: np.random.Generator) -> Case:
    d, N = int(rng.integers(2, 7)), int(rng.integers(5, 101))
    rotation = np.linalg.qr(rng.standard_normal((d, d)))[0]
    S = np.round(rotation * rng.uniform(0.3, 2, d) @ rotation.T, 3)  # short enough for a link
    S = (S + S.T) / 2
    theta = rng.standard_normal((d, int(rng.integers(1, d + 1))))
    theta_theta = theta @ theta.T
    init_scale = rng.uniform(0.1, 0.9) * theory.max_init_scale(S, N)
    return Case(S, N, float(init_scale), theta_theta / np.linalg.norm(theta_theta))


def reaches_minimum(bench: Workbench) -> Finding:
    """A1: u U at the end of the flow against Gamma^-1."""

    def deviation(case: Case, end: theory.FlowPath) -> float:
        return _relative(end.u[-1] * end.U[-1], _inverse_gamma(case))

    return _worst(deviation)


def has_stated_factors(bench: Workbench) -> Finding:
    """A2: the factors against tr(Gamma^-2)^(-1/4) Gamma^-1 and tr(Gamma^-2)^(1/4)."""

    def deviation(case: Case, end: theory.FlowPath) -> float:
        inverse = _inverse_gamma(case)
        size = np.trace(inverse @ inverse) ** 0.25
        return max(_relative(end.U[-1], inverse / size), abs(end.u[-1] / size - 1))

    return _worst(deviation)


def _worst(deviation: Callable[[Case, theory.FlowPath], float]) -> Finding:
    cases = random_cases()
    ends = [theory.gradient_flow(*case[:2], [LONG], *case[2:]) for case in cases]
    found = [deviation(case, end) for case, end in zip(cases, ends, strict=True)]
    worst = cases[int(np.argmax(found))]
    facts: dict[str, Fact] = {"cases": CASES, "dimensions": (2, 6), "lengths": (5, 100)}
    facts |= {"flow_time": LONG, "seed": SEED}
    return Finding((Measurement.exact(max(found)),), facts, worst.experiment)


def _inverse_gamma(case: Case) -> Array:
    return np.asarray(np.linalg.inv(theory.zhang_gamma(case.S, case.N)), np.float64)


def _relative(found: Array, expected: Array) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


SGD_TIMES = (1.0, 2.0, 4.0, 10.0, 20.0)
SGD_EIGENVALUES = (1.5, 0.8, 0.3)
SGD_PAIRS, SGD_INIT, SGD_BATCH, SGD_RATE = 10, 0.3, 3000, 0.01
SGD_TESTED = 1 << 16  # prompts on which the risks of the trained network and of the flow's are compared


def sgd_follows_flow(bench: Workbench) -> Finding:
    """A3: plain SGD on half the squared error of the query, all (d+1)^2 entries of both matrices free.

    Risks are those of whole networks on the same prompts: entries that the flow leaves at 0 count.
    """
    case = _sgd_case()
    d = len(case.S)
    path = theory.gradient_flow(case.S, case.N, SGD_TIMES, case.init_scale, case.theta_theta)
    risk_gaps, weight_gaps = [], []
    prompts = _prompts(case, SGD_TESTED, torch.Generator().manual_seed(SEED + 1))
    for network, U, u in zip(_descend(case), path.U, path.u, strict=True):
        flow = LinearAttentionNetwork(d, 0.0, torch.zeros(d, d))
        with torch.no_grad():
            flow.value[-1, -1], flow.key_query[:-1, :-1] = float(u), torch.from_numpy(U).float()
            for found, expected in zip(network.parameters(), flow.parameters(), strict=True):
                weight_gaps.append(float((found - expected).abs().max()))
            risk_gaps.append(abs(float(_loss(network, *prompts) / _loss(flow, *prompts)) - 1))
    facts: dict[str, Fact] = {
        "dimension": d,
        "trained_pairs": case.N,
        "init_scale": SGD_INIT,
        "batch": SGD_BATCH,
        "rate": SGD_RATE,
        "times": SGD_TIMES,
        "prompts": SGD_TESTED,
        "seed": SEED,
    }
    measured = (Measurement.exact(max(risk_gaps)), Measurement.exact(max(weight_gaps)))
    return Finding(measured, facts, case.experiment)


def _sgd_case() -> Case:
    d = len(SGD_EIGENVALUES)
    rotation = np.linalg.qr(np.random.default_rng(SEED).standard_normal((d, d)))[0]
    S = np.round(rotation * np.array(SGD_EIGENVALUES) @ rotation.T, 3)
    return Case((S + S.T) / 2, SGD_PAIRS, SGD_INIT, np.eye(d) / math.sqrt(d))


def _descend(case: Case) -> Iterator[LinearAttentionNetwork]:
    """The network at each of SGD_TIMES."""
    d = len(case.S)
    generator = torch.Generator().manual_seed(SEED)
    theta_theta = torch.from_numpy(case.theta_theta).float()
    network = LinearAttentionNetwork(d, case.init_scale, theta_theta)
    descent = torch.optim.SGD(network.parameters(), lr=SGD_RATE)
    step = 0
    for time in SGD_TIMES:
        while step < round(time / SGD_RATE):
            descent.zero_grad()
            _loss(network, *_prompts(case, SGD_BATCH, generator)).backward()
            descent.step()
            step += 1
        yield network


def _prompts(case: Case, count: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs [B, N + 1, d] and their noiseless linear labels [B, N + 1]."""
    d = len(case.S)
    root = torch.from_numpy(np.linalg.cholesky(case.S)).float()
    xs = torch.randn(count, case.N + 1, d, generator=generator) @ root.T
    return xs, (xs * torch.randn(count, 1, d, generator=generator)).sum(-1)


def _loss(network: LinearAttentionNetwork, xs: torch.Tensor, ys: torch.Tensor) -> torch.Tensor:
    """Half the mean squared error at the last point of the prompts, from all the pairs before it."""
    return (network(xs, ys)[:, -1] - ys[:, -1]).square().mean() / 2


PAGE = "/training_dynamics"
CLAIMS = (
    Claim("A1", (at_most("flow_end", 1e-6),), reaches_minimum, Picture(PAGE, ("loss", "floor"))),
    Claim("A2", (at_most("flow_factors", 1e-6),), has_stated_factors, Picture(PAGE, ("direction",))),
    Claim(
        "A3",
        (at_most("sgd_risk", 0.01), at_most("sgd_weight", 0.02)),
        sgd_follows_flow,
        Picture(PAGE, ("loss", "sgd"), {"sgd": "1"}),
    ),
)
