"""The price of a training, and the button that begins it."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.texts import said, t
from dashboard.knobs.changes import State
from dashboard.say.amounts import duration
from dashboard.training import desk
from icl_core.library.jobs import Job
from icl_core.library.jobs.cost import cost
from icl_core.library.jobs.early_stop import can_stop
from icl_core.library.jobs.service import LONGEST_NAME
from icl_core.specs import Pretraining, SpecError

EXCESS = "train_excess"


def chosen(offered: dict[str, Pretraining]) -> Pretraining:
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


def offer(state: State, spec: Pretraining, job: Job | None) -> None:
    """After a stop or a fault, what happened; then the price, the early stop and the button."""
    if job is not None:
        _what_happened(state, job)
    desk.show_refusal()
    try:
        price = price_of(spec)
    except SpecError as fault:
        st.error(said(fault))
        return
    st.markdown(price)
    if can_stop(spec, spec.recipe.decay_start - 1):
        st.number_input(
            t("train.excess"),
            min_value=0.001,
            max_value=1.0,
            value=None,
            step=0.01,
            format="%.3f",
            placeholder=t("train.excess.none"),
            help=t("train.excess.help"),
            key=EXCESS,
            width=420,
        )
    name_field()
    begun = job is not None and job.standing.step > 0
    st.button(
        t("train.again" if begun else "train.start"),
        key="train_start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=lambda: desk.start(state, spec, st.session_state.get(EXCESS)),
    )


def name_field(name: str = "") -> None:
    """What the library will call the model; without a name, its hash."""
    st.text_input(
        t("train.name"),
        value=name,
        max_chars=LONGEST_NAME,
        placeholder=t("train.name.none"),
        help=t("train.name.help"),
        key=desk.NAME,
        width=320,
    )


def price_of(spec: Pretraining) -> str:
    """Parameters, steps and time. Raises SpecError for a model that cannot be built."""
    price = cost(spec)
    return t(
        "train.cost",
        parameters=f"{price.parameters:,}",
        steps=f"{spec.recipe.steps:,}",
        time=duration(price.seconds_a_step * spec.recipe.steps),
    )


def _what_happened(state: State, job: Job) -> None:
    if job.state == "failed":
        st.error(job.standing.fault)
    if job.state == "cancelled":
        st.info(t("train.cancelled", step=f"{job.standing.step:,}"))
    if job.state == "finished" and job.model != job.spec:
        steps, planned = (f"{spec.recipe.steps:,}" for spec in (job.model, job.spec))
        st.success(t("train.early", threshold=f"{job.order.threshold:g}", steps=steps, planned=planned))
        st.button(
            t("train.early.show"),
            key="train_show_early",
            icon=":material/show_chart:",
            on_click=lambda: desk.show(state, job.model),
        )
