"""The front door: a strip above the bare page's curve, in which a transformer learns prompt after prompt.

It plays in the browser, folds away once the page shows anything but its start, and comes back by a button.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from dashboard.frame.bootstrap import figure_theme
from dashboard.frame.shared import answer
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from icl_core.figures.function_strokes import TRUTH
from icl_core.figures.palette import METHODS, THEMES, ThemeName
from icl_core.library import Library, LibraryError
from icl_core.library.finding import main_model
from icl_core.library.prompt_questions import GrowingFunction, Growth
from icl_core.specs import Evaluation, Experiment

HERE = Path(__file__).parent
SHOWN_FOR = "door"  # the state that the strip stands above; none once it is folded away
SEED = 1  # whose prompts have a plain slope and a plain wave
WAYS = {"prompt_lab": ("pages/prompt_lab.py", "touch_app"), "lecture": ("pages/lecture.py", "slideshow")}
PAIRS = {"sinusoid": 10, "dense": 5}  # as many as show what there is to see

STRIP = """
<p class="told" aria-hidden="true"><span class="count"></span><span class="key"></span></p>
<svg preserveAspectRatio="none" role="img"></svg>
"""

LOOK = """
:host { display: block; }
svg { display: block; width: 100%; height: clamp(2.9rem, 11vw, 5.2rem); }
path { fill: none; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.told { display: flex; justify-content: space-between; margin: 0; font-family: var(--st-font);
  font-size: .8rem; line-height: 1.2; color: var(--st-text-color); font-variant-numeric: tabular-nums; }
.key { font-weight: 600; border-bottom: 3px solid transparent; }
"""


def is_open(state: UrlState[Any]) -> bool:
    """Whether the strip is there: on the bare page until it changes, and where it was asked for."""
    if state.presentation.present:
        return False
    if st.session_state.setdefault(SHOWN_FOR, state.query(state.default)) != _shown(state):
        st.session_state[SHOWN_FOR] = None
    return st.session_state[SHOWN_FOR] is not None


def door(state: UrlState[Any], library: Library) -> None:
    """The strip with its two ways on."""
    found, fault = _growths(library)
    if fault:
        st.error(fault)
    with st.container(key="door", gap=None):
        with st.container(key="door_words"):
            st.markdown(t("door.sentence"))
        with st.container(key="door_strip"):
            if found:
                _strip()(key="door_play", data=_data(found, figure_theme(state.presentation)))
        with st.container(key="door_ways", horizontal=True, gap="small"):
            for page, (file, icon) in WAYS.items():
                st.page_link(
                    file,
                    label=t(f"door.{page}"),
                    icon=f":material/{icon}:",
                    query_params=state.query_for(page),
                )


def door_button(state: UrlState[Any]) -> None:
    """What folds the strip away or brings it back."""

    def turned(shown: dict[str, str] | None) -> None:
        st.session_state[SHOWN_FOR] = shown

    opened = is_open(state)
    st.button(
        t("door.fold" if opened else "door.open"),
        key="door_button",
        type="tertiary",
        icon=":material/expand_less:" if opened else ":material/play_circle:",
        on_click=turned,
        args=(None if opened else _shown(state),),
    )


def first_asked(library: Library) -> list[GrowingFunction]:
    """The prompts that the strip plays, a sinusoid and then a line; none without their model."""
    main = main_model(library.specs())
    if library.find(main.hash) is None:
        return []
    families = {family.kind: family for family in main.mixture.families}
    return [
        GrowingFunction(
            Experiment(main, Evaluation(function_class=families[kind], context_length=count, seed=SEED))
        )
        for kind, count in PAIRS.items()
    ]


def _growths(library: Library) -> tuple[list[Growth], str]:
    """What the strip plays; what is damaged, in a sentence."""
    try:
        return [answer(each, library) for each in first_asked(library)], ""
    except LibraryError as fault:
        return [], str(fault)


def _shown(state: UrlState[Any]) -> dict[str, str]:
    """What the page shows, in whatever language."""
    return {name: value for name, value in state.query().items() if name != "lang"}


def _data(found: list[Growth], theme: ThemeName) -> dict[str, Any]:
    look = THEMES[theme]
    longest = max(len(growth.prompt.xs) for growth in found)
    return {
        "prompts": [
            {
                "grid": growth.grid.tolist(),
                "values": growth.values.tolist(),
                "truth": [] if growth.prompt.truth is None else growth.prompt.truth.tolist(),
                "xs": growth.prompt.xs.tolist(),
                "ys": growth.prompt.ys.tolist(),
            }
            for growth in found
        ],
        "colours": {
            "answer": METHODS["transformer"].colour(look),
            "truth": TRUTH.colour(look),
            "point": look.ink,
            "rim": look.paper,
        },
        "alt": t("door.alt"),
        "answer": t("door.answer"),
        "counts": [t("door.count", count=count) for count in range(longest + 1)],
    }


@st.cache_resource
def _strip() -> Callable[..., Any]:
    """The script in the browser, registered once for all viewers."""
    return component("door", html=STRIP, css=LOOK, js=(HERE / "door.js").read_text("utf-8"))
