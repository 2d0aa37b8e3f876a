"""The training service as the page uses it: one for all viewers, read once a second."""

from __future__ import annotations

import os

import streamlit as st

from dashboard.frame.texts import said, t
from dashboard.knobs.changes import State, change_pretraining
from dashboard.training.audience import Audience, poll_seconds
from dashboard.training.viewer import viewer
from icl_core.library import default_library
from icl_core.library.jobs import Job, JobRefused, TrainingService, local_service
from icl_core.specs import Pretraining, SpecError

READ_SECONDS = 1.0
REFUSED = "training_refused"
NAME = "train_name"


def service() -> TrainingService:
    settings = tuple(os.environ.get(name) for name in ("ICL_STATE", "ICL_MODEL_STORE", "ICL_TRAINING"))
    return _shared_service(settings)


def job_of(spec: Pretraining) -> Job | None:
    return _read(spec.hash, service(), spec)


def start(state: State, spec: Pretraining, threshold: float | None = None) -> None:
    """Asks for the model, which the library will call what the page's field says, and makes it the one on the
    page, whose link others can open."""
    name = " ".join(st.session_state.get(NAME, "").split())
    try:
        service().submit(spec, viewer(), threshold, name)
    except (JobRefused, SpecError) as refusal:
        st.session_state[REFUSED] = said(refusal)
        return
    except OSError as error:
        st.session_state[REFUSED] = t("train.unwritable", reason=error.strerror or str(error))
        return
    _read.clear()
    show(state, spec)


def show(state: State, spec: Pretraining) -> None:
    """Makes the model the one on the page, which is then drawn anew as a whole."""
    state.change(lambda settings: change_pretraining(settings, lambda _: spec))


def cancel(spec: Pretraining) -> None:
    service().cancel(spec, viewer())
    _read.clear()


def show_refusal() -> None:
    refused = st.session_state.pop(REFUSED, None)
    if refused:
        st.error(refused)


def interval(job: Job | None) -> float | None:
    """Seconds between two looks; only a job under way is looked at, by its starter the most often."""
    if job is None or not job.active:
        return None
    name = viewer()
    return poll_seconds(_audience().size(job.spec.hash, name), name == job.order.owner)


@st.cache_data(ttl=READ_SECONDS, max_entries=64, show_spinner=False)
def _read(spec_hash: str, _from: TrainingService, _spec: Pretraining) -> Job | None:
    """One look a second for all viewers of this process."""
    return _from.status(_spec)


@st.cache_resource(max_entries=4, show_spinner=False)
def _shared_service(settings: tuple[str | None, ...]) -> TrainingService:
    """Takes up what a former process left."""
    made = local_service(default_library())
    made.revive()
    return made


@st.cache_resource(show_spinner=False)
def _audience() -> Audience:
    return Audience()
