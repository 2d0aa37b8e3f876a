"""What can be trained for the pretraining on the page, and what the library has of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.frame.texts import t
from dashboard.knobs.changes import State
from dashboard.training import desk
from dashboard.training.demo import demo_form, is_demo
from dashboard.training.further import train_further
from dashboard.training.models import show_models
from dashboard.training.offer import chosen, offer
from dashboard.training.replay import go_on_button
from dashboard.training.trainable import offers
from icl_core.library import Card
from icl_core.library.finding import Models
from icl_core.library.zoo import LIVE_DEMO


def control(state: State, models: Models, trained: Card | None) -> Callable[[], None] | None:
    """What stands under the figure in place of the read-out: after a training the way on from its replay, and
    in a lecture's view of the model for a class the button that trains a fresh one."""
    if trained is not None:
        return go_on_button
    if state.presentation.present and is_demo(state.experiment.pretraining):
        return partial(demo_form, state, models)
    return None


def training_section(state: State, models: Models) -> None:
    """What the library lacks, in a frame; else what it has, how to train that further, and the lecture's."""
    pretraining = state.experiment.pretraining
    offered = offers(pretraining, models)
    if offered:
        with st.container(border=True, key="training"):
            st.markdown(f"##### {t('train.heading')}")
            spec = chosen(offered)
            offer(state, spec, desk.job_of(spec))
            show_models(pretraining, models)
        return
    with st.expander(t("train.models"), icon=":material/model_training:"):
        show_models(pretraining, models)
        train_further(state, models)
    with st.expander(t("train.lecture"), icon=":material/school:"):
        st.markdown(t("train.lecture.text", inputs=LIVE_DEMO.dimension))
        demo_form(state, models)
