"""The shift between pretraining and test: its kind, and how strong it is."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.frame.knob import Knob, Menu, Row, Slider, Steps, draw, viewed
from dashboard.frame.texts import t
from dashboard.frame.views import UNITS
from dashboard.knobs.changes import Acting, CurveSettings, State, change_evaluation
from dashboard.say.describe import magnitude_name, shift_effect, shift_name
from icl_core.data.shifts import CovariateScale, NoShift
from icl_core.evaluation.shift_lab import fitting_kinds, strong_magnitude, with_shift
from icl_core.specs import Shift


def shift_knob(state: State, acting: Acting) -> None:
    """The kind of shift."""
    kinds, current = _shift_kinds(state, acting.kind), _kind(state, acting.kind)
    kind = Menu(kinds, shift_name)
    draw(state, Knob("shift", t("knob.shift"), kind, current, _with_kind, t("help.shift")))


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
    kind = Slider(0.0, 1.0, 0.25, disabled=True) if none else _magnitudes(state, shift)
    label = t("knob.scale" if isinstance(shift, CovariateScale) else "knob.magnitude")

    def with_magnitude(settings: CurveSettings, m: float) -> CurveSettings:
        return change_evaluation(settings, shift=replace(settings.experiment.evaluation.shift, magnitude=m))

    draw(
        state,
        Knob("magnitude", label, kind, shift.magnitude, with_magnitude, t("help.magnitude")),
    )
    if not none:
        st.caption(shift_effect(shift))


def unit_knob(state: State, acting: Acting) -> None:
    """What errors are divided by; left out where the only test has no shift, and both are one."""
    if acting.names is not None or not isinstance(state.experiment.evaluation.shift, NoShift):
        row = Row(UNITS, lambda unit: t(f"unit.{unit}"))
        draw(state, Knob("unit", t("knob.unit"), row, state.view.unit, viewed("unit"), t("help.unit")))


def _magnitudes(state: State, shift: Shift) -> Slider[float] | Steps[float]:
    """By c = 4^m where the inputs are scaled; a whole number counts inputs, of which there are so many."""
    if isinstance(shift, CovariateScale):
        stops = sorted({*shift.stops, shift.magnitude})
        return Steps(stops, lambda m: magnitude_name(shift.kind, m))
    span = shift.range
    counts = isinstance(span.step, int)
    high = min(span.high, state.experiment.pretraining.dimension) if counts else span.high
    return Slider(span.low, high, span.step)
