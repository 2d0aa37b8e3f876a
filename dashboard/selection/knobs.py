"""The knobs of the Model selection page, and the row of pictures above its figure."""

from __future__ import annotations

from dataclasses import replace

from dashboard.frame.knob import Knob, Menu, Row, Slider, Steps, draw, heading, more, viewed
from dashboard.frame.texts import t
from dashboard.frame.url_state import UrlState
from dashboard.knobs.prompts import new_seed_button, prompts_knob, tested_as
from dashboard.knobs.tested_on import alpha_knob
from dashboard.selection.numbers import Setting
from dashboard.selection.view import (
    PICTURES,
    SelectionView,
    experiment_on,
    nonzero,
    pair_choices,
    picture,
    prompt_number,
    read_out,
    share_choices,
    with_share,
)
from dashboard.selection.words import short_name
from icl_core.evaluation.selection import FamilyPair
from icl_core.library import Library
from icl_core.library.finding import mixture_shares
from icl_core.specs import Pretraining

State = UrlState[SelectionView]
SINGLE = 32  # prompts that the slider offers to look at alone


def picture_row(state: State, now: Setting) -> None:
    """Which of the five pictures is shown."""
    row = Row(PICTURES, lambda name: t(f"selection.picture.{name}"))
    shown = picture(now.experiment, state.view)
    draw(state, Knob("selection_picture", t("selection.picture"), row, shown, viewed("picture")))


def main_knobs(state: State, now: Setting) -> list[Knob[int]]:
    """What stands directly under the picture: its own knob, and where it is read."""
    experiment, view, hidden = now.experiment, state.view, state.presentation.hide
    shown, length = picture(experiment, view), Slider(0, experiment.context_length, 1)
    found: dict[str, Knob[int]] = {}
    if shown in ("sparsity", "outside"):
        found["nnz"] = Knob(
            "selection_nnz",
            t("selection.knob.nnz"),
            Slider(1, experiment.pretraining.dimension, 1),
            nonzero(experiment, view),
            viewed("nnz"),
            t("selection.help.nnz"),
        )
    if shown == "choice":
        found["prompt"] = Knob(
            "selection_prompt",
            t("selection.knob.prompt"),
            Slider(0, min(SINGLE, experiment.evaluation.prompts) - 1, 1),
            prompt_number(experiment, view),
            viewed("prompt"),
            t("selection.help.prompt"),
        )
    k = read_out(experiment, view)
    found["k"] = Knob("selection_k", t("knob.read_out"), length, k, viewed("k"), t("selection.help.k"))
    return [knob for name, knob in found.items() if name not in hidden]


def evaluation_knobs(state: State, now: Setting) -> None:
    """The prompts, and the Lasso beside."""
    experiment = now.experiment
    heading("evaluation")
    with more():
        evaluation, tested = experiment.evaluation, tested_as(experiment)
        draw(
            state,
            alpha_knob("selection_alpha", evaluation.alpha, tested),
            prompts_knob(evaluation.prompts, tested),
        )
        new_seed_button(state, evaluation, tested)


def pretraining_knobs(state: State, now: Setting, library: Library) -> None:
    """The pair of families, and their shares in the mixture."""
    pretraining, evaluation = now.experiment.pretraining, now.experiment.evaluation
    hidden = state.presentation.hide
    heading("pretraining")
    if "pair" not in hidden:
        draw(
            state,
            Knob(
                "selection_pair",
                t("selection.knob.pair"),
                Menu(pair_choices(library, pretraining), lambda spec: _pair_label(spec, library)),
                pretraining,
                lambda settings, spec: replace(
                    settings.viewed(nnz=None, k=None),
                    experiment=experiment_on(with_share(library, spec, now.pair.dense_share), evaluation),
                ),
                t("selection.help.pair"),
            ),
        )
    if "share" not in hidden:
        _share_knob(state, now, library)


def _share_knob(state: State, now: Setting, library: Library) -> None:
    """A slider over the mixtures, in steps; those with a trained model are marked."""
    experiment = now.experiment
    pretraining = experiment.pretraining
    trained = mixture_shares(library, pretraining)
    draw(
        state,
        Knob(
            "selection_share",
            t("selection.knob.share"),
            Steps(
                share_choices(library, pretraining),
                lambda share: t(
                    "option.trained" if share in trained else "option.closed_form", name=f"{100 * share:.0f}%"
                ),
            ),
            now.pair.dense_share,
            lambda settings, share: replace(
                settings, experiment=replace(experiment, pretraining=with_share(library, pretraining, share))
            ),
            t("selection.help.share"),
        ),
    )


def _pair_label(spec: Pretraining, library: Library) -> str:
    pair = FamilyPair.of(spec)
    name = t(
        "selection.pair",
        narrow=short_name(pair.narrow),
        nnz=pair.narrow.nnz,
        dimension=spec.dimension,
        length=spec.context_length,
    )
    return t("option.trained" if mixture_shares(library, spec) else "option.closed_form", name=name)
