"""One colour and dash for each family of functions, wherever families rather than methods are compared.

Dense functions have the hue of least squares and sparse ones that of the Lasso, their classical counterparts.
"""

from __future__ import annotations

from collections.abc import Mapping

from icl_core.figures.palette import AMBER, GREEN, ORANGE, PINK, PURPLE, TEAL, Stroke

LONG_DASH = "14px,3px"

FAMILIES: Mapping[str, Stroke] = {
    "dense": Stroke(ORANGE, "solid", 3.0),
    "sparse": Stroke(PINK, LONG_DASH, 3.0),
    "fixed_support": Stroke(PINK, LONG_DASH, 3.0),
    "sinusoid": Stroke(GREEN, LONG_DASH, 3.0),
    "quadratic": Stroke(AMBER, LONG_DASH, 3.0),
    "relu_network": Stroke(TEAL, LONG_DASH, 3.0),
    "combination": Stroke(PURPLE, LONG_DASH, 3.0),
}


def family_stroke(kind: str) -> Stroke:
    """The stroke of a kind of family. Raises KeyError where there is none."""
    return FAMILIES[kind]
