"""The parts of the page 'Training dynamics'."""

from __future__ import annotations

import csv
import io
import json

import streamlit as st

from dashboard.bootstrap import figure_theme
from dashboard.chart import draw_chart
from dashboard.dynamics import results, words
from dashboard.dynamics.view import DynamicsView
from dashboard.exports import Download, spec_file, take_away
from dashboard.texts import t
from dashboard.url_state import UrlState
from dashboard.viewport import is_narrow
from icl_core.evaluation.dynamics import Trajectory
from icl_core.evaluation.sgd_check import SgdRun
from icl_core.evaluation.sgd_deviation import sgd_deviation
from icl_core.figures.initial_scale import balance_figure, scale_figure
from icl_core.figures.training_dynamics import dynamics_figure
from icl_core.specs import SpecError

State = UrlState[DynamicsView]

SNIPPET = """\
from icl_core.evaluation.dynamics import Dynamics, trajectory

spec = Dynamics.from_json({text!r})
trained = trajectory(spec)
print("loss", trained.losses[0], "->", trained.losses[-1], "floor", trained.floor)
print("W^KQ, its block:", trained.path.U[-1], "limit", trained.limit.U, sep="\\n")
"""


def sgd_run(state: State, trained: Trajectory) -> SgdRun | None:
    """SGD on the full matrices, where it is switched on and possible."""
    if not state.view.sgd:
        return None
    try:
        with st.spinner(t("dynamics.sgd.waiting"), show_time=True):
            return results.sgd_of(trained.spec, float(trained.path.times[-1]))
    except SpecError as error:
        st.warning(t("dynamics.refused", fault=str(error).rstrip(".")))
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
        figure, "dynamics", alt=alt, stem=f"{_stem(trained)}-flow", camera="none" if hidden else "shown"
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
            scan = results.scan_of(trained.spec)
            figure = scale_figure(scan, trained.spec.init_scale, words.scale_labels(trained), theme=theme)
            text = words.scan_caption(trained, scan)
            draw_chart(figure, "scales", alt=text, stem=f"{_stem(trained)}-scales")
            st.caption(text)
    with right:
        st.markdown(f"##### {t('dynamics.section.balance')}")
        figure = balance_figure(
            trained, words.balance_labels(), theme=theme, log_time=state.view.log_time(trained)
        )
        text = words.balance_caption(trained)
        draw_chart(figure, "balance", alt=text, stem=f"{_stem(trained)}-balance")
        st.caption(text)


def formulas(trained: Trajectory) -> None:
    """The paper's statements with the current numbers."""
    with st.expander(t("section.formulas"), icon=":material/functions:", expanded=True):
        for place, latex in words.formulas(trained):
            st.caption(place)
            st.latex(latex)


def exports(trained: Trajectory) -> None:
    """Numbers and spec to take away, and the code that computes them again."""
    stem = _stem(trained)
    take_away(
        [
            Download("csv", _csv(trained), f"{stem}.csv"),
            Download("json", _json(trained), f"{stem}.json"),
            spec_file(trained.spec, stem),
        ],
        python=SNIPPET.format(text=trained.spec.to_json(full=True)),
    )


def _stem(trained: Trajectory) -> str:
    return f"icl-{trained.spec.hash}"


def _csv(trained: Trajectory) -> str:
    """One row for each time: loss, u, the share learned of each direction, the conserved quantity."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    directions = [f"learned_{value:.6g}" for value in trained.eigenvalues]
    writer.writerow(["t", "loss", "u", *directions, "balance"])
    path = trained.path
    for index, time in enumerate(path.times):
        row = [time, trained.losses[index], path.u[index], *trained.learned[index], path.balance[index]]
        writer.writerow(row)
    return text.getvalue()


def _json(trained: Trajectory) -> str:
    """The whole trajectory with its limit."""
    path, limit = trained.path, trained.limit
    data = {
        "spec": trained.spec.to_dict(full=True),
        "spec_hash": trained.spec.hash,
        "times": path.times.tolist(),
        "losses": trained.losses.tolist(),
        "floor": trained.floor,
        "u": path.u.tolist(),
        "U": path.U.tolist(),
        "limit": {"U": limit.U.tolist(), "u": limit.u},
        "largest_init_scale": trained.largest_init_scale,
    }
    return json.dumps(data) + "\n"
