"""What the model is tested on: the same model answers other prompts at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard import own_covariance
from dashboard import pretraining as library
from dashboard.controls import choose, slide, slide_along, write
from dashboard.describe import covariance_name, family_name, shift_effect, shift_name
from dashboard.knobs.changes import CurveSettings, State, change_evaluation
from dashboard.knobs.heading import group_heading
from dashboard.knobs.reading import read_out
from dashboard.texts import t
from dashboard.url_state import sentence
from icl_core.data.function_classes import Combination, Dense, Sinusoid, Sparse
from icl_core.data.shifts import NoShift
from icl_core.evaluation.shift_lab import fitting_kinds, strong_magnitude, with_shift
from icl_core.specs import Evaluation, FunctionClass, Pretraining, Shift, SpecError

REFUSED = "refused_covariance"
EVALUATION_KNOBS = (
    "shift",
    "magnitude",
    "k",
    "test_functions",
    "test_covariance",
    "label_noise",
    "test_length",
    "alpha",
    "penalty",
    "prompts",
)
"""Every knob of a test; those from the fourth on stand under 'More'."""


@dataclass(frozen=True)
class _Refused:
    """A covariance as typed that is none, why, and the experiment that stayed."""

    text: str
    fault: str
    experiment: str


@dataclass(frozen=True)
class Acting:
    """The knobs that change a figure, of all that a test has, and what they can be set to.

    `names` of `EVALUATION_KNOBS`; `read_outs`, the only k to read at (None: every one); `kind`, the shift
    that the figure shows where the test has none (None: no shift); the fewest prompts it is measured on.
    """

    names: Collection[str] = EVALUATION_KNOBS
    read_outs: Sequence[int] | None = None
    kind: str | None = None
    fewest_prompts: int = 0


def evaluation_knobs(state: State, acting: Acting | None = None) -> None:
    """Shift, magnitude and the read-out; under 'More' everything else that prompts and baselines have.

    What does not act on the page's figure is left out; 'More' stands open where nothing else acts.
    """
    acting = acting or Acting()
    shown = set(acting.names) - set(state.presentation.hide)
    group_heading("evaluation")
    if "shift" in shown:
        choose(
            state,
            "shift",
            t("knob.shift"),
            _shift_kinds(state, acting.kind),
            _kind(state, acting.kind),
            shift_name,
            _with_kind,
            help=t("help.shift"),
        )
    if "magnitude" in shown:
        _magnitude_knob(state)
    if "k" in shown:
        _read_out_knob(state, acting.read_outs)
    more = [draw for name, draw in MORE.items() if name in acting.names]
    if not more:
        return
    alone = set(acting.names) <= MORE.keys()
    with st.container() if alone else st.expander(t("group.more"), icon=":material/tune:", type="compact"):
        for draw in more:
            draw(state, acting)


def _read_out_knob(state: State, read_outs: Sequence[int] | None) -> None:
    if read_outs is None:
        slide(
            state,
            "read_out",
            t("knob.read_out"),
            0,
            state.experiment.context_length,
            1,
            read_out(state),
            lambda settings, k: settings.viewed(k=k),
            help=t("help.read_out"),
        )
        return
    k = read_out(state, read_outs)
    slide_along(
        state,
        "read_out",
        t("knob.read_out"),
        sorted({*read_outs, k}),
        k,
        lambda settings, k: settings.viewed(k=k),
        help=t("help.read_out"),
    )


def _kind(state: State, usual: str | None) -> str:
    """The test's kind of shift; `usual` where it has none."""
    kind = state.experiment.evaluation.shift.kind
    return usual if usual is not None and kind == NoShift.kind else kind


def _shift_kinds(state: State, usual: str | None) -> list[str]:
    """Kinds of shift that fit the dimension and the families, in the catalogue's order; none first, unless
    `usual` takes its place."""
    shown = {_kind(state, usual), *fitting_kinds(state.experiment)}
    shown |= {NoShift.kind} if usual is None else set()
    return [kind for kind in Shift.kinds if kind in shown]


