"""One colour and dash for each family of functions, wherever families rather than methods are compared.

Dense functions have the hue of least squares and sparse ones that of the Lasso, their classical counterparts.
"""

from __future__ import annotations

from collections.abc import Mapping

from icl_core.figures.palette import Stroke

LONG_DASH = "14px,3px"

FAMILIES: Mapping[str, Stroke] = {
    "dense": Stroke("#D55E00", "#FF8A3D", "solid", 3.0),
    "sparse": Stroke("#B8558F", "#E59CC6", LONG_DASH, 3.0),
    "fixed_support": Stroke("#B8558F", "#E59CC6", LONG_DASH, 3.0),
    "sinusoid": Stroke("#009E73", "#2BCB9B", LONG_DASH, 3.0),
    "quadratic": Stroke("#B37700", "#F2BE4A", LONG_DASH, 3.0),
    "relu_network": Stroke("#117A7A", "#5CCFCF", LONG_DASH, 3.0),
    "combination": Stroke("#5A3E9E", "#B7A3F5", LONG_DASH, 3.0),
}


def family_stroke(kind: str) -> Stroke:
    """The stroke of a kind of family. Raises KeyError where there is none."""
    return FAMILIES[kind]
