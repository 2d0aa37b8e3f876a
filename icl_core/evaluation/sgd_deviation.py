"""How far a training by SGD is from the gradient flow of the same start."""

from __future__ import annotations

import numpy as np

from icl_core.evaluation.dynamics import Dynamics
from icl_core.evaluation.sgd_check import SgdRun


def sgd_deviation(spec: Dynamics, run: SgdRun) -> tuple[float, float]:
    """Largest deviations at the run's times: of the weights U and u, absolute, and of the loss, relative.

    From weights of zero, where the flow stays, that of U from 0, and none of the loss.
    """
    if spec.start == "zero":
        return float(np.abs(run.U).max()), 0.0
    loss = spec.loss()
    path = loss.flow(run.times, spec.init_scale, spec.theta_theta)
    weights = max(float(np.abs(path.U - run.U).max()), float(np.abs(path.u - run.u).max()))
    losses = loss.risks(path.A) / np.trace(loss.mean_covariance)
    return weights, float(np.abs(run.losses / losses - 1).max())
