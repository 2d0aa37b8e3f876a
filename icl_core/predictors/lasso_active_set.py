"""One Lasso problem by an active-set method: slow, and indifferent to ties and dependent inputs."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STATIONARY = 1e-11  # correlations may pass the penalty by this share, and by rounding
DEPENDENT = 1e-12  # singular values below this share of the largest count as 0
ROUNDINGS = 4 * np.finfo(np.float64).eps
CHANGES_PER_INPUT = 20


def solve_active_set(xs: Array, ys: Array, penalty: float, start: Array) -> Array:
    """argmin_w (1/2) |ys - xs w|^2 + penalty |w|_1 for xs [k, D], ys [k], from the guess `start` [D].

    The scheme of Lawson & Hanson (1974, chapter 23) with signs: the input that violates its optimality
    condition most joins, then the objective is minimised over the active inputs, those whose weight meets 0
    on the way leaving. The objective falls with every join, so no active set comes twice. Returns what it has
    after a bounded number of joins, uncertified.
    """
    weights = np.where(np.isfinite(start), start, 0.0)
    signs = np.sign(weights)
    norms, label_norm = np.linalg.norm(xs, axis=0), np.linalg.norm(ys)
    _minimise_over_active(xs, ys, penalty, weights, signs)
    for _ in range(CHANGES_PER_INPUT * len(weights)):
        correlations = xs.T @ (ys - xs @ weights)
        violations = np.where(signs == 0, np.abs(correlations) - penalty, -np.inf)
        joining = int(violations.argmax())
        rounding = ROUNDINGS * norms.max() * (label_norm + norms @ np.abs(weights))
        if violations[joining] <= STATIONARY * penalty + rounding:
            break
        signs[joining] = np.sign(correlations[joining])
        _minimise_over_active(xs, ys, penalty, weights, signs)
    return weights


def _minimise_over_active(xs: Array, ys: Array, penalty: float, weights: Array, signs: Array) -> None:
    """Moves `weights` to the minimum over the inputs with a sign, in place; those that meet 0 lose theirs."""
    while signs.any():
        active = signs.nonzero()[0]
        direction, bounded = _descent(xs[:, active], ys - xs @ weights, penalty * signs[active])
        steps = np.full(len(active), np.inf)
        towards_zero = direction * signs[active] < 0
        steps[towards_zero] = -weights[active][towards_zero] / direction[towards_zero]
        length = min(steps.min(), 1.0) if bounded else steps.min()
        if not np.isfinite(length):  # cannot descend for ever: the direction is rounding
            return
        weights[active] += length * direction
        leaving = active[steps <= length]
        weights[leaving] = signs[leaving] = 0.0
        if not len(leaving):
            return


def _descent(xs: Array, residuals: Array, penalties: Array) -> tuple[Array, bool]:
    """Step from the present weights to the minimiser without sign limits, and whether there is one.

    Where active inputs are dependent, the penalty may fall for ever along a direction that leaves xs w
    unchanged; that direction is then returned instead.
    """
    left, singular_values, right = np.linalg.svd(xs, full_matrices=False)
    kept = singular_values > DEPENDENT * singular_values[0]
    left, singular_values, right = left[:, kept], singular_values[kept], right[kept]
    free = penalties - right.T @ (right @ penalties)  # the part of the penalties that no residuals balance
    if np.abs(free).max() > np.sqrt(DEPENDENT) * np.abs(penalties).max():
        return -free, False
    along = (left.T @ residuals - (right @ penalties) / singular_values) / singular_values
    return right.T @ along, True
