"""The Lasso: exact, batched over prompts and prefixes, and certified.

Dimensions: B prompts, N points, D inputs.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from icl_core.look import Look
from icl_core.methods import Method, register
from icl_core.predictors.base import (
    LinearPredictor,
    check_shapes,
    chunks,
    prefix_lengths,
    prefix_moments,
    prefix_sum,
)
from icl_core.predictors.lasso_active_set import solve_active_set
from icl_core.predictors.lasso_homotopy import Pieces, trace_paths
from icl_core.specs import SpecError

KKT_LIMIT = 1e-8  # of alpha
GAP_LIMIT = 1e-9  # of the objective
ROUNDING_LIMIT = 1e-4  # of alpha: an alpha that rounding moves by more is refused


@dataclass(frozen=True, eq=False)
class LassoSolution:
    """Weights, with what proves them right. All float64, entry k for the pairs before k.

    `kkt` is the largest violation of the optimality conditions, in units of alpha: with
    g_j = x_j.(y - X w) / k, g_j = alpha sign(w_j) where w_j != 0, and |g_j| <= alpha elsewhere. `gap` is the
    duality gap at the residuals scaled into the dual's feasible set, as a share of the objective: it bounds
    how far the objective lies above its minimum. `rounding` is the share of alpha by which rounding w and y
    to float64 may move the g_j.
    """

    weights: Tensor  # [B, N, D]
    kkt: Tensor  # [B, N]
    gap: Tensor  # [B, N]
    rounding: Tensor  # [B, N]

    @property
    def shortfall(self) -> Tensor:
        """The larger of kkt / 1e-8 and gap / 1e-9, [B, N]: at most 1 where both limits are kept."""
        return torch.maximum(self.kkt / KKT_LIMIT, self.gap / GAP_LIMIT)

    @property
    def certified(self) -> Tensor:
        """Which problems [B, N] keep both limits, 1e-8 and 1e-9, or come within `rounding` of it.

        The second is for an alpha below about 1e-7 of the largest correlation, where float64 has no weights
        that keep the limits; it ends where alpha itself is lost in rounding.
        """
        kkt_limit, gap_limit = self.rounding.clamp(min=KKT_LIMIT), self.rounding.clamp(min=GAP_LIMIT)
        kept = (self.kkt <= kkt_limit) & (self.gap <= gap_limit)
        return kept & (self.rounding <= ROUNDING_LIMIT)


@dataclass(frozen=True)
class Lasso(LinearPredictor):
    """argmin_w (1/2k) |y - X w|^2 + alpha |w|_1 over the k pairs seen (Tibshirani 1996).

    alpha is in the units of x y: it means something else once inputs or labels are rescaled.
    Where the minimiser is not unique (dependent inputs), one of the minimisers.
    """

    alpha: float

    def __post_init__(self) -> None:
        _check_alpha(self.alpha)

    def weights(self, xs: Tensor, ys: Tensor) -> Tensor:
        """Certified weights [B, N, D], float64, 0 at k = 0. Raises as `solve` does."""
        return self.solve(xs, ys).weights.to(xs.device)

    def solve(self, xs: Tensor, ys: Tensor) -> LassoSolution:
        """Certified solution for the pairs before each k, on the CPU.

        Raises ValueError where no certificate is reached, or where xs or ys are not finite.
        """
        return _join(path.solve(self.alpha) for path in _chunk_paths(xs, ys, self.alpha))


@dataclass(frozen=True, eq=False)
class LassoPath:
    """The solutions for all alpha >= lowest: any of them costs an interpolation and its certificate."""

    parts: tuple["_ChunkPath", ...]
    lowest: float

    def weights(self, alpha: float) -> Tensor:
        """Certified weights [B, N, D] at one alpha >= lowest. Raises as `solve` does."""
        return self.solve(alpha).weights

    def solve(self, alpha: float) -> LassoSolution:
        """Certified solution at one alpha >= lowest. Raises ValueError where no certificate is reached."""
        _check_alpha(alpha)
        if alpha < self.lowest:
            raise SpecError(
                "alpha", alpha, "at least {lowest}, the lowest alpha of this path", lowest=self.lowest
            )
        return _join(part.solve(alpha) for part in self.parts)


def lasso_path(xs: Tensor, ys: Tensor, lowest: float = 1e-4) -> LassoPath:
    """Path for every prefix of xs [B, N, D], ys [B, N], to be asked for many alphas.

    It holds 16 D bytes a piece, of which each of the B N problems has a few per active input. For one alpha,
    `Lasso(alpha)` keeps less.
    """
    _check_alpha(lowest)
    return LassoPath(tuple(_chunk_paths(xs, ys, lowest)), lowest)


def certify(xs: Tensor, ys: Tensor, weights: Tensor, alpha: float) -> LassoSolution:
    """The certificate of any weights [B, N, D] for xs [B, N, D] and ys [B, N], all float64, from the data."""
    lengths = prefix_lengths(xs)[:, 0]  # [N]
    residuals = (ys[:, None] - weights @ xs.mT).tril(-1)  # [B, N (prefix), N (pair)]
    correlations = residuals @ xs / lengths[:, None]  # [B, N, D]
    signs = weights.sign()
    excess = torch.where(signs != 0, (correlations - alpha * signs).abs(), correlations.abs() - alpha)
    fit = residuals.square().sum(-1) / (2 * lengths)
    objective = fit + alpha * weights.abs().sum(-1)
    # Scaled by `shrink` the residuals are dual feasible. Primal minus dual is then a sum of terms >= 0, which
    # keeps its digits where the two objectives themselves agree to all of theirs.
    shrink = (alpha / correlations.abs().amax(-1)).clamp(max=1)
    slack = weights.abs() * (alpha - shrink[..., None] * correlations * signs)
    gap = (1 - shrink).square() * fit + slack.sum(-1)
    share = torch.where(objective > 0, gap / objective, gap)
    return LassoSolution(
        weights, excess.clamp(min=0).amax(-1) / alpha, share, _rounding(xs, ys, weights) / alpha
    )


def _rounding(xs: Tensor, ys: Tensor, weights: Tensor) -> Tensor:
    """How far a relative error of one float64 unit in w and y moves x_j.(y - X w) / k, at most; [B, N]."""
    lengths = prefix_lengths(xs)
    input_scale = (prefix_sum(xs.square()) / lengths).sqrt()  # [B, N, D], root mean square
    label_scale = (prefix_sum(ys.square()) / lengths[:, 0]).sqrt()  # [B, N]
    terms = label_scale + (input_scale * weights.abs()).sum(-1)
    return torch.finfo(xs.dtype).eps * input_scale.amax(-1) * terms


@dataclass(frozen=True, eq=False)
class _ChunkPath:
    """The path of so many prompts that their Gram matrices stay in the cache."""

    xs: Tensor
    ys: Tensor
    pieces: Pieces

    def solve(self, alpha: float) -> LassoSolution:
        penalties = alpha * prefix_lengths(self.xs)[:, 0].repeat(len(self.xs))  # [B * N]
        weights = self.pieces.weights(penalties).view_as(self.xs)
        solution = certify(self.xs, self.ys, weights, alpha)
        if not (solution.shortfall <= 1).all():
            solution = self._finish(solution, alpha)
        if not solution.certified.all():
            raise ValueError(
                f"Lasso at alpha = {alpha:g} reaches no certificate (KKT violation {solution.kkt.max():.1e} "
                f"alpha, gap {solution.gap.max():.1e}, rounding {solution.rounding.max():.1e} alpha): "
                "alpha is too small for inputs and labels of this size, use a larger one."
            )
        return solution

    def _finish(self, solution: LassoSolution, alpha: float) -> LassoSolution:
        """Solves one by one what rounding or ties have spoilt, and keeps what that improves."""
        weights = solution.weights.clone()
        for b, k in (~(solution.shortfall <= 1)).nonzero().tolist():
            xs, ys, start = self.xs[b, :k].numpy(), self.ys[b, :k].numpy(), weights[b, k].numpy()
            weights[b, k] = torch.from_numpy(solve_active_set(xs, ys, k * alpha, start))
        finished = certify(self.xs, self.ys, weights, alpha)
        # Never where the path was left unfinished: its shortfall is NaN.
        worse = finished.shortfall >= solution.shortfall
        return certify(self.xs, self.ys, solution.weights.where(worse[..., None], weights), alpha)


def _chunk_paths(xs: Tensor, ys: Tensor, lowest: float) -> Iterator[_ChunkPath]:
    check_shapes(xs, ys)
    if not (xs.isfinite().all() and ys.isfinite().all()):
        raise ValueError("xs or ys holds values that are not finite: leave such prompts out.")
    for inputs, labels in chunks(xs.cpu().double(), ys.cpu().double()):
        gram, cross = prefix_moments(inputs, labels)
        penalties = lowest * prefix_lengths(inputs)[:, 0].repeat(len(inputs))  # [B * N]
        yield _ChunkPath(inputs, labels, trace_paths(gram.flatten(0, 1), cross.flatten(0, 1), penalties))


def _join(solutions: Iterator[LassoSolution]) -> LassoSolution:
    parts = list(solutions)
    return LassoSolution(
        torch.cat([part.weights for part in parts]),
        torch.cat([part.kkt for part in parts]),
        torch.cat([part.gap for part in parts]),
        torch.cat([part.rounding for part in parts]),
    )


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < math.inf:
        raise SpecError("alpha", alpha, "a positive finite number; LeastSquares() is the limit at 0")


register(
    Method(
        "lasso",
        lambda experiment: Lasso(experiment.evaluation.alpha),
        place=50,
        usual=True,
        look=Look("pink", "dot", 3.0),
    )
)
