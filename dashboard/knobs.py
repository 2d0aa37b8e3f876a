"""The knobs of an experiment, in two groups: what the model was pretrained on, and what it is tested on.

Each group shows the few that a lecture needs and keeps the rest under 'More'. `hide=NAME` in the URL leaves a
visible knob out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import own_covariance
from dashboard import pretraining as library
from dashboard.controls import choose, press, slide, write
from dashboard.describe import covariance_name, family_name, mixture_name, shift_effect, shift_name
from dashboard.pretraining import Functions, Models
from dashboard.texts import t
from dashboard.url_state import Settings, UrlState
from dashboard.views import CurveView
from icl_core.data.covariance import Matrix
from icl_core.data.function_classes import Combination, Dense, Sinusoid, Sparse
from icl_core.data.shifts import NoShift
from icl_core.figures import METHODS
from icl_core.specs import Covariance, Evaluation, FunctionClass, Pretraining, Shift, SpecError

State = UrlState[CurveView]
CurveSettings = Settings[CurveView]

TRAINED_LENGTHS = (4, 128)
NUMBERS: dict[str, tuple[str, float, float, float]] = {
    "power_law": ("exponent", 0.0, 4.0, 0.25),
    "ar1": ("rho", -0.9, 0.9, 0.1),
    "spiked": ("strength", 0.0, 32.0, 1.0),
}
"""Kinds of covariance with one number: its field, its range, its step."""


def change_pretraining(
    settings: CurveSettings, change: Callable[[Pretraining], Pretraining]
) -> CurveSettings:
    """Another pretraining under the same test; what of the test no longer fits is dropped."""
    experiment = settings.experiment
    pretraining = change(experiment.pretraining)
    evaluation = experiment.evaluation
    if pretraining.dimension != experiment.pretraining.dimension:
        evaluation = replace(evaluation, context_length=None, function_class=None, covariates=None)
    try:
        changed = replace(experiment, pretraining=pretraining, evaluation=evaluation)
    except SpecError:
        evaluation = replace(evaluation, function_class=None, covariates=None, shift=NoShift())
        changed = replace(experiment, pretraining=pretraining, evaluation=evaluation)
    return replace(settings, experiment=changed, view=replace(settings.view, k=None))


def change_evaluation(settings: CurveSettings, **changes: Any) -> CurveSettings:
    """Another test of the same model."""
    return change_evaluation_to(settings, replace(settings.experiment.evaluation, **changes))


def change_evaluation_to(settings: CurveSettings, evaluation: Evaluation) -> CurveSettings:
    """The same model under this test."""
    return replace(settings, experiment=replace(settings.experiment, evaluation=evaluation))


def _start(state: State, seed: int) -> Evaluation:
    """The test that the page begins with, on the prompts of `seed`."""
    return replace(state.default.experiment.evaluation, seed=seed)


def pretraining_knobs(state: State, models: Models) -> None:
    """Mixture, covariance and model; under 'More' what the closed form can also vary."""
    pretraining = state.experiment.pretraining
    hidden = state.presentation.hide
    group_heading("pretraining")
    if "mixture" not in hidden:
        choose(
            state,
            "mixture",
            t("knob.mixture"),
            library.function_choices(pretraining, models),
            Functions.of(pretraining),
            lambda functions: _functions_label(functions, models),
            lambda settings, functions: change_pretraining(
                settings, lambda spec: library.with_functions(spec, functions, models)
            ),
            help=t("help.mixture"),
        )
    if "covariance" not in hidden:
        choose(
            state,
            "covariance",
            t("knob.covariance"),
            library.covariance_choices(pretraining, models),
            pretraining.covariates,
            lambda covariance: _covariance_label(covariance, pretraining, models),
            lambda settings, covariance: change_pretraining(
                settings, lambda spec: library.with_covariates(spec, covariance, models)
            ),
            help=t("help.covariance"),
        )
    if "model" not in hidden:
        _model_knob(state, models)
    with st.expander(t("group.more"), icon=":material/tune:", type="compact"):
        _more_pretraining(state, models)


def evaluation_knobs(state: State) -> None:
    """Shift, magnitude and the read-out; under 'More' everything else that prompts and baselines have."""
    evaluation = state.experiment.evaluation
    hidden = state.presentation.hide
    group_heading("evaluation")
    if "shift" not in hidden:
        choose(
            state,
            "shift",
            t("knob.shift"),
            _shift_kinds(state),
            evaluation.shift.kind,
            shift_name,
            lambda settings, kind: change_evaluation(settings, shift=_of_kind(kind, settings)),
            help=t("help.shift"),
        )
    if "magnitude" not in hidden:
        _magnitude_knob(state)
    if "k" not in hidden:
        slide(
            state,
            "read_out",
            t("knob.read_out"),
            0,
            state.experiment.context_length,
            1,
            read_out(state),
            lambda settings, k: replace(settings, view=replace(settings.view, k=k)),
            help=t("help.read_out"),
        )
    with st.expander(t("group.more"), icon=":material/tune:", type="compact"):
        _more_evaluation(state)


def group_heading(group: str) -> None:
    """A group's name, and in a few words when its knobs act."""
    st.markdown(f"**{t(f'group.{group}')}**  \n:small[:gray[{t(f'group.{group}.note')}]]")


