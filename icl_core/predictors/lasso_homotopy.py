"""Every Lasso solution of many small problems at once, by following the penalty down from infinity.

Dimensions: P problems, D inputs, M pieces of path over all problems.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

# An input of which a smaller share is left beside the active ones counts as dependent on them.
DEPENDENT = 1e-10
STEPS_PER_INPUT = 30  # a path has a few pieces per input; one that needs more than this is left unfinished
START_MARGIN = 1e-14  # a penalty this close to the largest correlation is there: all weights are 0
CROWDED = 0.75  # finished problems are dropped once fewer than this share is still on its way


@dataclass(frozen=True)
class Pieces:
    """Solution paths, piecewise affine: for lower <= penalty < upper, w = intercept - penalty * slope."""

    problem: Tensor  # [M], which of the P problems
    upper: Tensor  # [M]
    lower: Tensor  # [M]
    intercept: Tensor  # [D, M]
    slope: Tensor  # [D, M]

    def weights(self, penalties: Tensor) -> Tensor:
        """Solutions [P, D] at one penalty a problem, penalties [P]; NaN where a path was left unfinished."""
        asked = penalties[self.problem]
        found = ((self.lower <= asked) & (asked < self.upper)).nonzero()[:, 0]
        solutions = self.intercept.new_full((len(penalties), len(self.intercept)), math.nan)
        solutions[self.problem[found]] = (self.intercept[:, found] - asked[found] * self.slope[:, found]).T
        return solutions


def trace_paths(gram: Tensor, cross: Tensor, lowest: Tensor) -> Pieces:
    """Paths of argmin_w (1/2) w^T gram w - cross.w + penalty |w|_1 for all penalties >= lowest.

    gram [P, D, D], cross [P, D], lowest [P]. The active set changes by one input a step (Osborne, Presnell
    and Turlach 2000; Efron et al. 2004, section 3.1). The tableau is gram swept on the active inputs
    (Goodnight 1979): a step is one rank-one update for all problems. Problems stand last: long rows.
    """
    problem = torch.arange(len(gram))
    tableau = gram.permute(1, 2, 0).contiguous()  # [D, D, P]
    # level - penalty * tilt is the weight of an active input, the correlation of an inactive one.
    level = cross.T.contiguous()  # [D, P]
    tilt, signs = torch.zeros_like(level), torch.zeros_like(level)
    negligible = DEPENDENT * tableau.diagonal().T  # [D, P]
    start = level.abs().amax(0) * (1 - START_MARGIN)
    penalty = start.maximum(lowest)
    pieces = [(problem, torch.full_like(penalty, math.inf), penalty, torch.zeros_like(level), tilt.clone())]
    for _ in range(STEPS_PER_INPUT * len(level)):
        inactive = signs == 0
        reached, chosen = _next_event(tableau, level, tilt, signs, inactive, negligible)
        next_penalty = torch.minimum(reached, penalty).maximum(lowest)
        pieces.append(
            (problem, penalty, next_penalty, level.masked_fill(inactive, 0), tilt.masked_fill(inactive, 0))
        )
        penalty = next_penalty
        unfinished = penalty > lowest
        remaining = int(unfinished.sum())
        if remaining == 0:
            break
        if remaining < CROWDED * len(problem):
            keep = unfinished.nonzero()[:, 0]
            problem, lowest, penalty, chosen = (v[keep] for v in (problem, lowest, penalty, chosen))
            level, tilt, signs, negligible = (v[:, keep] for v in (level, tilt, signs, negligible))
            tableau = tableau[:, :, keep]
        # Finished problems that are still here pivot on, unrecorded: their penalty stays at the lowest.
        _exchange(tableau, level, tilt, signs, chosen)
    columns = [torch.cat(parts, dim=-1) for parts in zip(*pieces, strict=True)]
    return Pieces(*columns)


def _next_event(
    tableau: Tensor, level: Tensor, tilt: Tensor, signs: Tensor, inactive: Tensor, negligible: Tensor
) -> tuple[Tensor, Tensor]:
    """The largest penalty at which the active set must change and the input that changes, both [P].

    An inactive input joins where its correlation meets the penalty, an active one leaves where its weight
    meets 0. Either is reached from above only where `approach` is positive. That also keeps an input that has
    just changed sides from changing back, for the exchange turns the sign of its approach.
    """
    facing = torch.where(inactive, level.sign(), -signs)
    approach = facing * tilt + inactive
    independent = ~inactive | tableau.diagonal().T.gt(negligible)
    events = (facing * level / approach).where((approach > 0) & independent, 0)
    return events.max(dim=0)


def _exchange(tableau: Tensor, level: Tensor, tilt: Tensor, signs: Tensor, chosen: Tensor) -> None:
    """Moves input chosen[p] of problem p into or out of its active set, in place: a sweep or its inverse."""
    row = chosen[None]  # [1, P]
    in_rows, in_columns = row[None].expand(1, len(level), -1), row[None].expand(len(level), 1, -1)
    column = tableau.gather(1, in_columns)[:, 0]  # [D, P]
    pivot, old_sign = column.gather(0, row), signs.gather(0, row)
    joins = old_sign == 0
    new_sign = level.gather(0, row).sign() * joins
    direction = torch.where(joins, 1.0, -1.0).to(level.dtype)
    tilt.scatter_add_(0, row, new_sign)
    scaled = column / pivot
    tableau.addcmul_(column[:, None], scaled[None], value=-1)
    # The chosen row and column are set rather than updated, which would cancel where the pivot is far from 1.
    chosen_column = (direction * scaled).scatter_(0, row, -1 / pivot)
    tableau.scatter_(0, in_rows, chosen_column[None]).scatter_(1, in_columns, chosen_column[:, None])
    for vector in (level, tilt):
        chosen_entry = vector.gather(0, row)
        vector.addcmul_(scaled, chosen_entry, value=-1).scatter_(0, row, direction * chosen_entry / pivot)
    tilt.scatter_add_(0, row, -old_sign)
    signs.scatter_(0, row, new_sign)
