"""The sidebar's knobs on the page 'Shift lab': those that act on the picture that is shown."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard import knobs
from dashboard.frame.knob import Knob, Menu, draw, heading
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.shift_lab import numbers
from dashboard.shift_lab.view import Part, ShiftView
from icl_core.evaluation.length_sweep import sweep_lengths

State = UrlState[ShiftView]

TESTED = ("test_functions", "test_covariance", "label_noise")
ACTING: Mapping[Part, tuple[str, ...]] = {
    "length": ("shift", "magnitude", "unit", *TESTED),
    "panels": ("unit", *TESTED, "test_length", "penalty", "prompts"),
    "grid": ("shift", "unit", *TESTED, "test_length"),
    "random": ("prompts",),
}
"""The test's knobs by picture. A click on the grid's cells sets magnitude and k."""


def evaluation_knobs(state: State) -> None:
    """What the shown picture is tested on."""
    part = state.view.part
    names = ACTING[part]
    if part == "grid" and has_prompts(state):
        names += ("prompts",)
    knobs.evaluation_knobs(
        state,
        knobs.Acting(
            names,
            kind=numbers.USUAL_KIND if part == "grid" else None,
            fewest_prompts=numbers.FEWEST_PROMPTS if part == "random" else 0,
        ),
    )


def pretraining_knobs(state: State) -> None:
    """What the models of the shown picture were pretrained on."""
    if state.view.part == "random":
        _model_pairs(state)
    else:
        knobs.pretraining_knobs(state, state.models)


def restart_buttons(state: State) -> None:
    """Back to the start, and other prompts where the picture has any."""
    knobs.restart_buttons(state, drawn=has_prompts(state))


def read_outs(state: State) -> list[int] | None:
    """The test lengths at which the exact error is drawn; None where a picture has every k."""
    return sweep_lengths(state.experiment).tolist() if state.view.part == "length" else None


def read_out(state: State) -> int:
    """The k that the shown picture is read at."""
    return knobs.read_out(state, read_outs(state))


def main_knobs(state: State) -> list[Knob[int]]:
    """What stands directly under the shown picture."""
    if state.view.part in ("random", "grid"):
        return []
    return knobs.main_knobs(state, read_outs(state))


def notices(state: State) -> list[str]:
    """Sentences about what of the link's view does not fit the shown picture."""
    read = state.view.part != "random"
    return knobs.notices(state, read_outs(state), read=read)


def has_prompts(state: State) -> bool:
    """Whether anything in the shown picture is measured on prompts."""
    part, experiment = state.view.part, state.experiment
    if part == "grid":
        return not numbers.has_exact_grid(experiment, numbers.grid_kind(experiment), state.view.method)
    return part != "length"


def _model_pairs(state: State) -> None:
    """Which of the library's transformers of dense tasks are compared, where there are several."""
    shown = numbers.covariance_setting(
        state.experiment, numbers.covariance_models(state.experiment, state.models)
    )[0]
    current = (shown.dimension, shown.context_length)
    pairs = numbers.covariance_pairs(state.models)
    options = sorted({current, *pairs})
    if len(options) == 1:
        return
    heading("pretraining")
    draw(
        state,
        Knob(
            "shift_models",
            t("shift_lab.models"),
            Menu(options, lambda pair: t("shift_lab.models.option", dimension=pair[0], length=pair[1])),
            current,
            lambda settings, pair: knobs.change_pretraining(settings, lambda spec: pairs.get(pair, spec)),
            t("shift_lab.models.help"),
        ),
    )
