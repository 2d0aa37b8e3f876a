"""Training from the page: what it costs, how it goes, and how to stop it."""

from __future__ import annotations

import os
from itertools import islice
from uuid import uuid4

import numpy as np
import streamlit as st

from dashboard.bootstrap import figure_theme
from dashboard.describe import family_name
from dashboard.knobs.changes import State, change_pretraining
from dashboard.pretraining import Models
from dashboard.shelf.training import least_squares
from dashboard.texts import joined, t
from dashboard.trainable import for_the_class, near, offers
from icl_core.figures.live_curve import live_curve_figure
from icl_core.figures.training_curve import TrainingCurve, TrainingLabels
from icl_core.library import default_library
from icl_core.library.jobs import Job, JobRefused, TrainingService, local_service
from icl_core.library.jobs.cost import cost
from icl_core.specs import Pretraining, SpecError

POLL_SECONDS = 2.0
VIEWERS_A_SECOND = 4  # polls that one process answers
READ_SECONDS = 1.0
MOST_NEAR = 3
REFUSED = "training_refused"


def training_section(state: State, models: Models) -> None:
    """What can be trained for the pretraining on the page, and the training of one that is under way."""
    offered = offers(state.experiment.pretraining, models)
    if offered:
        with st.container(border=True, key="training"):
            st.markdown(f"##### {t('train.heading')}")
            _show_near(state.experiment.pretraining, models)
            spec = _chosen(offered)
            job = _job(spec)
            st.fragment(_panel, run_every=_interval(job))(state, spec)
    else:
        with st.expander(t("train.lecture"), icon=":material/school:"):
            st.markdown(t("train.lecture.text"))
            demo = for_the_class(models)
            st.button(
                t("train.lecture.start"),
                key="train_lecture",
                icon=":material/play_arrow:",
                on_click=lambda: _start(state, demo),
            )
            _show_refusal()


def _panel(state: State, spec: Pretraining) -> None:
    """Redrawn on its own while the job is under way; the whole page is when it ends."""
    job = _job(spec)
    was_active = st.session_state.get("training_active") == spec.hash
    st.session_state["training_active"] = spec.hash if job is not None and job.active else None
    if was_active and not (job is not None and job.active):
        st.rerun(scope="app")
    if job is not None and job.active:
        _progress(state, job)
    else:
        _offer(state, spec, job)


def _offer(state: State, spec: Pretraining, job: Job | None) -> None:
    """The price, and the button; after a stop or a fault, what happened."""
    if job is not None and job.state == "failed":
        st.error(job.standing.fault)
    if job is not None and job.state == "cancelled":
        st.info(t("train.cancelled", step=f"{job.standing.step:,}"))
    _show_refusal()
    try:
        price = cost(spec)
    except SpecError as fault:
        st.error(str(fault))
        return
    st.caption(
        t(
            "train.cost",
            parameters=f"{price.parameters:,}",
            steps=f"{spec.recipe.steps:,}",
            time=_time(price.seconds_a_step * spec.recipe.steps),
        )
    )
    st.button(
        t("train.start" if job is None else "train.again"),
        key="train_start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=lambda: _start(state, spec),
    )


def _progress(state: State, job: Job) -> None:
    steps, standing, left = job.model.recipe.steps, job.standing, job.seconds_left
    if left is None or standing.loss is None:
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
            time=_time(left),
        )
        st.progress(standing.step / steps, text)
    if standing.history:
        _draw(state, job)
    viewer = _viewer()
    if viewer in job.order.viewers:
        st.button(
            t("train.cancel" if viewer == job.order.owner else "train.leave"),
            key="train_cancel",
            icon=":material/stop:",
            on_click=lambda: _cancel(job.spec),
        )


