"""Trainings for the page 'Training dynamics', computed once for all viewers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from dashboard.frame.shared import once
from icl_core.evaluation.dynamics import Dynamics, ScaleScan, Trajectory, scale_scan, trajectory
from icl_core.evaluation.sgd_check import SgdRun, sgd_check


def trajectory_of(spec: Dynamics) -> Trajectory:
    """The flow of a spec."""
    return once(("trajectory", spec.hash), partial(trajectory, spec))


def scan_of(spec: Dynamics) -> ScaleScan:
    """The flow from several initial scales; it does not depend on the spec's own."""
    unscaled = replace(spec, init_scale=Dynamics().init_scale)
    return once(("scan", unscaled.hash), partial(scale_scan, spec))


def sgd_of(spec: Dynamics, horizon: float) -> SgdRun:
    """Training by SGD up to the flow's end. Raises SpecError for too many inputs."""
    return once(("sgd", spec.hash), partial(sgd_check, spec, horizon))
