"""More steps for a model that the library has."""

from __future__ import annotations

import streamlit as st

from dashboard.frame.texts import t
from dashboard.knobs.changes import State
from dashboard.training import desk
from dashboard.training.offer import price_of
from icl_core.library.finding import Models, is_closed_form
from icl_core.library.jobs import continued

STEP = 500


def train_further(state: State, models: Models) -> None:
    """How many more steps, their price, and the button; or why the model cannot go on here."""
    spec = state.experiment.pretraining
    if is_closed_form(spec):
        return
    if not desk.service().can_continue(spec):
        st.caption(t("train.further.no"))
        return
    st.markdown(t("train.further.text"))
    most = desk.service().limits.steps
    steps = st.number_input(
        t("train.further.steps"),
        min_value=1,
        max_value=most,
        value=min(most, spec.recipe.steps),
        step=STEP,
        key="train_further_steps",
        width=240,
    )
    more = continued(spec, steps)
    st.markdown(price_of(more))
    st.button(
        t("train.further.start"),
        key="train_further",
        icon=":material/play_arrow:",
        on_click=lambda: desk.start(state, more),
    )
    desk.show_refusal()
