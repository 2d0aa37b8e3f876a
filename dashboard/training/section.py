"""What can be trained for the pretraining on the page, and the training that is under way."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.texts import t
from dashboard.knobs.changes import State
from dashboard.training import desk
from dashboard.training.audience import out_of_date
from dashboard.training.further import train_further
from dashboard.training.models import show_models
from dashboard.training.offer import chosen, offer
from dashboard.training.progress import show_progress
from dashboard.training.trainable import for_the_class, offers
from icl_core.library.finding import Models
from icl_core.specs import Pretraining

ACTIVE, DONE = "training_active", "training_done"


def training_section(state: State, models: Models) -> None:
    """What the library lacks, in a frame; else what it has, how to train that further, and the lecture's."""
    st.session_state.pop(desk.MOVED, None)
    desk.service()  # takes up what a former process left, whatever page is opened first
    pretraining = state.experiment.pretraining
    offered = offers(pretraining, models)
    if offered:
        with st.container(border=True, key="training"):
            st.markdown(f"##### {t('train.heading')}")
            spec = chosen(offered)
            seconds = desk.interval(desk.job_of(spec))
            st.fragment(_panel, run_every=seconds)(state, spec, seconds)
            show_models(pretraining, models)
        return
    if pretraining.hash in (st.session_state.get(ACTIVE), st.session_state.get(DONE)):
        st.session_state[ACTIVE], st.session_state[DONE] = None, pretraining.hash
        _show_done(state, models)
    with st.expander(t("train.models"), icon=":material/model_training:"):
        show_models(pretraining, models)
        train_further(state, models)
    with st.expander(t("train.lecture"), icon=":material/school:"):
        st.markdown(t("train.lecture.text"))
        demo = for_the_class(models, _was_begun)
        st.button(
            t("train.lecture.start"),
            key="train_lecture",
            icon=":material/play_arrow:",
            on_click=lambda: desk.start(state, demo),
        )
        desk.show_refusal()


def _panel(state: State, spec: Pretraining, seconds: float | None) -> None:
    """Redrawn on its own every `seconds` while the job is under way; the whole page is when it ends."""
    if st.session_state.pop(desk.MOVED, False):
        st.rerun(scope="app")
    job = desk.job_of(spec)
    active = job is not None and job.active
    was_active = st.session_state.get(ACTIVE) == spec.hash
    st.session_state[ACTIVE] = spec.hash if active else None
    if was_active and not active:
        st.session_state[DONE] = spec.hash  # to be told where the library has it
        st.rerun(scope="app")
    wanted = desk.interval(job)
    if wanted is not None and (seconds is None or out_of_date(seconds, wanted)):
        st.rerun(scope="app")  # the only way to another interval
    if job is not None and job.active:
        show_progress(state, job)
    else:
        offer(state, spec, job)


def _show_done(state: State, models: Models) -> None:
    """After a training that this viewer saw: where its checkpoints are played back."""
    name = next((name for name, spec in models.items() if spec == state.experiment.pretraining), None)
    if name is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="trained"):
        st.markdown(t("train.done"))
        st.page_link(
            "pages/library.py",
            label=t("library.replay"),
            icon=":material/play_circle:",
            query_params={"played": name, **state.presentation.to_query()},
        )


def _was_begun(spec: Pretraining) -> bool:
    """Whether a training of the model was broken off, and would go on from its checkpoint."""
    job = desk.job_of(spec)
    return job is not None and not job.active and job.standing.step > 0
