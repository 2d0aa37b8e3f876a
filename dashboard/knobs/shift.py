"""The shift between pretraining and test: its kind, and how strong it is."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.frame.controls import choose, slide
from dashboard.frame.texts import t
from dashboard.knobs.acting import Acting
from dashboard.knobs.changes import CurveSettings, State, change_evaluation
from dashboard.say.describe import shift_effect, shift_name
from icl_core.data.shifts import NoShift
from icl_core.evaluation.shift_lab import fitting_kinds, strong_magnitude, with_shift
from icl_core.specs import Shift


def shift_knob(state: State, acting: Acting) -> None:
    """The kind of shift."""
    choose(
        state,
        "shift",
        t("knob.shift"),
        _shift_kinds(state, acting.kind),
        _kind(state, acting.kind),
        shift_name,
        _with_kind,
        help=t("help.shift"),
    )


def _kind(state: State, usual: str | None) -> str:
    """The test's kind of shift; `usual` where it has none."""
    kind = state.experiment.evaluation.shift.kind
    return usual if usual is not None and kind == NoShift.kind else kind


def _shift_kinds(state: State, usual: str | None) -> list[str]:
    """Kinds of shift that fit the dimension and the families, in the catalogue's order; none first, unless
    `usual` takes its place."""
    shown = {_kind(state, usual), *fitting_kinds(state.experiment)}
    shown |= {NoShift.kind} if usual is None else set()
    return [kind for kind in Shift.kinds if kind in shown]


def _with_kind(settings: CurveSettings, kind: str) -> CurveSettings:
    """The same test under a shift of another kind, strong enough to see: halfway to the strongest."""
    experiment = settings.experiment
    magnitude = strong_magnitude(experiment, kind, 0.5)
    return replace(settings, experiment=with_shift(experiment, kind, magnitude))


def magnitude_knob(state: State, _: Acting) -> None:
    """How strong the shift is, and what that means."""
    shift = state.experiment.evaluation.shift
    none = isinstance(shift, NoShift)
    span = shift.range
    number = type(span.step)
    high = min(span.high, state.experiment.pretraining.dimension) if number is int else span.high
    slide(
        state,
        "magnitude",
        t("knob.magnitude"),
        span.low,
        1.0 if none else high,
        0.25 if none else span.step,
        shift.magnitude,
        lambda settings, m: change_evaluation(
            settings, shift=replace(settings.experiment.evaluation.shift, magnitude=m)
        ),
        help=t("help.magnitude"),
        disabled=none,
    )
    if not none:
        st.caption(shift_effect(shift))
