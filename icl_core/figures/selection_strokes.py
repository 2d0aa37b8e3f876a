"""Strokes of learners that select between families: specialists in the colour of their family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from icl_core.figures.palette import BLUE, INK, METHODS, PINK, Hue, Stroke, family_stroke
from icl_core.look import LONG_DASH

LEARNERS: Mapping[str, Stroke] = {
    "mixture": METHODS["transformer"],
    "dense": family_stroke("dense"),
    "narrow": family_stroke("sparse"),
    "ols": METHODS["ols"],
    "lasso": METHODS["lasso"],
    "lasso_best": Stroke(PINK, "2px,4px", 1.5),
    "bayes": METHODS["bayes"],
}
"""In the order in which readers meet them; later ones are drawn underneath."""

SHADES = (
    Stroke(INK, "solid", 3.5),
    Stroke(Hue("#00508A", "#9AD4FB"), LONG_DASH, 3.0),
    Stroke(BLUE, "dashdot", 2.5),
    Stroke(Hue("#5A9BC4", "#2A7FB8"), "dot", 2.5),
)
"""For one learner at several noise levels, none first."""


def thin(stroke: Stroke) -> Stroke:
    """The same line in ideal learners' dash, thinner."""
    return replace(stroke, dash=METHODS["bayes"].dash, width=2.25)
