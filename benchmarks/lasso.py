"""The Lasso baseline of a learning curve: ours against scikit-learn, in one run.

    python -m benchmarks.lasso [--json] [--prompts 64] [--seed 0]

Every prefix of every prompt is one problem, solved at five alphas. Four ways: `icl_core`'s certified path;
one `Lasso.fit` a problem and alpha, which is how such curves are usually computed; one `enet_path` a problem;
and one `lars_path` a problem, an exact solver, against which the curves of all others are held.
"""

import argparse
import json
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso, enet_path, lars_path
from torch import Tensor

from icl_core.predictors.lasso import certify, lasso_path

ALPHAS = (1.0, 0.1, 0.01, 1e-3, 1e-4)

Solver = Callable[[Tensor, Tensor], Tensor]  # xs [B, N, D], ys [B, N] -> weights [alphas, B, N, D]


@dataclass(frozen=True)
class Result:
    """One way to solve all problems at all alphas."""

    name: str
    seconds: float
    speedup: float  # of ours over this one: its seconds / our seconds
    worst_kkt: float  # violation of the optimality conditions, in units of alpha
    worst_gap: float  # duality gap as a share of the objective
    worst_curve_error: (
        float  # of a learning curve against the exact one, in units of the zero predictor's error
    )
    unconverged: int  # fits that warned


@dataclass(frozen=True)
class Comparison:
    """All ways on the same problems."""

    prompts: int
    lengths: int
    dimension: int
    nonzeros: int
    alphas: tuple[float, ...]
    seed: int
    results: tuple[Result, ...]


def run(
    prompts: int = 64, lengths: int = 40, dimension: int = 20, nonzeros: int = 3, seed: int = 0
) -> Comparison:
    """Noise-free sparse linear functions of standard normal inputs, k = 1 to `lengths` pairs, one thread."""
    torch.set_num_threads(1)
    xs, ys = _draw(prompts, lengths + 1, dimension, nonzeros, seed)
    solvers = {
        "icl_core, certified": _solve_ours,
        "sklearn Lasso.fit": _solve_by_fits,
        "sklearn enet_path": _solve_by_descent_paths,
        "sklearn lars_path": _solve_by_angle_paths,
    }
    _solve_ours(xs[:2], ys[:2])  # first-call costs of the libraries
    _solve_by_descent_paths(xs[:1, :3], ys[:1, :3])
    timed = {name: _timed(solver, xs, ys) for name, solver in solvers.items()}
    ours = timed["icl_core, certified"][1]
    exact = _curves(xs, ys, timed["sklearn lars_path"][0]) / nonzeros
    results = []
    for name, (weights, seconds, unconverged) in timed.items():
        certificates = [certify(xs, ys, w, alpha) for w, alpha in zip(weights, ALPHAS, strict=True)]
        results.append(
            Result(
                name=name,
                seconds=seconds,
                speedup=seconds / ours,
                worst_kkt=max(float(certificate.kkt.max()) for certificate in certificates),
                worst_gap=max(float(certificate.gap.max()) for certificate in certificates),
                worst_curve_error=float((_curves(xs, ys, weights) / nonzeros - exact).abs().max()),
                unconverged=unconverged,
            )
        )
    return Comparison(prompts, lengths, dimension, nonzeros, ALPHAS, seed, tuple(results))


def _draw(prompts: int, points: int, dimension: int, nonzeros: int, seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    xs = torch.randn(prompts, points, dimension, generator=generator, dtype=torch.float64)
    task = torch.randn(prompts, dimension, generator=generator, dtype=torch.float64)
    task[torch.rand(prompts, dimension, generator=generator).argsort(-1) >= nonzeros] = 0
    return xs, (xs @ task[..., None])[..., 0]


def _timed(solver: Solver, xs: Tensor, ys: Tensor) -> tuple[Tensor, float, int]:
    """Weights, wall-clock seconds and number of convergence warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        start = time.perf_counter()
        weights = solver(xs, ys)
        seconds = time.perf_counter() - start
    return weights, seconds, sum(issubclass(warning.category, ConvergenceWarning) for warning in caught)


def _curves(xs: Tensor, ys: Tensor, weights: Tensor) -> Tensor:
    """Mean squared error [alphas, N] over prompts at every context length."""
    return ((weights * xs).sum(-1) - ys).square().mean(1)


def _solve_ours(xs: Tensor, ys: Tensor) -> Tensor:
    path = lasso_path(xs, ys, lowest=min(ALPHAS))
    return torch.stack([path.weights(alpha) for alpha in ALPHAS])


def _solve_each(xs: Tensor, ys: Tensor, solve: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Tensor:
    """`solve(x, y)` -> [alphas, D], called on every prefix of every prompt."""
    inputs, labels = xs.numpy(), ys.numpy()
    weights = np.zeros((len(ALPHAS), *inputs.shape))
    for b, k in np.ndindex(*labels.shape):
        if k:
            weights[:, b, k] = solve(inputs[b, :k], labels[b, :k])
    return torch.from_numpy(weights)


def _solve_by_fits(xs: Tensor, ys: Tensor) -> Tensor:
    def solve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        fits = (Lasso(alpha=alpha, fit_intercept=False, max_iter=100_000).fit(x, y) for alpha in ALPHAS)
        return np.stack([fit.coef_ for fit in fits])

    return _solve_each(xs, ys, solve)


def _solve_by_descent_paths(xs: Tensor, ys: Tensor) -> Tensor:
    def solve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        x = np.asfortranarray(x)
        settings = {"alphas": np.array(ALPHAS), "l1_ratio": 1.0, "max_iter": 100_000, "precompute": False}
        _, coefficients, *_ = enet_path(x, y, check_input=False, **settings)
        return coefficients.T

    return _solve_each(xs, ys, solve)


def _solve_by_angle_paths(xs: Tensor, ys: Tensor) -> Tensor:
    def solve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        settings = {"method": "lasso", "alpha_min": min(ALPHAS)}
        knots, _, coefficients, *_ = lars_path(x, y, **settings)
        return np.stack([np.interp(ALPHAS, knots[::-1], row[::-1]) for row in coefficients], axis=-1)

    return _solve_each(xs, ys, solve)


def _table(comparison: Comparison) -> str:
    lines = [
        f"{comparison.prompts} prompts x {comparison.lengths} context lengths x "
        f"{len(comparison.alphas)} alphas, d = {comparison.dimension}, {comparison.nonzeros}-sparse, "
        f"noise-free, one thread, seed {comparison.seed}",
        f"{'':22}{'seconds':>9}{'ratio':>8}{'KKT/alpha':>11}{'gap':>9}{'curve off by':>14}{'warnings':>10}",
    ]
    for result in comparison.results:
        lines.append(
            f"{result.name:22}{result.seconds:9.3f}{result.speedup:8.1f}{result.worst_kkt:11.1e}"
            f"{result.worst_gap:9.1e}{result.worst_curve_error:14.1e}{result.unconverged:10d}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="The batched, certified Lasso against scikit-learn.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--prompts", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    comparison = run(prompts=arguments.prompts, seed=arguments.seed)
    print(json.dumps(asdict(comparison)) if arguments.json else _table(comparison))


if __name__ == "__main__":
    main()
