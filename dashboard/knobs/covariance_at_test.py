"""The covariance of the inputs at test: chosen from a menu, or typed."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.frame import pretraining as library
from dashboard.frame.knob import Knob, Menu, Text, draw
from dashboard.frame.texts import t
from dashboard.frame.url_state import sentence
from dashboard.knobs import own_covariance
from dashboard.knobs.changes import Acting, CurveSettings, State, change_evaluation
from dashboard.say.describe import covariance_name
from icl_core.specs import SpecError

REFUSED, MENDED = "refused_covariance", "mended_covariance"


@dataclass(frozen=True)
class _Refused:
    """A covariance as typed that is none, why, and the experiment that stayed."""

    text: str
    fault: str
    experiment: str


def covariance_knobs(state: State, _: Acting) -> None:
    """The covariance at test, chosen or typed."""
    evaluation, pretraining = state.experiment.evaluation, state.experiment.pretraining
    covariances = [None, *library.usual_covariances(pretraining.dimension)]
    covariances += [evaluation.covariates] if evaluation.covariates not in covariances else []
    draw(
        state,
        Knob(
            "test_covariance",
            t("knob.test_covariance"),
            Menu(covariances, lambda each: covariance_name(each) if each else t("option.as_pretrained")),
            evaluation.covariates,
            lambda settings, covariance: change_evaluation(settings, covariates=covariance),
            t("help.test_covariance"),
        ),
    )
    _own_covariance(state)


def _own_covariance(state: State) -> None:
    """The user's own covariance at test, as text; one that is refused stays in the box, with the reason."""
    refused: _Refused | None = st.session_state.get(REFUSED)
    if refused is not None and refused.experiment != state.experiment.hash:
        refused = None  # something else has been turned since

    def apply(settings: CurveSettings, text: str) -> CurveSettings:
        st.session_state.pop(REFUSED, None)
        try:
            changed = change_evaluation(settings, covariates=own_covariance.from_text(text))
            st.session_state[MENDED] = (own_covariance.mended_by(text), changed.experiment.hash)
            return changed
        except SpecError as error:
            st.session_state[REFUSED] = _Refused(text, sentence(error), settings.experiment.hash)
            return settings

    given = own_covariance.as_text(state.experiment.evaluation.covariates)
    label = t("knob.own_covariance", dimension=state.experiment.pretraining.dimension)
    text = given if refused is None else refused.text
    draw(state, Knob("own_covariance", label, Text(), text, apply, t("help.own_covariance")))
    if refused is not None:
        st.warning(t("notice.own_covariance", fault=refused.fault))
    amount, experiment = st.session_state.get(MENDED, (0.0, ""))
    if amount > 0 and experiment == state.experiment.hash:
        st.info(t("notice.mended_covariance", amount=f"{amount:.1g}"))
