"""What is written and ruled on a learning curve: regions, line-end labels, read-out, what is off scale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from icl_core.figures.curve_labels import Labels
from icl_core.figures.curve_numbers import Array, ErrorAxis, amount
from icl_core.figures.line_labels import coinciding, spread
from icl_core.figures.palette import Theme, stroke, translucent
from icl_core.figures.text_width import columns

COINCIDE = 0.004  # lines nearer than this share of the axis everywhere look like one
PAPER = {"xref": "paper", "yref": "paper"}


class Notes(NamedTuple):
    """Plotly shapes and annotations, as plain values."""

    shapes: list[dict[str, Any]]
    annotations: list[dict[str, Any]]


def region_notes(dimension: int, trained_length: int | None, last: int, labels: Labels, look: Theme) -> Notes:
    """The shaded paper beyond the trained length; a dashed line at k = d where there are several inputs."""
    notes = Notes([], [])
    text = {
        "y": 0.985,
        "yref": "paper",
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": look.size - 2, "color": look.muted},
    }
    if trained_length is not None and trained_length < last:
        shade = {"fillcolor": translucent(look.muted, 0.13), "line": {"width": 0}}
        notes.shapes.append({"type": "rect", "x0": trained_length, "x1": last, **_full_height(), **shade})
        notes.annotations.append({"x": last, "xanchor": "right", "xshift": -4, "text": labels.beyond, **text})
    if 1 < dimension <= last:
        line = {"color": look.muted, "width": 1.25 * look.scale, "dash": "dash"}
        notes.shapes.append(
            {"type": "line", "x0": dimension, "x1": dimension, **_full_height(), "line": line}
        )
        notes.annotations.append(
            {"x": dimension, "xanchor": "left", "xshift": 4, "text": labels.dimension, **text}
        )
    return notes


def read_out_notes(read_out: int | None, last: int, labels: Labels, look: Theme) -> Notes:
    """A line at the read-out, and its k above the picture."""
    if read_out is None:
        return Notes([], [])
    line = {"color": look.ink, "width": 1.5 * look.scale}
    shape = {"type": "line", "x0": read_out, "x1": read_out, **_full_height(), "line": line}
    text = {
        "x": read_out,
        "y": 1,
        "yref": "paper",
        "text": f"<b>{labels.read_out.format(k=read_out)}</b>",
        "showarrow": False,
        "yanchor": "bottom",
        "xanchor": "right" if read_out > 0.85 * last else "center",
        "font": {"size": look.size - 1, "color": look.ink},
    }
    return Notes([shape], [text])


def end_labels(
    lines: Mapping[str, Array], labels: Labels, look: Theme, axis: ErrorAxis, rows_above: int = 0
) -> Notes:
    """The methods' names at their lines' right ends, joined by thin leaders; coinciding lines share one.

    `rows_above` are left free for a legend.
    """
    height = {method: axis.heights(line) for method, line in lines.items()}
    groups = coinciding(height, COINCIDE)
    ends = [float(height[group[0]][-1]) for group in groups]
    texts = [_joined(group, labels, look) for group in groups]
    usable = look.height - 110  # the plot's own height, without margins and axis title
    sizes = [1.4 * look.size * (text.count("<br>") + 1) / usable for text in texts]
    top = 0.97 - 1.35 * look.size * rows_above / usable  # beneath the buttons above the plot, and the legend
    places = spread(ends, sizes, low=-0.03, high=top)
    notes = Notes([], [])
    for group, text, end, place in zip(groups, texts, ends, places, strict=True):
        colour = stroke(group[0]).colour(look)
        leader = {"type": "line", "x0": 1.0, "y0": end, "x1": 1.025, "y1": place}
        notes.shapes.append({**leader, **PAPER, "line": {"color": colour, "width": look.scale}})
        notes.annotations.append(
            {
                "x": 1.03,
                "y": place,
                **PAPER,
                "text": text,
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "middle",
                "align": "left",
                "font": {"color": colour, "size": look.size},
            }
        )
    return notes


def end_label_width(notes: Notes, look: Theme) -> int:
    """Pixels that line-end labels need at the right."""
    rows = [row for note in notes.annotations for row in _plain(note["text"])]
    return round(30 + 0.56 * look.size * max(map(columns, rows), default=0))


def off_scale_notes(beyond: Mapping[str, tuple[int, float]], labels: Labels, look: Theme) -> Notes:
    """One row for each method that leaves the axis, with its largest error."""
    annotations = [
        {
            "x": 0.99,
            "y": 1.0,
            **PAPER,
            "text": "▲ " + labels.off_scale.format(method=labels.methods[method], value=amount(value), k=k),
            "showarrow": False,
            "xanchor": "right",
            "yanchor": "top",
            "yshift": -(row + 1) * 1.6 * look.size,
            "bgcolor": translucent(look.paper, 0.85),
            "font": {"color": stroke(method).colour(look), "size": look.size - 1},
        }
        for row, (method, (k, value)) in enumerate(beyond.items())
    ]
    return Notes([], annotations)


def _full_height() -> dict[str, Any]:
    return {"y0": 0, "y1": 1, "yref": "paper", "layer": "below"}


def _joined(group: tuple[str, ...], labels: Labels, look: Theme) -> str:
    """Names of coinciding lines, each in its colour, at most two in a row."""
    names = [_coloured(labels.methods[method], method, look) for method in group]
    return "<br>= ".join(" = ".join(names[start : start + 2]) for start in range(0, len(names), 2))


def _coloured(text: str, method: str, look: Theme) -> str:
    return f'<span style="color:{stroke(method).colour(look)}">{text}</span>'


def _plain(text: str) -> list[str]:
    """Rows of a label without its markup."""
    return re.sub(r"</?span[^>]*>", "", text).split("<br>")
