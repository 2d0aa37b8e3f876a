"""What can be taken away: the numbers as CSV and JSON, the spec, code that computes them again, pictures."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dashboard.code import snippet
from icl_core.specs import Experiment, Spec

CURVES = """\
curves = cached_curves(experiment, library)

for name, curve in curves.curves.items():
    print(f"{name:18}", *(f"{error:.4f}" for error in curve.mean))
"""


def python_snippet(query: Mapping[str, str]) -> str:
    """Code that computes the figure's numbers again."""
    return snippet("from icl_core.library.results import cached_curves\n", query, CURVES)


def command(query: Mapping[str, str]) -> str:
    """The command line that prints the figure's numbers."""
    return f"python -m icl_core curve --url {shlex.quote(urlencode(query))} --json"


def file_stem(experiment: Experiment) -> str:
    """A file name that says which experiment it holds."""
    return f"icl-{experiment.hash}"


def spec_text(spec: Spec) -> str:
    """A spec as a file: every field is written, so that it means the same under later defaults."""
    return spec.to_json(indent=1, full=True) + "\n"


def chart_config(stem: str, picture: str = "svg", *, always: bool = True) -> dict[str, Any]:
    """Plotly's configuration: a mode bar with one button, which saves the chart as `picture` (png or svg).

    Not `always`: only under the pointer, where a legend stands in its corner.
    """
    return {
        "displaylogo": False,
        "displayModeBar": True if always else "hover",
        "modeBarButtonsToRemove": ["zoom", "pan", "select", "lasso2d", "zoomIn", "zoomOut", "autoScale"],
        "toImageButtonOptions": {"format": picture, "scale": 3, "filename": stem},
        "responsive": True,
    }