def _draw(state: State, job: Job) -> None:
    """The learning curve so far, beside least squares."""
    spec, history = job.spec, job.standing.history
    training = TrainingCurve(
        tuple(snapshot.step for snapshot in history),
        tuple(family.kind for family in spec.mixture.families),
        np.array([snapshot.errors for snapshot in history]),
        least_squares(spec),
    )
    labels = TrainingLabels(
        families={family.kind: family_name(family) for family in spec.mixture.families},
        context_length=t("figure.context_length"),
        error=t("figure.error"),
        steps=t("library.steps"),
        learning_curve=t("library.learning_curve"),
        at=t("library.at"),
        play=t("library.play"),
        pause=t("library.pause"),
        prefix=t("library.prefix"),
    )
    figure = live_curve_figure(training, labels, theme=figure_theme(state.presentation))
    last = history[-1]
    k = max(1, spec.context_length // 2)
    sentence = t("train.reading", step=f"{last.step:,}", k=k, error=f"{np.mean(last.errors, 0)[k]:.2f}")
    config = {"displaylogo": False, "displayModeBar": False, "responsive": True}
    st.plotly_chart(figure, theme=None, key="live_curve", config=config, alt=sentence)
    st.caption(sentence)


def _chosen(offered: dict[str, Pretraining]) -> Pretraining:
    """The one that is offered, or the viewer's choice of size."""
    names = list(offered)
    if len(names) == 1:
        return offered[names[0]]
    size = st.segmented_control(
        t("train.size"),
        names,
        format_func=lambda name: t(f"train.size.{name}"),
        default=names[0],
        required=True,
        key="train_size",
    )
    return offered[size or names[0]]


def _show_near(pretraining: Pretraining, models: Models) -> None:
    close = [
        t(
            "train.near.model",
            name=name,
            fields=joined("names", (t(f"train.field.{field}") for field in differing)),
        )
        for name, differing in islice(near(pretraining, models).items(), MOST_NEAR)
    ]
    if close:
        st.caption(t("train.near", models=joined("clauses", close)))


def _show_refusal() -> None:
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        st.error(refused)


def _start(state: State, spec: Pretraining) -> None:
    """Asks for the model and makes it the one on the page, whose link others can open."""
    try:
        _service().submit(spec, _viewer())
    except (JobRefused, SpecError) as refusal:
        st.session_state[REFUSED] = str(refusal)
        return
    _read.clear()
    state.change(lambda settings: change_pretraining(settings, lambda _: spec))


def _cancel(spec: Pretraining) -> None:
    _service().cancel(spec, _viewer())
    _read.clear()


def _interval(job: Job | None) -> float | None:
    """Seconds between two looks; only a job under way is looked at, by its starter the most often."""
    if job is None or not job.active:
        return None
    if _viewer() == job.order.owner:
        return POLL_SECONDS
    return max(POLL_SECONDS, len(job.order.viewers) / VIEWERS_A_SECOND)


def _viewer() -> str:
    """Who this is, for as long as the page stays open."""
    return st.session_state.setdefault("viewer", uuid4().hex)


def _time(seconds: float) -> str:
    if seconds < 90:
        return t("train.seconds", seconds=max(1, round(seconds)))
    return t("train.minutes", minutes=round(seconds / 60))


def _job(spec: Pretraining) -> Job | None:
    return _read(spec.hash, _service(), spec)


@st.cache_data(ttl=READ_SECONDS, max_entries=64, show_spinner=False)
def _read(spec_hash: str, _from: TrainingService, _spec: Pretraining) -> Job | None:
    """One look a second for all viewers of this process."""
    return _from.status(_spec)


def _service() -> TrainingService:
    settings = tuple(os.environ.get(name) for name in ("ICL_STATE", "ICL_MODEL_STORE", "ICL_TRAINING"))
    return _shared_service(settings)


@st.cache_resource(max_entries=4, show_spinner=False)
def _shared_service(settings: tuple[str | None, ...]) -> TrainingService:
    """One for all viewers of this process; it takes up what a former process left."""
    service = local_service(default_library())
    service.revive()
    return service