def read_out(state: State) -> int:
    """The k that is read aloud: the one asked for, else the trained length, within the curve."""
    experiment = state.experiment
    wanted = experiment.pretraining.context_length if state.view.k is None else state.view.k
    return min(wanted, experiment.context_length)


def notices(state: State) -> list[str]:
    """Sentences about view settings of the URL that do not fit this figure."""
    asked, end = state.view.k, state.experiment.context_length
    said = [] if asked is None or asked <= end else [t("notice.clamped", asked=asked, k=end)]
    dimension = state.experiment.pretraining.dimension
    if isinstance(state.experiment.covariates, Matrix) and dimension > own_covariance.MOST_IN_LINKS:
        said.append(t("notice.large_matrix", dimension=dimension))
    return said + [t("notice.unknown_method", name=name) for name in state.view.show if name not in METHODS]


def restart_buttons(state: State) -> None:
    """Back to no shift with the same seed; other prompts for the same test."""
    left, right = st.columns(2, gap="xsmall")
    with left:
        press(
            state,
            "reset",
            t("button.reset"),
            lambda settings: replace(
                change_evaluation_to(settings, _start(state, settings.experiment.evaluation.seed)),
                view=CurveView(),
            ),
            help=t("help.reset"),
        )
    with right:
        press(
            state,
            "new_seed",
            t("button.new_seed"),
            lambda settings: change_evaluation(settings, seed=settings.experiment.evaluation.seed + 1),
            icon=":material/casino:",
            help=t("help.new_seed"),
        )


def leave_button(state: State) -> None:
    """From the lecture view back to the whole page."""
    press(
        state,
        "leave",
        t("button.leave"),
        lambda settings: replace(settings, presentation=replace(settings.presentation, present=False)),
    )


def _functions_label(functions: Functions, models: Models) -> str:
    text = mixture_name(functions.mixture)
    text = t("option.inputs", name=text, dimension=functions.dimension)
    if functions.label_noise:
        text += t("pretraining.noise", noise=functions.label_noise)
    if functions.task_pool:
        text += t("pretraining.pool", tasks=functions.task_pool)
    trained = any(Functions.of(spec) == functions for spec in models.values())
    return t("option.trained" if trained else "option.closed_form", name=text)


def _covariance_label(covariance: Covariance, pretraining: Pretraining, models: Models) -> str:
    text = covariance_name(covariance)
    asked = replace(pretraining, covariates=covariance)
    trained = library.matching(models, asked)
    return t("option.trained" if trained else "option.closed_form", name=text)


