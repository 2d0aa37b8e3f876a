"""A hand on a chart, by pointer or touch: taps set points, strokes draw a guess before the answer shows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2 import component

from dashboard.frame.knob import Knob, Switch, draw, viewed
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import UrlState
from icl_core.figures.function_strokes import LEARNERS
from icl_core.figures.palette import THEMES, ThemeName

Array = NDArray[np.float64]

KEY = "hand"
GUESS, ASKED = "guess", "answer_asked"
SCRIPT = Path(__file__).parent / "hand.js"


@dataclass(frozen=True)
class Question:
    """What is to be guessed: `about` names it, and where the answer was asked for it is another question."""

    about: Hashable
    grid: Array

    @property
    def guess(self) -> Array | None:
        """The guess at each point of the grid, NaN where nothing was drawn; None without one."""
        about, heights = st.session_state.get(GUESS, (None, []))
        return np.array(heights, dtype=np.float64) if about == self.about else None

    @property
    def answered(self) -> bool:
        """Whether the answer was asked for in this session."""
        return st.session_state.get(ASKED) == self.about

    def keep(self, heights: Sequence[float | None]) -> None:
        """Makes these the guess."""
        if len(heights) == len(self.grid):
            st.session_state[GUESS] = self.about, [np.nan if y is None else float(y) for y in heights]

    def ask(self) -> None:
        """The answer shows from now on."""
        st.session_state[ASKED] = self.about


def predict_switch(state: UrlState[Any]) -> None:
    """Predict first: whether the answer waits until it is asked for."""
    label, help = t("lab.knob.predict"), t("lab.help.predict")
    draw(state, Knob("predict", label, Switch(), state.view.predict, viewed("predict"), help))


def hides(state: UrlState[Any], question: Question) -> bool:
    """Whether the answer waits to be asked for."""
    return state.view.predict and not question.answered


def reveal_button(question: Question) -> None:
    """Asks for the answer."""
    st.button(
        t("lab.button.ask"), key="reveal", icon=":material/visibility:", type="primary", on_click=question.ask
    )


def hand(
    chart: str,
    question: Question,
    theme: ThemeName,
    *,
    draws: bool,
    on_tap: Callable[[float, float], None] | None = None,
) -> None:
    """Takes taps and strokes on the chart in the container `chart`, and shows the guess on it."""
    guess = question.guess

    def tapped() -> None:
        x, y = st.session_state[KEY].tap
        if on_tap is not None:
            on_tap(float(x), float(y))

    def guessed() -> None:
        question.keep(st.session_state[KEY].guess)

    with st.container(key="hand_place"):
        _script()(
            key=KEY,
            data={
                "chart": chart,
                "grid": question.grid.tolist(),
                "guess": None if guess is None else [None if np.isnan(y) else y for y in guess.tolist()],
                "taps": on_tap is not None,
                "draws": draws,
                "colour": LEARNERS["guess"].colour(THEMES[theme]),
            },
            on_tap_change=tapped,
            on_guess_change=guessed,
        )


def score(question: Question, answers: Mapping[str, Array], within: tuple[float, float]) -> str:
    """How far the guess lies from each answer, by its name, and which is nearest; '' without a guess.

    Root mean square differences over the points of the grid `within` that the guess covers.
    """
    guess = question.guess
    if guess is None:
        return ""
    low, high = within
    known = np.isfinite(guess) & (question.grid >= low) & (question.grid <= high)
    gaps = {name: _distance(guess[known], values[known]) for name, values in answers.items()}
    gaps = {name: gap for name, gap in gaps.items() if np.isfinite(gap)}
    if not known.any() or not gaps:
        return t("pack.guess.outside")
    said = [t("pack.guess.one", name=name, gap=f"{gap:.2f}") for name, gap in gaps.items()]
    return t("guess.score", gaps=joined("names", said), nearest=min(gaps, key=lambda name: gaps[name]))


def say_score(question: Question, answers: Mapping[str, Array], within: tuple[float, float]) -> None:
    """The score in a sentence of its own, where there is a guess."""
    said = score(question, answers, within)
    if said:
        with st.container(key="score"):
            st.info(said, icon=":material/draw:")


def _distance(first: Array, second: Array) -> float:
    """Root mean square difference over the points where the second is finite; NaN where it is nowhere."""
    finite = np.isfinite(second)
    return float(np.sqrt(np.mean((first - second)[finite] ** 2))) if finite.any() else np.nan


@st.cache_resource
def _script() -> Callable[..., Any]:
    """The script in the browser, registered once for all viewers."""
    return component(KEY, js=SCRIPT.read_text("utf-8"))
