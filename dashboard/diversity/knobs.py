"""The knobs of the Task diversity page, and the row of pictures above its figure."""

from __future__ import annotations

from dataclasses import replace

from dashboard.diversity.numbers import Setting
from dashboard.diversity.view import (
    NOISES,
    PICTURES,
    DiversityView,
    experiment_on,
    read_out,
    size_choices,
    with_noise,
    with_pool,
)
from dashboard.frame.knob import Knob, Menu, Row, Slider, Steps, draw, heading, more, viewed
from dashboard.frame.texts import t
from dashboard.frame.url_state import Settings, UrlState
from dashboard.knobs.prompts import new_seed_button, prompts_knob, tested_as
from icl_core.library import Library
from icl_core.specs import Pretraining

State = UrlState[DiversityView]


def picture_row(state: State) -> None:
    """Which of the two pictures is shown."""
    row = Row(PICTURES, lambda picture: t(f"diversity.picture.{picture}"))
    draw(
        state,
        Knob("diversity_picture", t("selection.picture"), row, state.view.picture, viewed("picture")),
    )


def main_knobs(state: State, now: Setting, library: Library) -> list[Knob[int]]:
    """What stands directly under the picture: where it is read, and the pool looked at."""
    experiment, pretraining = now.experiment, now.pretraining
    sizes, length = size_choices(pretraining), Slider(0, experiment.context_length, 1)
    k = read_out(experiment, state.view)
    found = {
        "k": Knob("diversity_k", t("knob.read_out"), length, k, viewed("k"), t("selection.help.k")),
        "pool": Knob(
            "diversity_pool",
            t("diversity.knob.pool"),
            Steps(range(len(sizes)), lambda index: _size_name(sizes[index], now)),
            sizes.index(pretraining.task_pool),
            lambda settings, index: replace(
                settings,
                experiment=experiment_on(
                    with_pool(library, pretraining, sizes[index]), experiment.evaluation
                ),
            ),
            t("diversity.help.pool"),
        ),
    }
    return [knob for name, knob in found.items() if name not in state.presentation.hide]


def evaluation_knobs(state: State, now: Setting) -> None:
    """The prompts."""
    experiment = now.experiment
    evaluation = experiment.evaluation
    heading("evaluation")
    with more():
        draw(state, prompts_knob(evaluation.prompts, tested_as(experiment)))
        new_seed_button(state, evaluation, tested_as(experiment))


def pretraining_knobs(state: State, now: Setting, library: Library) -> None:
    """Under 'More' the noise."""
    pretraining, evaluation = now.pretraining, now.experiment.evaluation

    def on(settings: Settings[DiversityView], spec: Pretraining) -> Settings[DiversityView]:
        return replace(settings, experiment=experiment_on(spec, evaluation))

    heading("pretraining")
    with more():
        draw(
            state,
            Knob(
                "diversity_noise",
                t("diversity.knob.noise"),
                Menu(sorted({*NOISES, pretraining.label_noise}), lambda noise: f"{noise:g}"),
                pretraining.label_noise,
                lambda settings, noise: on(settings, with_noise(library, pretraining, noise)),
                t("diversity.help.noise"),
            ),
        )


def _size_name(size: int | None, now: Setting) -> str:
    name = t("diversity.infinite") if size is None else f"{size:,}"
    return t("option.trained" if size in now.models else "option.closed_form", name=name)
