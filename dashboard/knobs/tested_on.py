"""What the model is tested on: the same model answers other prompts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.frame.knob import Knob, Menu, Slider, draw, heading, more
from dashboard.frame.texts import t
from dashboard.knobs.changes import Acting, State, change_evaluation
from dashboard.knobs.covariance_at_test import covariance_knobs
from dashboard.knobs.prompts import COUNTS, Tested, prompts_knob
from dashboard.knobs.shift import magnitude_knob, shift_knob, unit_knob
from dashboard.say.describe import family_name
from icl_core.specs import Evaluation, FunctionClass, Pretraining

ALPHAS = (0.0001, 0.001, 0.01, 0.1, 1.0)


def evaluation_knobs(state: State, acting: Acting | None = None) -> None:
    """Shift and magnitude; under 'More' everything else that prompts and baselines have.

    What does not act on the page's figure is left out; 'More' stands open where nothing else acts.
    """
    acting = acting or Acting()
    heading("evaluation")
    first, rest = ([name for name in group if acting.acts(name)] for group in (FIRST, MORE))
    for name in first:
        if name not in state.presentation.hide:
            FIRST[name](state, acting)
    if not rest:
        return
    with more() if first else st.container():
        for name in rest:
            MORE[name](state, acting)


def _families(pretraining: Pretraining, evaluation: Evaluation) -> list[FunctionClass]:
    """Test families that fit the dimension, the current one among them."""
    families = [family for kind in FunctionClass.in_order() for family in kind.offered(pretraining.dimension)]
    chosen = evaluation.function_class
    return families if chosen is None or chosen in families else [*families, chosen]


def _functions_knob(state: State, _: Acting) -> None:
    evaluation = state.experiment.evaluation
    families = [None, *_families(state.experiment.pretraining, evaluation)]
    draw(
        state,
        Knob(
            "test_functions",
            t("knob.test_functions"),
            Menu(families, lambda family: family_name(family) if family else t("option.as_pretrained")),
            evaluation.function_class,
            lambda settings, family: change_evaluation(settings, function_class=family),
            t("help.test_functions"),
        ),
    )


def _noise_knob(state: State, _: Acting) -> None:
    evaluation, pretraining = state.experiment.evaluation, state.experiment.pretraining
    draw(
        state,
        Knob(
            "label_noise",
            t("knob.label_noise"),
            Slider(0.0, 1.0, 0.05),
            pretraining.label_noise if evaluation.label_noise is None else evaluation.label_noise,
            lambda settings, noise: change_evaluation(settings, label_noise=noise),
            t("help.label_noise"),
        ),
    )


def _length_knob(state: State, _: Acting) -> None:
    pretraining = state.experiment.pretraining
    draw(
        state,
        Knob(
            "test_length",
            t("knob.test_length"),
            Slider(4, max(4 * pretraining.dimension, 2 * pretraining.context_length), 1),
            state.experiment.context_length,
            lambda settings, length: change_evaluation(settings, context_length=length),
            t("help.test_length"),
        ),
    )


def _alpha_knob(state: State, _: Acting) -> None:
    draw(state, alpha_knob("alpha", state.experiment.evaluation.alpha, change_evaluation))


def alpha_knob(key: str, current: float, tested: Tested) -> Knob[float]:
    """The Lasso's alpha."""
    return Knob(
        key,
        t("knob.alpha"),
        Menu(sorted({*ALPHAS, current}), lambda alpha: f"{alpha:g}"),
        current,
        lambda settings, alpha: tested(settings, alpha=alpha),
        t("help.alpha"),
    )


def _penalty_knob(state: State, _: Acting) -> None:
    penalty = state.experiment.evaluation.penalty
    penalties = [None, *sorted({0.01, 0.1, 1.0, 10.0, *(() if penalty is None else (penalty,))})]
    draw(
        state,
        Knob(
            "penalty",
            t("knob.penalty"),
            Menu(penalties, lambda value: t("option.best_penalty") if value is None else f"{value:g}"),
            penalty,
            lambda settings, value: change_evaluation(settings, penalty=value),
            t("help.penalty"),
        ),
    )


def _prompts_knob(state: State, acting: Acting) -> None:
    fewest = acting.fewest_prompts
    current = max(state.experiment.evaluation.prompts, fewest)
    draw(state, prompts_knob(current, change_evaluation, [count for count in COUNTS if count >= fewest]))


Drawing = Callable[[State, Acting], None]

FIRST: Mapping[str, Drawing] = {"shift": shift_knob, "magnitude": magnitude_knob, "unit": unit_knob}
"""The knobs that a lecture needs; `hide` leaves them out by these names."""
MORE: Mapping[str, Drawing] = {
    "test_functions": _functions_knob,
    "test_covariance": covariance_knobs,
    "label_noise": _noise_knob,
    "test_length": _length_knob,
    "alpha": _alpha_knob,
    "penalty": _penalty_knob,
    "prompts": _prompts_knob,
}
"""The knobs under 'More'."""
