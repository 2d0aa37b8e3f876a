"""Random covariances: the four panels of figure 1 of Zhang et al., and the error that never vanishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from icl_core.figures.band import band
from icl_core.figures.curve_numbers import amount
from icl_core.figures.palette import INK, PINK, THEMES, Stroke, Theme, ThemeName, layout, stroke, translucent
from icl_core.figures.panels import legend_above, note_off_scale, panels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from icl_core.evaluation.covariance_panels import CovariancePanel

STROKES: Mapping[str, Stroke] = {
    "transformer_fixed": stroke("transformer"),
    "transformer_random": replace(stroke("transformer"), hue=PINK),
    "lsa_fixed": replace(stroke("lsa"), width=2.0),
    "lsa_random": replace(stroke("lsa"), dash="8px,4px"),
    "lsa_limit": replace(stroke("zero"), hue=INK, dash="dash", width=2.0),
    "ols": stroke("ols"),
    "zero": stroke("zero"),
}
DRAWN = ("transformer_fixed", "transformer_random", "ols", "zero")
HEADROOM = 1.25
ROW = 280


@dataclass(frozen=True)
class CovarianceLabels:
    """Texts: of every line of `STROKES`; `off_scale` has places {method}, {value} and {k}."""

    lines: Mapping[str, str]
    titles: Sequence[str]
    context_length: str
    error: str
    beyond: str
    off_scale: str


@dataclass(frozen=True)
class ResidualLabels:
    """Texts of the error at N = M; `stays` stands at the line that does not fall."""

    lines: Mapping[str, str]
    length: str
    error: str
    stays: str


def covariance_figure(
    shown: Sequence[CovariancePanel],
    labels: CovarianceLabels,
    *,
    theme: ThemeName = "light",
    trained_length: int,
    columns: int = 4,
) -> go.Figure:
    """The panels, each with an axis up to 1.25 times its zero predictor; lines that leave it are named."""
    look = THEMES[theme]
    rows = -(-len(shown) // columns)
    figure = panels(
        rows,
        columns,
        look,
        labels.titles,
        height=round((ROW * rows + 150) * look.size / 16),
        horizontal_spacing=0.045,
        vertical_spacing=0.3 / rows,
    )
    named: set[str] = set()
    for index, panel in enumerate(shown):
        place: dict[str, Any] = {"row": index // columns + 1, "col": index % columns + 1}
        _add_panel(figure, panel, labels, look, named, place)
        end = panel.curves.context_lengths[-1]
        if trained_length < end:
            shade = translucent(look.muted, 0.13)
            figure.add_vrect(x0=trained_length, x1=end, fillcolor=shade, line_width=0, layer="below", **place)
    figure.update_xaxes(showgrid=False, nticks=5)
    figure.update_xaxes(title_text=labels.context_length, row=rows)
    figure.update_yaxes(title_text=labels.error, col=1)
    legend_above(figure, look, 1 + 0.2 / rows)
    figure.update_layout(margin={"t": 120 if columns > 1 else 190})
    return figure


def residual_figure(
    lengths: NDArray[np.float64],
    lines: Mapping[str, NDArray[np.float64]],
    labels: ResidualLabels,
    *,
    theme: ThemeName = "light",
) -> go.Figure:
    """Error over d against N = M, both on logarithmic axes."""
    look = THEMES[theme]
    figure = go.Figure(layout=layout(look))
    for name, values in lines.items():
        figure.add_scatter(
            x=lengths.tolist(),
            y=values.tolist(),
            mode="lines",
            name=labels.lines[name],
            line=_line(name, look, 1.2),
            hovertemplate="%{y:.4g}",
            meta={"line": name},
        )
    figure.add_hline(y=1 / 3, line={"color": look.ink, "dash": "dot", "width": 1.5 * look.scale})
    figure.add_annotation(
        x=1,
        xref="paper",
        y=np.log10(1 / 3),
        xanchor="right",
        yanchor="bottom",
        showarrow=False,
        text=labels.stays,
        font={"size": look.size, "color": look.ink},
    )
    figure.update_xaxes(title_text=labels.length, type="log", exponentformat="power", dtick=1, showgrid=False)
    figure.update_yaxes(title_text=labels.error, type="log", range=[-3.1, 0.15], dtick=1)
    legend_above(figure, look, 1.02)
    figure.update_layout(height=round(360 * look.size / 16), margin={"t": 64})
    return figure


def _add_panel(
    figure: go.Figure,
    panel: CovariancePanel,
    labels: CovarianceLabels,
    look: Theme,
    named: set[str],
    place: Mapping[str, Any],
) -> None:
    end = panel.curves.context_lengths[-1]
    top = HEADROOM * panel.scale
    for name in DRAWN:
        curve = panel.curves.curves.get(name)
        if curve is None:
            continue
        if name != "zero":
            k, fill = panel.curves.context_lengths, translucent(STROKES[name].colour(look), 0.16)
            figure.add_scatter(**band(k, curve.low.tolist(), curve.high.tolist(), fill, line=name), **place)
        values = curve.mean if name != "zero" else np.full(end + 1, panel.scale)
        _add(figure, name, list(range(end + 1)), values.tolist(), labels, look, named, place)
    gone = {}
    for name, values in panel.lines.items():
        _add(figure, name, list(range(1, end + 1)), values.tolist(), labels, look, named, place)
        if values[-1] > top:
            gone[name] = float(values[-1])
    limit = panel.limits["lsa_random"]
    _add(figure, "lsa_limit", [0, end], [limit, limit], labels, look, named, place)
    if limit > top:
        gone["lsa_limit"] = limit
    notes = [
        (
            labels.off_scale.format(
                method=labels.lines[name], value=amount(value), k="∞" if name == "lsa_limit" else end
            ),
            STROKES[name].colour(look),
        )
        for name, value in gone.items()
    ]
    note_off_scale(figure, notes, look, size=look.size - 4, **place)
    figure.update_yaxes(range=[0, top], nticks=5, **place)
    figure.update_xaxes(range=[0, end], **place)


def _add(
    figure: go.Figure,
    name: str,
    x: list[int],
    y: list[float],
    labels: CovarianceLabels,
    look: Theme,
    named: set[str],
    place: Mapping[str, Any],
) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=labels.lines[name],
        legendgroup=name,
        showlegend=name not in named,
        line=_line(name, look, 0.85),
        hovertemplate=f"{labels.lines[name]}: %{{y:.3g}}<extra></extra>",
        meta={"line": name},
        **place,
    )
    named.add(name)


def _line(name: str, look: Theme, factor: float) -> dict[str, Any]:
    style = STROKES[name]
    return {"color": style.colour(look), "dash": style.dash, "width": factor * style.width * look.scale}
