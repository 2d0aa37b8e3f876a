"""Prompts of the viewer's own: read from a file or from pasted text, and what every method makes of them.

They stay in the session: no link carries them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.explore import words
from dashboard.explore.picture import curve_labels, is_log, labelled_methods, shown_methods
from dashboard.frame import limits
from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.bring import bring
from dashboard.frame.chart import draw_chart
from dashboard.frame.shared import once
from dashboard.frame.texts import joined, plain, said, t
from dashboard.frame.url_state import UrlState, sentence
from dashboard.frame.viewport import is_narrow
from dashboard.frame.views import CurveView
from icl_core.data.own_prompts import mean_squares, read_prompts, scaled
from icl_core.data.prompts import Prompts
from icl_core.data.tables import MOST_BYTES
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.own_curves import own_curves, own_experiment
from icl_core.figures import learning_curve_figure
from icl_core.library import Library, LibraryError, load_once
from icl_core.specs import Experiment, SpecError

State = UrlState[CurveView]
OWN, FILE, PASTED, SCALED = "own_prompts", "own_file", "own_pasted", "own_scaled"


@dataclass(frozen=True)
class Measured:
    """The prompts as they are read, and every method's curve on them."""

    prompts: Prompts
    curves: LearningCurves


def own_section(state: State, library: Library) -> None:
    """Where own prompts are brought, and their figure, once there are any."""
    data: bytes | None = st.session_state.get(OWN)
    with st.expander(t("own.title"), icon=":material/upload_file:", expanded=data is not None):
        st.markdown(_told(state.experiment))
        bring((t("own.file"), t("own.paste")), (FILE, PASTED), ("csv", "txt", "npz"), _take)
        if data is None:
            return
        left, right = st.columns(2)
        with left:
            st.toggle(t("own.scale"), key=SCALED, help=t("own.scale.help"))
        with right:
            st.button(t("own.forget"), key="own_forget", icon=":material/delete:", on_click=_forget)
        try:
            measured = _measured(data, state.experiment, library)
        except (SpecError, LibraryError) as error:
            fault = sentence(error) if isinstance(error, SpecError) else plain(said(error).rstrip(".。"))
            st.warning(t("own.refused", fault=fault))
            return
        _draw(state, measured)


def _told(experiment: Experiment) -> str:
    return t(
        "own.text",
        dimension=experiment.pretraining.dimension,
        points=experiment.pretraining.context_length + 1,
        most=limits.MOST_PROMPTS,
        megabytes=MOST_BYTES // 10**6,
    )


def _take(data: bytes) -> None:
    st.session_state[OWN] = data


def _forget() -> None:
    st.session_state.pop(OWN, None)
    st.session_state[PASTED] = ""


def _measured(data: bytes, experiment: Experiment, library: Library) -> Measured:
    """Raises SpecError for what are no prompts of this model, LibraryError for a damaged model."""
    pretraining = experiment.pretraining
    found = read_prompts(data, pretraining)
    prompts = scaled(found, pretraining) if st.session_state.get(SCALED) else found
    tested = own_experiment(experiment, prompts)
    limits.check(tested)
    entry = library.find(pretraining.hash)
    network = load_once(library, entry) if entry else None
    weights, whose = library.weights(pretraining.hash), hashlib.sha256(data).hexdigest()
    known_by = ("own", whose, prompts is found, tested.hash, weights)
    compute: Callable[[], LearningCurves] = lambda: own_curves(experiment, prompts, network)  # noqa: E731
    return Measured(found, once(known_by, compute))


def _draw(state: State, measured: Measured) -> None:
    curves, view = measured.curves, state.view
    shown = shown_methods(curves, view)
    last = curves.context_lengths[-1]
    k = min(last, state.experiment.pretraining.context_length if view.k is None else view.k)
    inputs, labels = mean_squares(measured.prompts, state.experiment.pretraining)
    scale = t(
        "own.scaled" if st.session_state.get(SCALED) else "own.scales",
        low=f"{float(inputs.min()):.2g}",
        high=f"{float(inputs.max()):.2g}",
        labels=f"{labels:.2g}",
    )
    counted = t("own.reading", prompts=f"{curves.prompts:,}", points=last + 1)
    alt = joined("sentences", (counted, words.reading(curves, shown, k), scale))
    figure = learning_curve_figure(
        curves,
        curve_labels("unshifted", t("own.error")),
        theme=figure_theme(state.presentation),
        read_out=k,
        trained_length=state.experiment.pretraining.context_length,
        log_axis=is_log(curves, view),
        shown=shown,
        compact=is_narrow(),
        labelled=labelled_methods(curves, view, k),
    )
    draw_chart(figure, "own_curves", alt=alt, stem="icl-own-prompts")
    st.markdown(alt)
    refused = [
        t("remark.method_refused", name=t(f"method.{name}"), reason=reason)
        for name, reason in curves.refused.items()
    ]
    st.caption(joined("sentences", (*words.about_methods(curves, shown), *refused)))
    st.download_button(
        t("export.csv"), curves.to_csv(), "icl-own-prompts.csv", "text/csv", key="own_csv", on_click="ignore"
    )
