"""Plotly figures of specs and results. Labels come in as arguments: no sentence is written here."""

from icl_core.figures.animation import Frame, animated
from icl_core.figures.curve_labels import Labels
from icl_core.figures.curve_numbers import amount, drawn_lines, is_exact, needs_log_axis, off_scale
from icl_core.figures.heat_map import HeatMapLabels, heat_map_figure
from icl_core.figures.learning_curve import learning_curve_figure
from icl_core.figures.palette import METHODS, THEMES, Stroke, Theme, ThemeName, ordered, stroke

__all__ = [
    "METHODS",
    "THEMES",
    "Frame",
    "HeatMapLabels",
    "Labels",
    "Stroke",
    "Theme",
    "ThemeName",
    "amount",
    "animated",
    "drawn_lines",
    "heat_map_figure",
    "is_exact",
    "learning_curve_figure",
    "needs_log_axis",
    "off_scale",
    "ordered",
    "stroke",
]
