"""A learning curve while it is being learned: its latest state over what it was, beside least squares."""

from __future__ import annotations

import plotly.graph_objects as go

from icl_core.figures.palette import THEMES, Stroke, Theme, ThemeName, family_strokes, stroke, translucent
from icl_core.figures.panels import legend_above, panels
from icl_core.figures.training_curve import TrainingCurve, TrainingLabels

TRAIL = 6  # earlier learning curves that stay visible, fainter the older
HEIGHT = 360
HEADROOM = 1.25
REFERENCE_DASHES = (stroke("ols").dash, "dot", "dashdot", "longdash")


def live_curve_figure(
    training: TrainingCurve, labels: TrainingLabels, *, theme: ThemeName = "light"
) -> go.Figure:
    """Error against k: each family's last checkpoint bold, earlier ones fading, each reference dashed.

    The axes never move, so that the eye can follow the curve from one call to the next.
    """
    look = THEMES[theme]
    figure = panels(1, 1, look, height=round(HEIGHT * look.size / 16))
    strokes = family_strokes(training.mixture)
    for position, family in enumerate(strokes):
        for index in range(max(0, len(training.steps) - 1 - TRAIL), len(training.steps)):
            _add_curve(figure, training, labels, position, family, strokes[family], index, look)
    for index, (name, line) in enumerate(training.references.items()):
        figure.add_scatter(
            x=list(range(len(line))),
            y=line.tolist(),
            mode="lines",
            name=name,
            line={
                "color": stroke("zero").colour(look),
                "dash": REFERENCE_DASHES[index % len(REFERENCE_DASHES)],
                "width": 2 * look.scale,
            },
            hovertemplate="%{y:.3f}",
            meta={"role": "reference"},
        )
    last = training.errors.shape[2] - 1
    figure.add_hline(y=1, line={"color": look.muted, "width": look.scale, "dash": "dot"})
    figure.update_xaxes(title_text=labels.context_length, range=[-0.01 * last, last])
    figure.update_yaxes(title_text=labels.error, range=[0, HEADROOM], nticks=6)
    legend_above(figure, look)
    return figure


def _add_curve(
    figure: go.Figure,
    training: TrainingCurve,
    labels: TrainingLabels,
    position: int,
    family: str,
    style: Stroke,
    index: int,
    look: Theme,
) -> None:
    age = len(training.steps) - 1 - index
    figure.add_scatter(
        x=list(range(training.errors.shape[2])),
        y=training.errors[index, position].round(5).tolist(),
        mode="lines",
        name=labels.families[family],
        showlegend=age == 0,
        hoverinfo="skip" if age else "y+name",
        line={
            "color": style.colour(look) if age == 0 else translucent(style.colour(look), 0.5 * 0.75**age),
            "dash": style.dash,
            "width": (1.2 * style.width if age == 0 else 1.5) * look.scale,
        },
        meta={"role": "curve" if age == 0 else "trail", "family": family, "step": training.steps[index]},
    )
