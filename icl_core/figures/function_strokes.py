"""Strokes of figures that draw functions of one input: the methods', and of models beside the main one.

Sizes of one model share its hue and differ in lightness and dash; a model of other pretraining has another.
"""

from __future__ import annotations

from collections.abc import Mapping

from icl_core.figures.palette import BLUE, GREEN, METHODS, PINK, SKY, Hue, Stroke

LEARNERS: Mapping[str, Stroke] = {
    "guess": Stroke(PINK, "solid", 5.0),
    "transformer": METHODS["transformer"],
    "small": Stroke(SKY, "dot", 3.0),
    "large": Stroke(Hue("#003A5C", "#1F7FBF"), "longdash", 3.0),
    "standard": Stroke(BLUE, "dashdot", 3.0),
    "wide": Stroke(Hue("#8B2FC9", "#C99BF2"), "solid", 3.0),
    "linear": Stroke(Hue("#A04000", "#FFB07A"), "longdashdot", 2.5),
    "sinusoid": Stroke(Hue("#006B4E", "#7FE3C3"), "longdashdot", 2.5),
    "bayes": METHODS["bayes"],
    "bayes_test": METHODS["bayes_test"],
    "smooth": METHODS["smooth"],
    "ols": METHODS["ols"],
    "sinusoid_fit": Stroke(GREEN, "dashdot", 2.75),
    "zero": METHODS["zero"],
}
"""Learners in the order in which readers meet them; later ones are drawn underneath."""

TRUTH = Stroke(Hue("#E8B100", "#C79A1E"), "solid", 9.0)
"""The true function: a broad pale stroke beneath all learners, of no method's colour."""


def in_order(names: Mapping[str, object] | tuple[str, ...]) -> list[str]:
    """The given learners in reading order. Raises KeyError where one has no stroke."""
    unknown = next((name for name in names if name not in LEARNERS), None)
    if unknown is not None:
        raise KeyError(unknown)
    return [name for name in LEARNERS if name in names]
