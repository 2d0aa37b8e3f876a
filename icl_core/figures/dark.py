"""Every colour of a figure on light paper, with what it becomes on dark."""

from __future__ import annotations

from icl_core.figures import function_strokes, selection_strokes
from icl_core.figures.palette import HUES, METHODS, THEMES, Hue


def dark_colours() -> dict[str, str]:
    """From the hues and paper of the light theme to the dark one's, as #RRGGBB.

    Shades of a heat map, which are the same on any paper, are not among them.
    """
    strokes = [
        *METHODS.values(),
        *function_strokes.LEARNERS.values(),
        *selection_strokes.LEARNERS.values(),
        *selection_strokes.SHADES,
        function_strokes.TRUTH,
    ]
    hues: list[Hue] = [*HUES.values(), *(stroke.hue for stroke in strokes)]
    light, dark = THEMES["light"], THEMES["dark"]
    papers = {name: (getattr(light, name), getattr(dark, name)) for name in ("paper", "ink", "muted", "grid")}
    return dict(papers.values()) | {hue.light: hue.dark for hue in hues}
