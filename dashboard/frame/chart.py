"""One chart on a page: drawn as its figure says, read aloud, and saved by its camera in the chosen format."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st

from dashboard.frame import shown
from dashboard.frame.drawn import draw_once
from dashboard.frame.texts import t
from dashboard.frame.viewport import is_narrow

PICTURE = "picture"
FITTED = "figure_fitted"
Camera = Literal["shown", "hover", "none"]


def draw_chart(
    figure: go.Figure,
    key: str,
    *,
    alt: str,
    stem: str = "icl",
    camera: Camera = "shown",
    on_select: Callable[[], None] | None = None,
) -> None:
    """The chart; `alt` says aloud what it shows, and `stem` names the picture that its camera saves.

    A camera on 'hover' stands only under the pointer, where a legend has its corner. `on_select` is called
    after a click on a point; `st.session_state[key].selection` has it.
    """
    shown.add_chart(figure, alt)
    clicks: dict[str, Any] = {} if on_select is None else {"on_select": on_select, "selection_mode": "points"}
    if st.session_state.get(FITTED):
        figure.update_layout(height=None)
        clicks["height"] = "stretch"
    st.plotly_chart(figure, theme=None, key=key, config=chart_config(stem, camera), alt=alt, **clicks)


def draw_known_chart(
    known_by: Hashable, make: Callable[[], go.Figure], key: str, *, alt: str, stem: str = "icl"
) -> None:
    """The chart that `known_by` and the viewer's look determine: made once for all viewers."""
    if shown.gathered() is not None:
        draw_chart(make(), key, alt=alt, stem=stem)
        return
    fitted, saved = st.session_state.get(FITTED), st.session_state.get(PICTURE)
    draw_once((key, known_by, alt, stem, fitted, saved), lambda: draw_chart(make(), key, alt=alt, stem=stem))


@contextmanager
def figure_place(fitted: bool) -> Iterator[None]:
    """Where a page's figure stands. `fitted`: it takes the height that title, words and knob leave, but in a
    narrow window, which scrolls."""
    st.session_state[FITTED] = fitted and not is_narrow()
    with st.container(key="figure"):
        yield
    st.session_state[FITTED] = False


def chart_config(stem: str, camera: Camera = "shown") -> dict[str, Any]:
    """Plotly's configuration: a mode bar with one button, the camera, or none.

    In a narrow window there is none: it would stand on the legend.
    """
    return {
        "displaylogo": False,
        "displayModeBar": {"shown": True, "hover": "hover", "none": False}["none" if is_narrow() else camera],
        "modeBarButtonsToRemove": ["zoom", "pan", "select", "lasso2d", "zoomIn", "zoomOut", "autoScale"],
        "toImageButtonOptions": {
            "format": st.session_state.get(PICTURE, "png"),
            "scale": 3,
            "filename": stem,
        },
        "responsive": True,
    }


def picture_format() -> None:
    """What the cameras of a page save: PNG or SVG."""
    st.segmented_control(
        t("knob.picture"),
        ["png", "svg"],
        format_func=str.upper,
        default="png",
        required=True,
        key=PICTURE,
    )