def _model_knob(state: State, models: Models) -> None:
    """The library's models for exactly this pretraining, the closed form, and the current spec."""
    current = state.experiment.pretraining
    options: dict[Pretraining, str] = {
        spec: t("model.library", name=name, length=spec.context_length)
        for name, spec in library.matching(models, current).items()
    }
    formula = library.closed_form(current)
    options.setdefault(formula, t("model.closed_form"))
    options.setdefault(current, t("model.untrained"))
    choose(
        state,
        "model",
        t("knob.model"),
        list(options),
        current,
        options.__getitem__,
        lambda settings, spec: change_pretraining(settings, lambda _: spec),
        help=t("help.model"),
    )


def _more_pretraining(state: State, models: Models) -> None:
    pretraining = state.experiment.pretraining
    if not library.is_closed_form(pretraining):
        st.caption(t("more.trained", dimension=pretraining.dimension, length=pretraining.context_length))
        return
    dimensions = sorted({1, 2, 4, 8, 16, 20, 32, pretraining.dimension})
    choose(
        state,
        "dimension",
        t("knob.dimension"),
        dimensions,
        pretraining.dimension,
        str,
        lambda settings, dimension: change_pretraining(
            settings, lambda spec: library.with_functions(spec, _same_families(spec, dimension), models)
        ),
    )
    slide(
        state,
        "trained_length",
        t("knob.trained_length"),
        *TRAINED_LENGTHS,
        4,
        pretraining.context_length,
        lambda settings, length: change_pretraining(
            settings, lambda spec: replace(spec, context_length=length)
        ),
        help=t("help.trained_length"),
    )
    if pretraining.covariates.kind in NUMBERS:
        name, low, high, step = NUMBERS[pretraining.covariates.kind]
        slide(
            state,
            "covariance_number",
            t(f"knob.{name}"),
            low,
            high,
            step,
            getattr(pretraining.covariates, name),
            lambda settings, value: change_pretraining(
                settings,
                lambda spec: library.with_covariates(spec, replace(spec.covariates, **{name: value}), models),
            ),
        )


def _same_families(pretraining: Pretraining, dimension: int) -> Functions:
    """The current families where they fit the dimension, else dense linear ones."""
    functions = replace(Functions.of(pretraining), dimension=dimension)
    try:
        for family in functions.mixture.families:
            family.check(dimension)
    except SpecError:
        return library.usual_functions(dimension)[0]
    return functions


def _shift_kinds(state: State) -> list[str]:
    """Kinds of shift that fit the dimension and the families, in the catalogue's order; none first."""
    return [
        kind for kind in Shift.kinds if kind == state.experiment.evaluation.shift.kind or _fits(kind, state)
    ]


def _fits(kind: str, state: State) -> bool:
    try:
        change_evaluation(state.settings, shift=_of_kind(kind, state.settings))
    except SpecError:
        return False
    return True


