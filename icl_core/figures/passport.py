"""What a picture says of itself once it has left its page: title, setting, hash and link, below it."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

SIZE, LINE = 11, 15  # pixels of a letter, and from one line to the next
LETTER = 0.56  # of its size, the width of a letter, roughly


def with_passport(
    figure: go.Figure, title: str, lines: Sequence[str], *, width: int, height: int
) -> go.Figure:
    """A copy of the figure, `width` x `height` pixels, over a margin of its own that holds the words.

    The margin is added below what the figure has there, so that nothing overlaps.
    """
    most = int((width - 24) / (LETTER * SIZE))
    words = [f"<b>{html.escape(line)}</b>" for line in textwrap.wrap(title, most)]
    words += [html.escape(part) for line in lines for part in textwrap.wrap(line, most)]
    below, room = figure.layout.margin.b or 80, LINE * len(words) + 16  # 80 is Plotly's own
    result = go.Figure(figure)
    result.update_layout(width=width, height=height + room, margin={"b": below + room})
    result.add_annotation(
        text="<br>".join(words),
        showarrow=False,
        align="left",
        xref="paper",
        x=0,
        xanchor="left",
        yref="paper",
        y=0,
        yanchor="top",
        yshift=-below - 4,
        font={"size": SIZE},
        name="passport",
    )
    return result
