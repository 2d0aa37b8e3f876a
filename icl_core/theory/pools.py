"""Linear self-attention pretrained on a finite pool of tasks: what it does on those tasks and on new ones.

The layer sees the K pool tasks, rows of W [K, d], through their second moment W^T W / K alone.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from icl_core.theory.arguments import Array, finite_array, nonnegative
from icl_core.theory.marchenko_pastur import residual_share
from icl_core.theory.risk import lsa_optimum, lsa_risk


class PoolRisks(NamedTuple):
    """Risk on new tasks from the underlying distribution, and on the tasks of the pool."""

    new: float
    seen: float


def pool_second_moment(tasks: ArrayLike) -> Array:
    """W^T W / K [d, d] of the tasks W [K, d]."""
    tasks = finite_array("tasks", tasks, (None, None))
    return tasks.T @ tasks / len(tasks)


def pool_optimum(tasks: ArrayLike, S: ArrayLike, noise_var: float, N: float) -> Array:
    """The A [d, d] of least risk at N pairs when the weights are drawn from the pool `tasks` [K, d].

    Raises:
        ValueError: tasks not [K, d], or as `lsa_optimum`.
    """
    return lsa_optimum(S, pool_second_moment(tasks), noise_var, N)


def pool_risks(
    A: ArrayLike,
    tasks: ArrayLike,
    S: ArrayLike,
    noise_var: float,
    M: float,
    T: ArrayLike | None = None,
    Q: ArrayLike | None = None,
) -> PoolRisks:
    """Risks of A at M pairs on new tasks of second moment T (None: I) and on the pool `tasks` [K, d].

    Raises:
        ValueError: tasks not [K, d], or as `lsa_risk`.
    """
    pool = pool_second_moment(tasks)
    new = np.eye(len(pool)) if T is None else T
    return PoolRisks(lsa_risk(A, S, new, noise_var, M, Q), lsa_risk(A, S, pool, noise_var, M, Q))


def pool_limit(
    tasks_per_dimension: float, pairs_per_dimension: float, noise_per_dimension: float
) -> PoolRisks:
    """Risks of the pool optimum divided by d, as d grows at fixed K/d, N/d = M/d and noise_var/d; S = T = I.

    Over t ~ Marchenko-Pastur, with c = (1 + noise)/pairs: new = E[(1+c)(t/(t+c))^2 - 2 t/(t+c) + 1], seen =
    E[t c/(t+c)]. Tasks and pairs per dimension may be infinite. The setting is that of Lu et al. (2024) with
    unlimited prompts.

    Raises:
        ValueError: tasks or pairs per dimension not positive, or noise_per_dimension < 0.
    """
    for name, value in (
        ("tasks_per_dimension", tasks_per_dimension),
        ("pairs_per_dimension", pairs_per_dimension),
    ):
        if math.isnan(value) or value <= 0:
            raise ValueError(f"{name} must be above 0 (infinity is allowed), but it is {value}.")
    c = (1 + nonnegative("noise_per_dimension", noise_per_dimension)) / pairs_per_dimension
    missed, missed_squared = residual_share(1 / tasks_per_dimension, c)
    new = (1 + c) * (1 - 2 * missed + missed_squared) - 2 * (1 - missed) + 1
    return PoolRisks(new=new, seen=c * (1 - missed))