def _of_kind(kind: str, settings: CurveSettings) -> Shift:
    """A shift of another kind, strong enough to see: halfway to the upper end of its range."""
    chosen: type[Any] = Shift.kinds[kind]
    if kind == NoShift.kind:
        return NoShift()
    span = chosen.range
    steps = round((span.high - span.neutral) / 2 / span.step)
    if isinstance(span.step, int):  # a count of inputs: within the dimension
        return chosen(min(span.high, max(1, settings.experiment.pretraining.dimension // 4)))
    return chosen(span.neutral + steps * span.step)


def _magnitude_knob(state: State) -> None:
    shift = state.experiment.evaluation.shift
    none = isinstance(shift, NoShift)
    span = shift.range
    number = type(span.step)
    high = min(span.high, state.experiment.pretraining.dimension) if number is int else span.high
    slide(
        state,
        "magnitude",
        t("knob.magnitude"),
        span.low,
        1.0 if none else high,
        0.25 if none else span.step,
        shift.magnitude,
        lambda settings, m: change_evaluation(
            settings, shift=replace(settings.experiment.evaluation.shift, magnitude=m)
        ),
        help=t("help.magnitude"),
        disabled=none,
    )
    if not none:
        st.caption(shift_effect(shift))


def _more_evaluation(state: State) -> None:
    experiment = state.experiment
    evaluation, pretraining = experiment.evaluation, experiment.pretraining
    families = [None, *_families(pretraining, evaluation)]
    choose(
        state,
        "test_functions",
        t("knob.test_functions"),
        families,
        evaluation.function_class,
        lambda family: t("option.as_pretrained") if family is None else family_name(family),
        lambda settings, family: change_evaluation(settings, function_class=family),
    )
    covariances = [None, *library.usual_covariances(pretraining.dimension)]
    covariances += [evaluation.covariates] if evaluation.covariates not in covariances else []
    choose(
        state,
        "test_covariance",
        t("knob.test_covariance"),
        covariances,
        evaluation.covariates,
        lambda covariance: t("option.as_pretrained") if covariance is None else covariance_name(covariance),
        lambda settings, covariance: change_evaluation(settings, covariates=covariance),
    )
    _own_covariance(state)
    slide(
        state,
        "label_noise",
        t("knob.label_noise"),
        0.0,
        1.0,
        0.05,
        pretraining.label_noise if evaluation.label_noise is None else evaluation.label_noise,
        lambda settings, noise: change_evaluation(settings, label_noise=noise),
        help=t("help.label_noise"),
    )
    slide(
        state,
        "test_length",
        t("knob.test_length"),
        4,
        max(4 * pretraining.dimension, 2 * pretraining.context_length),
        1,
        experiment.context_length,
        lambda settings, length: change_evaluation(settings, context_length=length),
        help=t("help.test_length"),
    )
    alphas = sorted({0.0001, 0.001, 0.01, 0.1, 1.0, evaluation.alpha})
    choose(
        state,
        "alpha",
        t("knob.alpha"),
        alphas,
        evaluation.alpha,
        lambda alpha: f"{alpha:g}",
        lambda settings, alpha: change_evaluation(settings, alpha=alpha),
        help=t("help.alpha"),
    )
    asked = () if evaluation.penalty is None else (evaluation.penalty,)
    penalties = [None, *sorted({0.01, 0.1, 1.0, 10.0, *asked})]
    choose(
        state,
        "penalty",
        t("knob.penalty"),
        penalties,
        evaluation.penalty,
        lambda penalty: t("option.best_penalty") if penalty is None else f"{penalty:g}",
        lambda settings, penalty: change_evaluation(settings, penalty=penalty),
    )
    prompts = sorted({64, 128, 256, 512, 1024, evaluation.prompts})
    choose(
        state,
        "prompts",
        t("knob.prompts"),
        prompts,
        evaluation.prompts,
        lambda count: f"{count:,}",
        lambda settings, count: change_evaluation(settings, prompts=count),
    )


def _own_covariance(state: State) -> None:
    """The user's own covariance at test, as text."""
    dimension = state.experiment.pretraining.dimension
    write(
        state,
        "own_covariance",
        t("knob.own_covariance", dimension=dimension),
        own_covariance.as_text(state.experiment.evaluation.covariates),
        lambda settings, text: change_evaluation(settings, covariates=own_covariance.from_text(text)),
        help=t("help.own_covariance"),
    )


def _families(pretraining: Pretraining, evaluation: Evaluation) -> list[FunctionClass]:
    """Test families that fit the dimension, the current one among them."""
    if pretraining.dimension == 1:
        families: list[FunctionClass] = [Dense(), Sinusoid(), Sinusoid(low=2.0, high=3.0)]
        families.append(Combination(Dense(), Sinusoid(), 0.5))
    else:
        families = [Dense(), *(Sparse(nnz) for nnz in (1, 2, 4) if nnz <= pretraining.dimension)]
        families += [FunctionClass.kinds[kind]() for kind in ("quadratic", "relu_network")]  # type: ignore[misc]
    chosen = evaluation.function_class
    return families if chosen is None or chosen in families else [*families, chosen]
