"""The small model that is trained in front of a class: its name, and the button that begins it."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import streamlit as st

from dashboard.frame.texts import t
from dashboard.knobs.changes import State
from dashboard.training import desk
from dashboard.training.offer import name_field
from dashboard.training.trainable import for_the_class
from icl_core.library.finding import Models
from icl_core.library.zoo import LIVE_DEMO
from icl_core.specs import Pretraining


def is_demo(pretraining: Pretraining) -> bool:
    """Whether it is the model for a class, of whatever seed."""
    return replace(pretraining, seed=LIVE_DEMO.seed) == LIVE_DEMO


def demo_form(state: State, models: Models) -> None:
    """A fresh one is begun at a press, under the name that stands in the field."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name_field(_free_name(models))
        st.button(
            t("train.lecture.start"),
            key="train_lecture",
            type="primary",
            icon=":material/play_arrow:",
            on_click=lambda: desk.start(state, for_the_class(models, _was_begun)),
        )
    desk.show_refusal()


def _free_name(models: Models) -> str:
    """What the class may call its own, if nobody says otherwise."""
    name = t("train.lecture.name")
    return next(each for n in count(1) if (each := name if n == 1 else f"{name} {n}") not in models)


def _was_begun(spec: Pretraining) -> bool:
    """Whether a training of the model was broken off, and would go on from its checkpoint."""
    job = desk.job_of(spec)
    return job is not None and not job.active and job.standing.step > 0
