"""One Lasso problem by an active-set method: slow, and indifferent to ties and dependent inputs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

STATIONARY = 1e-11  # correlations may pass the penalty by this share, and by rounding
EPSILON = np.finfo(np.float64).eps
CHANGES_PER_INPUT = 20
REFINEMENTS = 8  # of one active set, which restore what rounding takes from nearly dependent inputs


def solve_active_set(xs: Array, ys: Array, penalty: float, start: Array) -> Array:
    """argmin_w (1/2) |ys - xs w|^2 + penalty |w|_1 for xs [k, D], ys [k], from the guess `start` [D].

    The scheme of Lawson & Hanson (1974, chapter 23) with signs: the input that violates its optimality
    condition most joins, then the objective is minimised over the active inputs, those whose weight meets 0
    on the way leaving. The objective falls with every join, so no active set comes twice. Returns what it has
    after a bounded number of joins, uncertified.
    """
    problem = _Problem(xs, ys, penalty)
    weights = np.where(np.isfinite(start), start, 0.0)
    signs = np.sign(weights)
    problem.minimise_over_active(weights, signs)
    spurned = np.zeros(len(weights), dtype=bool)  # would join, but leaves at once: a violation by rounding
    for _ in range(CHANGES_PER_INPUT * len(weights)):
        correlations = problem.correlations(weights)
        violations = np.where((signs == 0) & ~spurned, np.abs(correlations) - penalty, -np.inf)
        joining = int(violations.argmax())
        if violations[joining] <= problem.slack(weights):
            break
        before = weights.copy()
        signs[joining] = np.sign(correlations[joining])
        problem.minimise_over_active(weights, signs)
        if np.array_equal(weights, before):
            spurned[joining] = True
        else:
            spurned[:] = False
    return weights


@dataclass(frozen=True)
class _Problem:
    """Inputs [k, D], labels [k] and the penalty of one problem."""

    xs: Array
    ys: Array
    penalty: float

    def correlations(self, weights: Array) -> Array:
        """X^T (y - X w), [D]."""
        return self.xs.T @ (self.ys - self.xs @ weights)

    def slack(self, weights: Array) -> float:
        """By how much correlations may pass the penalty."""
        norms = np.linalg.norm(self.xs, axis=0)
        rounding = 4 * EPSILON * norms.max() * (np.linalg.norm(self.ys) + norms @ np.abs(weights))
        return float(STATIONARY * self.penalty + rounding)

    def minimise_over_active(self, weights: Array, signs: Array) -> None:
        """Moves `weights` to the minimum over the inputs with a sign, in place; those that meet 0 lose it."""
        while signs.any():
            active = signs.nonzero()[0]
            leaving = self._descend(active, signs[active], weights)
            if not len(leaving):
                return
            weights[leaving] = signs[leaving] = 0.0

    def _descend(self, active: Indices, signs: Array, weights: Array) -> Indices:
        """Moves `weights` until inputs meet 0, which are returned, or none does and the minimum is there.

        Steps are Newton's, with singular values raised to what rounding lets one tell from 0. Where active
        inputs are dependent the penalty may fall for ever along a direction that leaves X w unchanged: along
        it a step is then so long that some weight meets 0 first.
        """
        inputs = self.xs[:, active]
        _, values, right = np.linalg.svd(inputs, full_matrices=len(inputs) < len(active))  # right: all
        floor = EPSILON * max(inputs.shape) * values[0]
        scales = np.full(len(active), floor)
        scales[: len(values)] = values.clip(min=floor)
        for _ in range(REFINEMENTS):
            descent = self.correlations(weights)[active] - self.penalty * signs
            if np.abs(descent).max() <= self.slack(weights):
                break
            step = right.T @ (right @ descent / scales**2)
            if not np.isfinite(step).all():
                break
            shares = np.full(len(active), np.inf)  # of the step, after which each weight is 0
            shrinking = step * signs < 0
            shares[shrinking] = -weights[active][shrinking] / step[shrinking]
            share = min(shares.min(), 1.0)
            weights[active] += share * step
            if share == shares.min():
                return active[shares <= share]
        return active[:0]
