"""The knobs of the Model selection page, and the row of pictures above its figure."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.frame.controls import choose, pick_one, slide
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.knobs.heading import group_heading
from dashboard.knobs.prompts import new_seed_button, prompts_knob, tested_as
from dashboard.selection.numbers import Setting
from dashboard.selection.view import (
    PICTURES,
    SelectionView,
    experiment_on,
    nonzero,
    pair_choices,
    picture,
    prompt_number,
    read_out,
    share_choices,
    with_share,
)
from dashboard.selection.words import short_name
from icl_core.evaluation.selection import FamilyPair
from icl_core.library import Library
from icl_core.library.selection import mixture_shares
from icl_core.specs import Pretraining

State = UrlState[SelectionView]
ALPHAS = (0.0001, 0.001, 0.01, 0.1, 1.0)
SINGLE = 32  # prompts that the slider offers to look at alone


def picture_row(state: State, now: Setting) -> None:
    """Which of the five pictures is shown."""
    pick_one(
        state,
        "selection_picture",
        t("selection.picture"),
        PICTURES,
        picture(now.experiment, state.view),
        lambda name: t(f"selection.picture.{name}"),
        lambda settings, name: settings.viewed(picture=name),
    )


def evaluation_knobs(state: State, now: Setting) -> None:
    """Where the picture is read, and the prompts."""
    experiment, view, hidden = now.experiment, state.view, state.presentation.hide
    shown = picture(experiment, view)
    group_heading("evaluation")
    if "k" not in hidden:
        slide(
            state,
            "selection_k",
            t("knob.read_out"),
            0,
            experiment.context_length,
            1,
            read_out(experiment, view),
            lambda settings, k: settings.viewed(k=k),
            help=t("selection.help.k"),
        )
    if shown in ("sparsity", "outside") and "nnz" not in hidden:
        slide(
            state,
            "selection_nnz",
            t("selection.knob.nnz"),
            1,
            experiment.pretraining.dimension,
            1,
            nonzero(experiment, view),
            lambda settings, nnz: settings.viewed(nnz=nnz),
            help=t("selection.help.nnz"),
        )
    if shown == "choice" and "prompt" not in hidden:
        slide(
            state,
            "selection_prompt",
            t("selection.knob.prompt"),
            0,
            min(SINGLE, experiment.evaluation.prompts) - 1,
            1,
            prompt_number(experiment, view),
            lambda settings, prompt: settings.viewed(prompt=prompt),
            help=t("selection.help.prompt"),
        )
    with st.expander(t("group.more"), icon=":material/tune:", type="compact"):
        _more(state, now)


def pretraining_knobs(state: State, now: Setting, library: Library) -> None:
    """The pair of families, and their shares in the mixture."""
    pretraining, evaluation = now.experiment.pretraining, now.experiment.evaluation
    hidden = state.presentation.hide
    group_heading("pretraining")
    if "pair" not in hidden:
        choose(
            state,
            "selection_pair",
            t("selection.knob.pair"),
            pair_choices(library, pretraining),
            pretraining,
            lambda spec: _pair_label(spec, library),
            lambda settings, spec: replace(
                settings.viewed(nnz=None, k=None),
                experiment=experiment_on(with_share(library, spec, now.pair.dense_share), evaluation),
            ),
            help=t("selection.help.pair"),
        )
    if "share" not in hidden:
        _share_knob(state, now, library)


def _share_knob(state: State, now: Setting, library: Library) -> None:
    """A slider over the mixtures, in steps; those with a trained model are marked."""
    experiment = now.experiment
    pretraining = experiment.pretraining
    trained = mixture_shares(library, pretraining)
    key = "selection_share"
    st.session_state[key] = now.pair.dense_share

    def apply() -> None:
        spec = with_share(library, pretraining, st.session_state[key])
        state.change(lambda settings: replace(settings, experiment=replace(experiment, pretraining=spec)))

    st.select_slider(
        t("selection.knob.share"),
        share_choices(library, pretraining),
        key=key,
        format_func=lambda share: t(
            "option.trained" if share in trained else "option.closed_form", name=f"{100 * share:.0f}%"
        ),
        on_change=apply,
        help=t("selection.help.share"),
    )


def _more(state: State, now: Setting) -> None:
    evaluation, tested = now.experiment.evaluation, tested_as(now.experiment)
    choose(
        state,
        "selection_alpha",
        t("knob.alpha"),
        sorted({*ALPHAS, evaluation.alpha}),
        evaluation.alpha,
        lambda alpha: f"{alpha:g}",
        lambda settings, alpha: tested(settings, alpha=alpha),
        help=t("help.alpha"),
    )
    prompts_knob(state, evaluation.prompts, tested)
    new_seed_button(state, evaluation, tested)


def _pair_label(spec: Pretraining, library: Library) -> str:
    pair = FamilyPair.of(spec)
    name = t(
        "selection.pair",
        narrow=short_name(pair.narrow),
        nnz=pair.narrow.nnz,
        dimension=spec.dimension,
        length=spec.context_length,
    )
    return t("option.trained" if mixture_shares(library, spec) else "option.closed_form", name=name)
