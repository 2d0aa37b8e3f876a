"""Trainings for the page 'Training dynamics', computed once for all viewers."""

from __future__ import annotations

import streamlit as st

from icl_core.evaluation.dynamics import Dynamics, ScaleScan, Trajectory, scale_scan, trajectory
from icl_core.evaluation.sgd_check import SgdRun, sgd_check

MOST_KEPT = 128  # trajectories in memory, up to 1 MB each


def trajectory_of(spec: Dynamics) -> Trajectory:
    """The flow of a spec."""
    return _trajectory(spec.hash, spec)


def scan_of(spec: Dynamics) -> ScaleScan:
    """The flow from several initial scales; it does not depend on the spec's own."""
    return _scan(Dynamics(**_without_scale(spec)).hash, spec)


def sgd_of(spec: Dynamics, horizon: float) -> SgdRun:
    """Training by SGD up to the flow's end. Raises SpecError for too many inputs."""
    return _sgd(spec.hash, spec, horizon)


def _without_scale(spec: Dynamics) -> dict:
    return {name: getattr(spec, name) for name in Dynamics.__dataclass_fields__ if name != "init_scale"}


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _trajectory(spec_hash: str, _spec: Dynamics) -> Trajectory:
    return trajectory(_spec)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _scan(spec_hash: str, _spec: Dynamics) -> ScaleScan:
    return scale_scan(_spec)


@st.cache_data(max_entries=MOST_KEPT, show_spinner=False)
def _sgd(spec_hash: str, _spec: Dynamics, _horizon: float) -> SgdRun:
    return sgd_check(_spec, _horizon)
