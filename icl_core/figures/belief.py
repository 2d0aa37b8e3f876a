"""Probabilities of the families: one bar of parts, or areas that shift as the context grows."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from icl_core.figures.palette import THEMES, ThemeName, family_stroke, layout

THINNEST = 0.14  # a part below this share has no room for its name


def belief_figure(
    probabilities: Mapping[str, float], names: Mapping[str, str], *, theme: ThemeName = "light"
) -> go.Figure:
    """A bar whose parts are the families' probabilities, which must sum to 1; each has its name in it."""
    if abs(sum(probabilities.values()) - 1) > 1e-6:
        raise ValueError(f"The probabilities sum to {sum(probabilities.values()):g}, not to 1.")
    look = THEMES[theme]
    figure = go.Figure(layout=layout(look))
    for family, probability in probabilities.items():
        text = f"{names[family]} {100 * probability:.0f}%" if probability >= THINNEST else ""
        figure.add_bar(
            x=[probability],
            y=[""],
            orientation="h",
            name=names[family],
            marker={"color": family_stroke(family).colour(look), "line": {"width": 0}},
            text=f"<b>{text}</b>",
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": "#000000" if look.dark else "#FFFFFF", "size": look.size},
            hovertemplate=f"{names[family]} %{{x:.3f}}<extra></extra>",
            meta={"role": "belief", "family": family},
        )
    figure.update_layout(
        barmode="stack", height=round(4.2 * look.size), margin={"l": 0, "r": 0, "t": 4, "b": 4}, bargap=0.1
    )
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False)
    return figure
