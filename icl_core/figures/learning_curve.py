"""The learning curve: error against the number of examples, every method on the same prompts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from icl_core.figures.line_labels import coinciding, spread
from icl_core.figures.palette import METHODS, THEMES, Theme, ThemeName, layout, ordered, stroke, translucent

if TYPE_CHECKING:
    from icl_core.evaluation import LearningCurves

Array = NDArray[np.float64]

HEADROOM = 1.25  # a linear axis ends at this multiple of the zero predictor's error
LOG_FLOOR = 1e-4  # a logarithmic axis begins here; what lies below is drawn on the floor
LOG_HEADROOM = 3.0
_DECADES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
CLOSED_FORMS = ("lsa", "lsa_reoptimised")
"""Methods that are drawn as their exact risk."""

COINCIDE = 0.004  # lines nearer than this share of the axis everywhere look like one


@dataclass(frozen=True)
class Labels:
    """Every text of the figure. `off_scale` has places {method}, {value}, {k}; `read_out` has {k}."""

    methods: Mapping[str, str]
    context_length: str
    error: str
    dimension: str
    beyond: str
    off_scale: str
    read_out: str
    interval: str
    median: str


def learning_curve_figure(
    curves: LearningCurves,
    labels: Labels,
    *,
    theme: ThemeName = "light",
    read_out: int | None = None,
    trained_length: int | None = None,
    log_axis: bool = False,
    shown: tuple[str, ...] = tuple(METHODS),
    compact: bool = False,
) -> go.Figure:
    """Error of the `shown` methods with k = 0..M pairs, 90% bands, and closed forms as lines.

    A method with an exact risk is drawn as that line, its Monte Carlo interval as the band around it.
    Beyond `trained_length` the paper is shaded; at k = d stands a line; `read_out` marks one k. `compact`
    puts a legend above instead of labels at the line ends, for narrow screens. The axis depends on the
    zero predictor's level alone, so that one huge error cannot squash the rest: what leaves it is named.
    """
    look = THEMES[theme]
    lines = drawn_lines(curves, shown)
    top = axis_top(curves, log_axis)
    figure = go.Figure(layout=layout(look))
    _add_regions(figure, curves, labels, look, trained_length)
    for method in reversed(list(lines)):
        _add_band(figure, curves, method, look, log_axis)
    for method, line in reversed(lines.items()):
        _add_exact(figure, curves, method, look, log_axis)
        _add_line(figure, curves, method, line, labels, look, log_axis)
    _add_medians(figure, curves, lines, labels, look, log_axis)
    _add_read_out(figure, lines, labels, look, read_out, curves.context_lengths[-1], log_axis)
    _set_axes(figure, curves, labels, look, top, log_axis)
    if compact:
        _add_legend(figure, look)
    else:
        _add_end_labels(figure, lines, labels, look, top, log_axis)
    beyond = off_scale(curves, shown, log_axis)
    if compact:
        _add_short_note(figure, beyond, labels, look)
    else:
        _add_off_scale_notes(figure, beyond, labels, look)
    return figure


def drawn_lines(curves: LearningCurves, shown: tuple[str, ...]) -> dict[str, Array]:
    """The line of each shown method in reading order.

    Linear attention's is its exact risk, where there is one. Every other is the estimate from the prompts
    that all methods share, since only paired errors can be compared; a closed form goes beneath it.
    """
    lines = {name: curve.mean for name, curve in curves.curves.items()}
    for name in CLOSED_FORMS:
        exact = curves.exact.get(name)
        if exact is not None and np.all(np.isfinite(exact)):
            lines[name] = exact
    if "zero" in lines:
        lines["zero"] = np.full_like(lines["zero"], zero_level(curves))
    return {name: lines[name] for name in ordered(lines) if name in shown}


def zero_level(curves: LearningCurves) -> float:
    """The zero predictor's error: 1, or c where a shift gives the functions c times the variance.

    Exact where linear attention is, which predicts 0 from no example; else the average over all k.
    """
    attention = curves.exact.get("lsa_reoptimised")
    if attention is not None and np.isfinite(attention[0]):
        return float(attention[0])
    zero = curves.curves.get("zero")
    return 1.0 if zero is None else float(np.mean(zero.mean))


def axis_top(curves: LearningCurves, log_axis: bool) -> float:
    """Upper end of the error axis."""
    return max(1.0, round(zero_level(curves), 1)) * (LOG_HEADROOM if log_axis else HEADROOM)


def off_scale(
    curves: LearningCurves, shown: tuple[str, ...], log_axis: bool = False
) -> dict[str, tuple[int, float]]:
    """Methods whose line leaves the axis at the top: the k and the value of the largest error."""
    top = axis_top(curves, log_axis)
    found = {}
    for method, line in drawn_lines(curves, shown).items():
        known = np.where(np.isnan(line), -math.inf, line)
        if known.max() > top:
            found[method] = (int(known.argmax()), float(known.max()))
    return found


def heights(line: Array, top: float, log_axis: bool) -> Array:
    """Positions on the axis, 0 at its lower and 1 at its upper end."""
    clipped = np.clip(np.nan_to_num(line, posinf=top), LOG_FLOOR if log_axis else 0, top)
    if log_axis:
        return np.log(clipped / LOG_FLOOR) / math.log(top / LOG_FLOOR)
    return clipped / top


def _drawable(values: Array, log_axis: bool) -> Array:
    return np.maximum(values, LOG_FLOOR) if log_axis else values


def _add_regions(
    figure: go.Figure, curves: LearningCurves, labels: Labels, look: Theme, trained_length: int | None
) -> None:
    last = curves.context_lengths[-1]
    dimension = curves.experiment.pretraining.dimension
    note = {
        "y": 0.985,
        "yref": "paper",
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": look.size - 2, "color": look.muted},
    }
    if trained_length is not None and trained_length < last:
        shade = translucent(look.muted, 0.13)
        figure.add_vrect(x0=trained_length, x1=last, fillcolor=shade, line_width=0, layer="below")
        figure.add_annotation(x=last, xanchor="right", xshift=-4, text=labels.beyond, **note)
    if 1 < dimension <= last:
        line = {"color": look.muted, "width": 1.25 * look.scale, "dash": "dash"}
        figure.add_vline(x=dimension, line=line, layer="below")
        figure.add_annotation(x=dimension, xanchor="left", xshift=4, text=labels.dimension, **note)


def _add_band(figure: go.Figure, curves: LearningCurves, method: str, look: Theme, log_axis: bool) -> None:
    """The Monte Carlo interval; none for the zero predictor, whose error only says how the prompts fell."""
    curve = curves.curves.get(method)
    if curve is None or method == "zero":
        return
    k = curves.context_lengths
    figure.add_scatter(
        x=[*k, *reversed(k)],
        y=[*_drawable(curve.low, log_axis).tolist(), *reversed(_drawable(curve.high, log_axis).tolist())],
        fill="toself",
        fillcolor=translucent(stroke(method).colour(look), 0.22 if method == "transformer" else 0.11),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        meta={"method": method, "role": "band"},
    )


def _add_exact(figure: go.Figure, curves: LearningCurves, method: str, look: Theme, log_axis: bool) -> None:
    """The closed form beneath an estimate, as a hairline; it has gaps where there is no formula."""
    exact = curves.exact.get(method)
    if exact is None or method in CLOSED_FORMS:
        return
    figure.add_scatter(
        x=curves.context_lengths,
        y=_drawable(np.where(np.isfinite(exact), exact, np.nan), log_axis),
        mode="lines",
        line={"color": stroke(method).colour(look), "width": look.scale},
        hoverinfo="skip",
        showlegend=False,
        meta={"method": method, "role": "exact"},
    )


def _add_line(
    figure: go.Figure,
    curves: LearningCurves,
    method: str,
    line: Array,
    labels: Labels,
    look: Theme,
    log_axis: bool,
) -> None:
    style = stroke(method)
    curve = curves.curves.get(method)
    interval = None if curve is None else np.stack([curve.low, curve.high], axis=1).round(4)
    suffix = "" if curve is None else f" ({labels.interval} %{{customdata[0]:.3f}} – %{{customdata[1]:.3f}})"
    figure.add_scatter(
        x=curves.context_lengths,
        y=_drawable(line, log_axis),
        mode="lines",
        name=labels.methods[method],
        line={"color": style.colour(look), "dash": style.dash, "width": style.width * look.scale},
        customdata=interval,
        hovertemplate="%{y:.3f}" + suffix,
        meta={"method": method, "role": "line"},
    )


def _add_medians(
    figure: go.Figure,
    curves: LearningCurves,
    lines: Mapping[str, Array],
    labels: Labels,
    look: Theme,
    log_axis: bool,
) -> None:
    """Open circles where a mean is infinite and the median stands in its place."""
    for method in lines:
        curve = curves.curves.get(method)
        if curve is None or not curve.medians:
            continue
        at = list(curve.medians)
        figure.add_scatter(
            x=at,
            y=_drawable(curve.mean[at], log_axis),
            mode="markers",
            marker={
                "symbol": "circle-open",
                "size": 11 * look.scale,
                "color": stroke(method).colour(look),
                "line": {"width": 2 * look.scale},
            },
            hovertemplate=f"{labels.median} %{{y:.3f}}<extra></extra>",
            showlegend=False,
            meta={"method": method, "role": "median"},
        )


def _add_read_out(
    figure: go.Figure,
    lines: Mapping[str, Array],
    labels: Labels,
    look: Theme,
    read_out: int | None,
    last: int,
    log_axis: bool,
) -> None:
    if read_out is None:
        return
    figure.add_vline(x=read_out, line={"color": look.ink, "width": 1.5 * look.scale}, layer="below")
    figure.add_annotation(
        x=read_out,
        y=1,
        yref="paper",
        text=f"<b>{labels.read_out.format(k=read_out)}</b>",
        showarrow=False,
        yanchor="bottom",
        xanchor="right" if read_out > 0.85 * last else "center",
        font={"size": look.size - 1, "color": look.ink},
    )
    marked = [method for method in lines if method != "zero"]
    figure.add_scatter(
        x=[read_out] * len(marked),
        y=[float(_drawable(lines[method], log_axis)[read_out]) for method in marked],
        mode="markers",
        marker={
            "size": 9 * look.scale,
            "color": [stroke(method).colour(look) for method in marked],
            "line": {"color": look.paper, "width": 1.5},
        },
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        meta={"role": "read_out", "methods": marked},
    )


def _set_axes(
    figure: go.Figure, curves: LearningCurves, labels: Labels, look: Theme, top: float, log_axis: bool
) -> None:
    last = curves.context_lengths[-1]
    figure.update_xaxes(
        title_text=labels.context_length, range=[-0.01 * last, last], dtick=_step(last), showgrid=False
    )
    if log_axis:
        figure.update_yaxes(
            title_text=labels.error,
            type="log",
            range=[math.log10(LOG_FLOOR), math.log10(top)],
            tickvals=_DECADES,
            ticktext=[f"{value:g}" for value in _DECADES],
        )
    else:
        figure.update_yaxes(title_text=labels.error, range=[0, top], nticks=7)


def _step(last: int) -> int:
    """A round distance of ticks that gives at most eight."""
    return next(step for step in (1, 2, 4, 5, 8, 10, 16, 20, 25, 50, 64, 100, 128) if last / step <= 8)


def _add_legend(figure: go.Figure, look: Theme) -> None:
    figure.update_layout(
        showlegend=True,
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.08,
            "x": -0.05,
            "font": {"size": look.size - 2},
            "traceorder": "reversed",
            "entrywidth": 0.5,
            "entrywidthmode": "fraction",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        margin={"r": 16},
    )


def _add_end_labels(
    figure: go.Figure, lines: Mapping[str, Array], labels: Labels, look: Theme, top: float, log_axis: bool
) -> None:
    """The methods' names at their lines' right ends, joined by thin leaders; coinciding lines share one."""
    height = {method: heights(line, top, log_axis) for method, line in lines.items()}
    groups = coinciding(height, COINCIDE)
    ends = [float(height[group[0]][-1]) for group in groups]
    texts = [_joined(group, labels, look) for group in groups]
    usable = look.height - 110  # the plot's own height, without margins and axis title
    sizes = [1.4 * look.size * (text.count("<br>") + 1) / usable for text in texts]
    places = spread(ends, sizes, low=-0.03, high=1.03)
    for group, text, end, place in zip(groups, texts, ends, places, strict=True):
        colour = stroke(group[0]).colour(look)
        corner = {"xref": "paper", "yref": "paper", "line": {"color": colour, "width": look.scale}}
        figure.add_shape(type="line", x0=1.0, y0=end, x1=1.025, y1=place, **corner)
        figure.add_annotation(
            x=1.03,
            y=place,
            xref="paper",
            yref="paper",
            text=text,
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            align="left",
            font={"color": colour, "size": look.size},
        )
    widest = max((len(part) for text in texts for part in _plain(text)), default=0)
    figure.update_layout(margin={"r": round(30 + 0.56 * look.size * widest)})


def _joined(group: tuple[str, ...], labels: Labels, look: Theme) -> str:
    """Names of coinciding lines, each in its colour, at most two in a row."""
    names = [
        f'<span style="color:{stroke(method).colour(look)}">{labels.methods[method]}</span>'
        for method in group
    ]
    rows = [names[start : start + 2] for start in range(0, len(names), 2)]
    return "<br>= ".join(" = ".join(row) for row in rows)


def _plain(text: str) -> list[str]:
    """Rows of a label without its markup."""
    bare = text.replace("</span>", "")
    while "<span" in bare:
        start = bare.index("<span")
        bare = bare[:start] + bare[bare.index(">", start) + 1 :]
    return bare.split("<br>")


def _amount(value: float) -> str:
    if math.isinf(value):
        return "∞"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _add_off_scale_notes(
    figure: go.Figure, beyond: Mapping[str, tuple[int, float]], labels: Labels, look: Theme
) -> None:
    for row, (method, (k, value)) in enumerate(beyond.items()):
        figure.add_annotation(
            x=0.99,
            y=1.0,
            xref="paper",
            yref="paper",
            text="▲ " + labels.off_scale.format(method=labels.methods[method], value=_amount(value), k=k),
            showarrow=False,
            xanchor="right",
            yanchor="top",
            yshift=-(row + 1) * 1.6 * look.size,
            bgcolor=translucent(look.paper, 0.85),
            font={"color": stroke(method).colour(look), "size": look.size - 1},
        )


def _add_short_note(
    figure: go.Figure, beyond: Mapping[str, tuple[int, float]], labels: Labels, look: Theme
) -> None:
    """The methods off the scale and their largest errors in one small note."""
    if not beyond:
        return
    parts = [
        f'<span style="color:{stroke(method).colour(look)}">{labels.methods[method]} {_amount(value)}</span>'
        for method, (_, value) in beyond.items()
    ]
    rows = [", ".join(parts[start : start + 2]) for start in range(0, len(parts), 2)]
    figure.add_annotation(
        x=0.99,
        y=0.93,
        xref="paper",
        yref="paper",
        text="▲ " + "<br>".join(rows),
        showarrow=False,
        xanchor="right",
        yanchor="top",
        align="right",
        bgcolor=translucent(look.paper, 0.8),
        font={"color": look.muted, "size": look.size - 4},
    )
