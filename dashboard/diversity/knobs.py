"""The knobs of the Task diversity page, and the row of pictures above its figure."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.diversity.numbers import Setting
from dashboard.diversity.view import (
    NOISES,
    PICTURES,
    DiversityView,
    experiment_on,
    read_out,
    size_choices,
    with_noise,
    with_pool,
)
from dashboard.frame.controls import choose, pick_one, slide
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.knobs.heading import group_heading
from dashboard.knobs.prompts import new_seed_button, prompts_knob, tested_as
from icl_core.library import Library

State = UrlState[DiversityView]


def picture_row(state: State) -> None:
    """Which of the two pictures is shown."""
    pick_one(
        state,
        "diversity_picture",
        t("selection.picture"),
        PICTURES,
        state.view.picture,
        lambda picture: t(f"diversity.picture.{picture}"),
        lambda settings, picture: settings.viewed(picture=picture),
    )


def evaluation_knobs(state: State, now: Setting) -> None:
    """Where the picture is read, and the prompts."""
    experiment = now.experiment
    evaluation = experiment.evaluation
    group_heading("evaluation")
    if "k" not in state.presentation.hide:
        slide(
            state,
            "diversity_k",
            t("knob.read_out"),
            0,
            experiment.context_length,
            1,
            read_out(experiment, state.view),
            lambda settings, k: settings.viewed(k=k),
            help=t("selection.help.k"),
        )
    with st.expander(t("group.more"), icon=":material/tune:", type="compact"):
        prompts_knob(state, evaluation.prompts, tested_as(experiment))
        new_seed_button(state, evaluation, tested_as(experiment))


def pretraining_knobs(state: State, now: Setting, library: Library) -> None:
    """The pool looked at, and under 'More' the noise."""
    pretraining, evaluation = now.pretraining, now.experiment.evaluation
    group_heading("pretraining")
    key = "diversity_pool"
    sizes = size_choices(pretraining)
    st.session_state[key] = sizes.index(pretraining.task_pool)

    def apply() -> None:
        spec = with_pool(library, pretraining, sizes[st.session_state[key]])
        state.change(lambda settings: replace(settings, experiment=experiment_on(spec, evaluation)))

    if "pool" not in state.presentation.hide:
        st.select_slider(
            t("diversity.knob.pool"),
            range(len(sizes)),
            key=key,
            format_func=lambda index: _size_name(sizes[index], now),
            on_change=apply,
            help=t("diversity.help.pool"),
        )
    with st.expander(t("group.more"), icon=":material/tune:", type="compact"):
        choose(
            state,
            "diversity_noise",
            t("diversity.knob.noise"),
            sorted({*NOISES, pretraining.label_noise}),
            pretraining.label_noise,
            lambda noise: f"{noise:g}",
            lambda settings, noise: replace(
                settings, experiment=experiment_on(with_noise(library, pretraining, noise), evaluation)
            ),
            help=t("diversity.help.noise"),
        )


def _size_name(size: int | None, now: Setting) -> str:
    name = t("diversity.infinite") if size is None else f"{size:,}"
    return t("option.trained" if size in now.models else "option.closed_form", name=name)