def _with_kind(settings: CurveSettings, kind: str) -> CurveSettings:
    """The same test under a shift of another kind, strong enough to see: halfway to the strongest."""
    experiment = settings.experiment
    magnitude = strong_magnitude(experiment, kind, 0.5)
    return replace(settings, experiment=with_shift(experiment, kind, magnitude))


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


def _own_covariance(state: State) -> None:
    """The user's own covariance at test, as text; one that is refused stays in the box, with the reason."""
    refused: _Refused | None = st.session_state.get(REFUSED)
    if refused is not None and refused.experiment != state.experiment.hash:
        refused = None  # something else has been turned since

    def apply(settings: CurveSettings, text: str) -> CurveSettings:
        st.session_state.pop(REFUSED, None)
        try:
            return change_evaluation(settings, covariates=own_covariance.from_text(text))
        except SpecError as error:
            st.session_state[REFUSED] = _Refused(text, sentence(error), settings.experiment.hash)
            return settings

    given = own_covariance.as_text(state.experiment.evaluation.covariates)
    write(
        state,
        "own_covariance",
        t("knob.own_covariance", dimension=state.experiment.pretraining.dimension),
        given if refused is None else refused.text,
        apply,
        help=t("help.own_covariance"),
    )
    if refused is not None:
        st.warning(t("notice.own_covariance", fault=refused.fault))


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


def _functions_knob(state: State, _: Acting) -> None:
    evaluation, pretraining = state.experiment.evaluation, state.experiment.pretraining
    families = [None, *_families(pretraining, evaluation)]
    choose(
        state,
        "test_functions",
        t("knob.test_functions"),
        families,
        evaluation.function_class,
        lambda family: t("option.as_pretrained") if family is None else family_name(family),
        lambda settings, family: change_evaluation(settings, function_class=family),
        help=t("help.test_functions"),
    )


def _covariance_knobs(state: State, _: Acting) -> None:
    evaluation, pretraining = state.experiment.evaluation, state.experiment.pretraining
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
        help=t("help.test_covariance"),
    )
    _own_covariance(state)


def _noise_knob(state: State, _: Acting) -> None:
    evaluation, pretraining = state.experiment.evaluation, state.experiment.pretraining
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


def _length_knob(state: State, _: Acting) -> None:
    pretraining = state.experiment.pretraining
    slide(
        state,
        "test_length",
        t("knob.test_length"),
        4,
        max(4 * pretraining.dimension, 2 * pretraining.context_length),
        1,
        state.experiment.context_length,
        lambda settings, length: change_evaluation(settings, context_length=length),
        help=t("help.test_length"),
    )


def _alpha_knob(state: State, _: Acting) -> None:
    evaluation = state.experiment.evaluation
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


def _penalty_knob(state: State, _: Acting) -> None:
    evaluation = state.experiment.evaluation
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
        help=t("help.penalty"),
    )


def _prompts_knob(state: State, acting: Acting) -> None:
    evaluation = state.experiment.evaluation
    current = max(evaluation.prompts, acting.fewest_prompts)
    prompts = sorted({64, 128, 256, 512, 1024, current})
    choose(
        state,
        "prompts",
        t("knob.prompts"),
        [count for count in prompts if count >= acting.fewest_prompts],
        current,
        lambda count: f"{count:,}",
        lambda settings, count: change_evaluation(settings, prompts=count),
        help=t("help.prompts"),
    )


MORE: Mapping[str, Callable[[State, Acting], None]] = {
    "test_functions": _functions_knob,
    "test_covariance": _covariance_knobs,
    "label_noise": _noise_knob,
    "test_length": _length_knob,
    "alpha": _alpha_knob,
    "penalty": _penalty_knob,
    "prompts": _prompts_knob,
}
"""The knobs under 'More'."""
