"""A training under way as the page's figure: its learning curve so far, redrawn while it learns."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart, figure_place
from dashboard.frame.page import read_aloud, title
from dashboard.frame.shared import once
from dashboard.frame.texts import joined, spoken, t
from dashboard.frame.views import Presentation
from dashboard.knobs.changes import State
from dashboard.say.amounts import duration, errors
from dashboard.say.describe import family_name, names_in
from dashboard.say.trainings import least_squares, training_labels
from dashboard.training import desk
from dashboard.training.audience import out_of_date
from dashboard.training.replay import watch
from dashboard.training.viewer import remember_viewer, viewer
from icl_core.figures.live_curve import live_curve_figure
from icl_core.figures.palette import ThemeName
from icl_core.figures.training_curve import TrainingCurve
from icl_core.library.jobs import Job
from icl_core.specs import Pretraining

ALIKE = 0.02  # references that differ by less are one line


def under_way(state: State) -> Job | None:
    """The training of the page's model, where it waits or runs."""
    desk.service()  # takes up what a former process left, whatever page is opened first
    job = desk.job_of(state.experiment.pretraining)
    return job if job is not None and job.active else None


def show_live(state: State, job: Job) -> None:
    """Title, figure and words of the training, redrawn on their own until it ends; then the whole page is."""
    watch(state)
    seconds = desk.interval(job)
    st.fragment(_live, run_every=seconds)(state.presentation, job.spec, seconds)
    name = viewer()
    if name == job.order.owner:
        remember_viewer()


def stop_button(job: Job) -> None:
    """For the viewer who started it, and for those who wait for it."""
    name = viewer()
    if name in job.order.viewers:
        st.button(
            t("train.cancel" if name == job.order.owner else "train.leave"),
            key="train_cancel",
            icon=":material/stop:",
            on_click=lambda: desk.cancel(job.spec),
        )


def _live(presentation: Presentation, spec: Pretraining, seconds: float | None) -> None:
    job = desk.job_of(spec)
    wanted = desk.interval(job)
    if job is None or wanted is None:
        st.rerun(scope="app")
    if seconds is None or out_of_date(seconds, wanted):
        st.rerun(scope="app")  # the only way to another interval
    sentence = _reading(job)
    title(_title(job))
    with figure_place(presentation.present):
        draw_chart(_figure(job, presentation), "live_curve", alt=sentence, camera="none")
    read_aloud(sentence, _progress(job))


def _title(job: Job) -> str:
    name = job.order.name or t("train.live.unnamed")
    steps = f"{job.model.recipe.steps:,}"
    return t("train.live.title", name=name, step=f"{job.standing.step:,}", steps=steps)


def _reading(job: Job) -> str:
    """The last checkpoint at k = K beside least squares; whether the training may end early."""
    if not job.standing.history:
        return t("train.live.untrained")
    last, k = job.standing.history[-1], job.spec.context_length
    exact = next(iter(least_squares(job.spec).values()), None)
    found = [float(np.mean(last.errors, 0)[k]), *(() if exact is None else (float(exact[k]),))]
    named = dict(zip(("error", "ols"), errors(found), strict=False))
    step = f"{last.step:,}"
    said = [t("train.reading" if exact is None else "train.reading.ols", step=step, k=k, **named)]
    if job.order.threshold is not None:
        goes_on = job.standing.stopped_at is None
        threshold = f"{job.order.threshold:g}"
        said.append(t("train.reading.until" if goes_on else "train.reading.decays", threshold=threshold))
    return joined("sentences", said)


def _progress(job: Job) -> str:
    steps, standing, left = job.model.recipe.steps, job.standing, job.seconds_left
    if job.cancelling:
        return t("train.stopping")
    if left is None or standing.loss is None:
        return t("train.waiting")
    if standing.step >= steps:
        return t("train.grading")
    return t(
        "train.progress",
        step=f"{standing.step:,}",
        steps=f"{steps:,}",
        loss=f"{standing.loss:.3f}",
        tokens=f"{job.tokens_a_second:,.0f}",
        time=duration(left),
    )


def _figure(job: Job, presentation: Presentation) -> go.Figure:
    """The learning curve so far, beside least squares and the Bayes learner; drawn once a checkpoint."""
    theme, history = figure_theme(presentation), job.standing.history
    step = history[-1].step if history else 0
    key = ("live curve", job.model.hash, step, bool(job.standing.bayes), spoken(), theme)
    return once(key, lambda: _drawn(job, theme))


def _drawn(job: Job, theme: ThemeName) -> go.Figure:
    spec, history = job.spec, job.standing.history
    families = len(spec.mixture.families)
    curves = np.array([snapshot.errors for snapshot in history])
    training = TrainingCurve(
        tuple(snapshot.step for snapshot in history),
        spec.mixture,
        curves.reshape(len(history), families, spec.context_length + 1),  # [S, F, K+1], also without any
        _references(job),
    )
    return live_curve_figure(training, training_labels(names_in(spec.mixture)), theme=theme)


def _references(job: Job) -> dict[str, np.ndarray]:
    """Least squares, and for each family the Bayes learner where that is another line."""
    lines = least_squares(job.spec)
    families = job.spec.mixture.families
    for family, found in zip(families, np.array(job.standing.bayes), strict=False):
        if any(np.abs(found - line).max() < ALIKE for line in lines.values()):
            continue
        several = len(families) > 1
        name = t("train.bayes.family", family=family_name(family)) if several else t("train.bayes")
        lines[name] = found
    return lines
