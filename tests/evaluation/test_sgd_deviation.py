"""Deviations of a run from the flow, where they are known."""

from dataclasses import replace

import numpy as np
import pytest

from icl_core.evaluation.dynamics import Dynamics
from icl_core.evaluation.sgd_check import SgdRun
from icl_core.evaluation.sgd_deviation import sgd_deviation

SPEC = Dynamics(dimension=2)


def run_along_the_flow(spec: Dynamics) -> SgdRun:
    loss, times = spec.loss(), np.array([0.0, 1.0, 4.0])
    path = loss.flow(times, spec.init_scale, spec.theta_theta)
    key_query, value = np.zeros((3, 3, 3)), np.zeros((3, 3, 3))
    key_query[:, :-1, :-1], value[:, -1, -1] = path.U, path.u
    losses = loss.risks(path.A) / np.trace(loss.mean_covariance)
    return SgdRun(times, key_query, value, losses, rate=0.01, steps=400, batch=32)


def test_along_the_flow_nothing_deviates() -> None:
    assert sgd_deviation(SPEC, run_along_the_flow(SPEC)) == (0, 0)


def test_the_largest_deviations_are_found() -> None:
    run = run_along_the_flow(SPEC)
    value, key_query = run.value.copy(), run.key_query.copy()
    key_query[2, 0, 1] += 0.125
    value[1, -1, -1] -= 0.25
    away = replace(run, key_query=key_query, value=value, losses=run.losses * [1, 0.9, 1.05])
    assert sgd_deviation(SPEC, away) == pytest.approx((0.25, 0.1))


def test_from_zero_weights_the_flow_stays_there() -> None:
    run = run_along_the_flow(SPEC)
    assert sgd_deviation(replace(SPEC, start="zero"), run) == (np.abs(run.U).max(), 0)
