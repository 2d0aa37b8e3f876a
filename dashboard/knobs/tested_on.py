"""What the model is tested on: the same model answers other prompts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.frame.controls import choose, slide
from dashboard.frame.texts import t
from dashboard.knobs.acting import Acting
from dashboard.knobs.changes import State, change_evaluation
from dashboard.knobs.covariance_at_test import covariance_knobs
from dashboard.knobs.heading import group_heading
from dashboard.knobs.prompts import COUNTS, prompts_knob
from dashboard.knobs.reading import read_out_knob
from dashboard.knobs.shift import magnitude_knob, shift_knob
from dashboard.say.describe import family_name
from icl_core.specs import Evaluation, FunctionClass, Pretraining


def evaluation_knobs(state: State, acting: Acting | None = None) -> None:
    """Shift, magnitude and the read-out; under 'More' everything else that prompts and baselines have.

    What does not act on the page's figure is left out; 'More' stands open where nothing else acts.
    """
    acting = acting or Acting()
    group_heading("evaluation")
    first, more = ([name for name in group if acting.acts(name)] for group in (FIRST, MORE))
    for name in first:
        if name not in state.presentation.hide:
            FIRST[name](state, acting)
    if not more:
        return
    with st.expander(t("group.more"), icon=":material/tune:", type="compact") if first else st.container():
        for name in more:
            MORE[name](state, acting)


def _families(pretraining: Pretraining, evaluation: Evaluation) -> list[FunctionClass]:
    """Test families that fit the dimension, the current one among them."""
    families = [family for kind in FunctionClass.in_order() for family in kind.offered(pretraining.dimension)]
    chosen = evaluation.function_class
    return families if chosen is None or chosen in families else [*families, chosen]


def _functions_knob(state: State, _: Acting) -> None:
    evaluation, pretraining = state.experiment.evaluation, state.experiment.pretraining
    families = [None, *_families(pretraining, evaluation)]
    choose(
        state,
        "test_functions",
        t("knob.test_functions"),
        families,
        evaluation.function_class,
        lambda family: t("option.as_pretrained") if family is None else family_name(family),
        lambda settings, family: change_evaluation(settings, function_class=family),
        help=t("help.test_functions"),
    )


def _noise_knob(state: State, _: Acting) -> None:
    evaluation, pretraining = state.experiment.evaluation, state.experiment.pretraining
    slide(
        state,
        "label_noise",
        t("knob.label_noise"),
        0.0,
        1.0,
        0.05,
        pretraining.label_noise if evaluation.label_noise is None else evaluation.label_noise,
        lambda settings, noise: change_evaluation(settings, label_noise=noise),
        help=t("help.label_noise"),
    )


def _length_knob(state: State, _: Acting) -> None:
    pretraining = state.experiment.pretraining
    slide(
        state,
        "test_length",
        t("knob.test_length"),
        4,
        max(4 * pretraining.dimension, 2 * pretraining.context_length),
        1,
        state.experiment.context_length,
        lambda settings, length: change_evaluation(settings, context_length=length),
        help=t("help.test_length"),
    )


def _alpha_knob(state: State, _: Acting) -> None:
    evaluation = state.experiment.evaluation
    alphas = sorted({0.0001, 0.001, 0.01, 0.1, 1.0, evaluation.alpha})
    choose(
        state,
        "alpha",
        t("knob.alpha"),
        alphas,
        evaluation.alpha,
        lambda alpha: f"{alpha:g}",
        lambda settings, alpha: change_evaluation(settings, alpha=alpha),
        help=t("help.alpha"),
    )


def _penalty_knob(state: State, _: Acting) -> None:
    evaluation = state.experiment.evaluation
    asked = () if evaluation.penalty is None else (evaluation.penalty,)
    penalties = [None, *sorted({0.01, 0.1, 1.0, 10.0, *asked})]
    choose(
        state,
        "penalty",
        t("knob.penalty"),
        penalties,
        evaluation.penalty,
        lambda penalty: t("option.best_penalty") if penalty is None else f"{penalty:g}",
        lambda settings, penalty: change_evaluation(settings, penalty=penalty),
        help=t("help.penalty"),
    )


def _prompts_knob(state: State, acting: Acting) -> None:
    fewest = acting.fewest_prompts
    current = max(state.experiment.evaluation.prompts, fewest)
    prompts_knob(state, current, change_evaluation, [count for count in COUNTS if count >= fewest])


Knob = Callable[[State, Acting], None]

FIRST: Mapping[str, Knob] = {"shift": shift_knob, "magnitude": magnitude_knob, "k": read_out_knob}
"""The knobs that a lecture needs; `hide` leaves them out by these names."""
MORE: Mapping[str, Knob] = {
    "test_functions": _functions_knob,
    "test_covariance": covariance_knobs,
    "label_noise": _noise_knob,
    "test_length": _length_knob,
    "alpha": _alpha_knob,
    "penalty": _penalty_knob,
    "prompts": _prompts_knob,
}
"""The knobs under 'More'."""
