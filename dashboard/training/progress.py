"""A training under way: how far it is, and its learning curve so far."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.shared import once
from dashboard.frame.texts import joined, spoken, t
from dashboard.knobs.changes import State
from dashboard.say.amounts import duration
from dashboard.say.describe import family_name, names_in
from dashboard.say.trainings import least_squares, training_labels
from dashboard.training import desk
from dashboard.training.viewer import remember_viewer, viewer
from icl_core.figures.live_curve import live_curve_figure
from icl_core.figures.palette import ThemeName
from icl_core.figures.training_curve import TrainingCurve
from icl_core.library.jobs import Job

ALIKE = 0.02  # references that differ by less are one line


def show_progress(state: State, job: Job) -> None:
    _bar(job)
    if job.standing.history:
        _draw(state, job)
    name = viewer()
    if name == job.order.owner:
        remember_viewer()
    if name in job.order.viewers:
        st.button(
            t("train.cancel" if name == job.order.owner else "train.leave"),
            key="train_cancel",
            icon=":material/stop:",
            on_click=lambda: desk.cancel(job.spec),
        )


def _bar(job: Job) -> None:
    steps, standing, left = job.model.recipe.steps, job.standing, job.seconds_left
    if job.cancelling:
        st.progress(standing.step / steps, t("train.stopping"))
    elif left is None or standing.loss is None:
        st.progress(0.0, t("train.waiting"))
    elif standing.step >= steps:
        st.progress(1.0, t("train.grading"))
    else:
        text = t(
            "train.progress",
            step=f"{standing.step:,}",
            steps=f"{steps:,}",
            loss=f"{standing.loss:.3f}",
            tokens=f"{job.tokens_a_second:,.0f}",
            time=duration(left),
        )
        st.progress(standing.step / steps, text)


def _draw(state: State, job: Job) -> None:
    """The learning curve so far, beside least squares and the Bayes learner."""
    last, language = job.standing.history[-1], spoken()
    theme = figure_theme(state.presentation)
    key = ("live curve", job.model.hash, last.step, language, theme)  # drawn once a checkpoint
    figure = once(key, lambda: _figure(job, theme))
    k = max(1, job.spec.context_length // 2)
    sentence = t("train.reading", step=f"{last.step:,}", k=k, error=f"{np.mean(last.errors, 0)[k]:.2f}")
    draw_chart(figure, "live_curve", alt=sentence, camera="none")
    if job.order.threshold is not None:
        goes_on = job.standing.stopped_at is None
        threshold = f"{job.order.threshold:g}"
        end = t("train.reading.until" if goes_on else "train.reading.decays", threshold=threshold)
        sentence = joined("sentences", [sentence, end])
    st.caption(sentence)


def _figure(job: Job, theme: ThemeName) -> go.Figure:
    spec, history = job.spec, job.standing.history
    training = TrainingCurve(
        tuple(snapshot.step for snapshot in history),
        spec.mixture,
        np.array([snapshot.errors for snapshot in history]),
        _references(job),
    )
    return live_curve_figure(training, training_labels(names_in(spec.mixture)), theme=theme)


def _references(job: Job) -> dict[str, np.ndarray]:
    """Least squares, and for each family the Bayes learner where that is another line."""
    lines = least_squares(job.spec)
    families = job.spec.mixture.families
    for family, errors in zip(families, np.array(job.standing.bayes), strict=False):
        if any(np.abs(errors - line).max() < ALIKE for line in lines.values()):
            continue
        several = len(families) > 1
        name = t("train.bayes.family", family=family_name(family)) if several else t("train.bayes")
        lines[name] = errors
    return lines
