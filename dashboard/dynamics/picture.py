"""The parts of the page 'Training dynamics'."""

from __future__ import annotations

import streamlit as st

from dashboard.dynamics import numbers, words
from dashboard.dynamics.code import stem
from dashboard.dynamics.view import DynamicsView
from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.chart import draw_chart
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState, sentence
from dashboard.frame.viewport import is_narrow
from icl_core.evaluation.dynamics import Trajectory
from icl_core.evaluation.sgd_check import SgdRun
from icl_core.evaluation.sgd_deviation import sgd_deviation
from icl_core.figures.dynamics import dynamics_figure
from icl_core.figures.initial_scale import balance_figure, scale_figure
from icl_core.specs import SpecError

State = UrlState[DynamicsView]


def sgd_run(state: State, trained: Trajectory) -> SgdRun | None:
    """SGD on the full matrices, where it is switched on and possible."""
    if not state.view.sgd:
        return None
    try:
        with st.spinner(t("dynamics.sgd.waiting"), show_time=True):
            return numbers.sgd_of(trained.spec, float(trained.path.times[-1]))
    except SpecError as error:
        st.warning(t("dynamics.refused", fault=sentence(error)))
        return None


def animation(state: State, trained: Trajectory, run: SgdRun | None, alt: str) -> None:
    """Both matrices, the loss and the directions, played by the browser."""
    figure = dynamics_figure(
        trained,
        words.labels(trained),
        theme=figure_theme(state.presentation),
        log_time=state.view.log_time(trained),
        sgd=run,
        compact=is_narrow(),
    )
    # In a narrow window and in a lecture's large type the camera would cover a matrix's title.
    hidden = is_narrow() or state.presentation.present
    draw_chart(
        figure, "dynamics", alt=alt, stem=f"{stem(trained)}-flow", camera="none" if hidden else "shown"
    )


def sgd_sentence(trained: Trajectory, run: SgdRun | None) -> None:
    """How far SGD is from the flow."""
    if run is not None:
        weights, risk = sgd_deviation(trained.spec, run)
        st.info(words.sgd_reading(run, weights, risk), icon=":material/science:")


def scale_and_balance(state: State, trained: Trajectory) -> None:
    """Where the theorem holds, and what is conserved, side by side."""
    theme = figure_theme(state.presentation)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"##### {t('dynamics.section.scale')}")
        if trained.spec.start == "zero":
            st.caption(t("dynamics.section.scale.zero"))
        else:
            scan = numbers.scan_of(trained.spec)
            figure = scale_figure(scan, trained.spec.init_scale, words.scale_labels(trained), theme=theme)
            text = words.scan_caption(trained, scan)
            draw_chart(figure, "scales", alt=text, stem=f"{stem(trained)}-scales")
            st.caption(text)
    with right:
        st.markdown(f"##### {t('dynamics.section.balance')}")
        figure = balance_figure(
            trained, words.balance_labels(), theme=theme, log_time=state.view.log_time(trained)
        )
        text = words.balance_caption(trained)
        draw_chart(figure, "balance", alt=text, stem=f"{stem(trained)}-balance")
        st.caption(text)


def formulas(trained: Trajectory) -> None:
    """The paper's statements with the current numbers."""
    with st.expander(t("section.formulas"), icon=":material/functions:", expanded=True):
        for place, latex in words.formulas(trained):
            st.caption(place)
            st.latex(latex)
