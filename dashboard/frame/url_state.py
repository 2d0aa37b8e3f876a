"""The state of a page, carried by the URL: an experiment, the page's view, and how everything is presented.

The URL is the truth whenever it changes (a link, Back, a reload); a widget's callback changes the state, and
the next run writes it into the URL. Widgets are drawn from the state, so no value is lost on another page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from dashboard.frame import limits
from dashboard.frame.texts import plain, said, set_language, t
from dashboard.frame.views import Presentation, View
from icl_core.library.links import EVALUATION, MODEL, PRETRAINING, from_query, to_query
from icl_core.specs import Experiment, Pretraining, SpecError, require

V = TypeVar("V", bound=View)
T = TypeVar("T")

SESSION_KEY = "url_state"
KNOBS = {
    "model": "model",
    "pretraining.mixture": "mixture",
    "pretraining.covariates": "covariance",
    "pretraining.dimension": "dimension",
    "pretraining.context_length": "trained_length",
    "evaluation.shift": "shift",
    "evaluation.shift.magnitude": "magnitude",
    "evaluation.function_class": "test_functions",
    "evaluation.covariates": "test_covariance",
    "evaluation.label_noise": "label_noise",
    "evaluation.context_length": "test_length",
    "evaluation.alpha": "alpha",
    "evaluation.penalty": "penalty",
    "evaluation.prompts": "prompts",
    "log": "log",
    "show": "methods",
    "pin": "pin",
}
"""The knob that turns each parameter of a link."""


@dataclass(frozen=True)
class Settings(Generic[V]):
    """Everything that a link carries."""

    experiment: Experiment
    view: V
    presentation: Presentation = field(default_factory=Presentation)

    def viewed(self, **changes: object) -> Settings[V]:
        """The same with another view in these fields."""
        return replace(self, view=replace(self.view, **changes))  # type: ignore[type-var]


@dataclass(frozen=True)
class _Session:
    """What a session remembers: the settings, the page and URL they go with, every page's last view.

    `named`: the parameters that a link gave, until something is changed.
    """

    page: str
    settings: Settings[Any]
    query: Mapping[str, str]
    notices: tuple[str, ...] = ()
    changed: bool = False
    named: frozenset[str] = frozenset()
    views: Mapping[str, View] = field(default_factory=dict)


@dataclass(frozen=True)
class UrlState(Generic[V]):
    """The state of the running page. `default` is what the bare URL shows; `models` names library models."""

    page: str
    default: Settings[V]
    models: Mapping[str, Pretraining]

    @classmethod
    def begin(cls, page: str, default: Settings[V], models: Mapping[str, Pretraining]) -> UrlState[V]:
        """Reads the URL, or writes it where a widget has changed the state. Call once, before any widget."""
        state = cls(page, default, models)
        remembered: _Session | None = st.session_state.get(SESSION_KEY)
        query = st.query_params.to_dict()
        if remembered is not None and remembered.page == page and remembered.changed:
            state.write()
        elif remembered is None or remembered.page != page or remembered.query != query:
            given = {name: len(st.query_params.get_all(name)) for name in query}
            state._read(query, {} if remembered is None else remembered.views, given)
        set_language(state.settings.presentation.lang)
        return state

    @property
    def settings(self) -> Settings[V]:
        return self._session.settings

    @property
    def experiment(self) -> Experiment:
        return self.settings.experiment

    @property
    def view(self) -> V:
        return self.settings.view

    @property
    def presentation(self) -> Presentation:
        return self.settings.presentation

    @property
    def notices(self) -> tuple[str, ...]:
        """One sentence for each parameter of the URL that could not be used."""
        return self._session.notices

    def named(self, parameter: str) -> bool:
        """Whether the link that was opened gives this parameter, and nothing was changed since."""
        return parameter in self._session.named

    @property
    def moved(self) -> bool:
        """Whether a widget has changed the state since the URL was written."""
        return self._session.changed

    def change(self, change: Callable[[Settings[V]], Settings[V]]) -> None:
        """For callbacks: applies `change` to the settings; one that makes no sense changes nothing."""
        session = self._session
        try:
            settings, notices = _without_stale_claim(session.settings, change(session.settings)), ()
            limits.check(settings.experiment)
        except SpecError as error:
            settings, notices = session.settings, (t("notice.refused", fault=sentence(error)),)
        st.session_state[SESSION_KEY] = replace(
            session, settings=settings, notices=notices, changed=True, named=frozenset()
        )

    def follow(self, query: Mapping[str, str]) -> None:
        """For callbacks: goes to the state of a link to this page."""
        self._read(query, self._session.views)
        st.session_state[SESSION_KEY] = replace(self._session, changed=True)

    def write(self) -> None:
        """Writes the state into the URL."""
        session = self._session
        query = self.query(session.settings)
        st.query_params.from_dict(query)
        views = {**session.views, self.page: session.settings.view}
        st.session_state[SESSION_KEY] = replace(session, query=query, changed=False, views=views)

    @property
    def pinned(self) -> Settings[V] | None:
        """The settings whose curves stay on as faint ones; None where none are pinned."""
        pin = self.presentation.pin
        return None if pin is None else self._pinned_by(pin)

    def pin(self) -> None:
        """For callbacks: pins what the page shows, in place of what was pinned."""
        whole = to_query(self.experiment, self.models) | self.view.to_query()
        self._change_presentation(pin=urlencode(whole))

    def unpin(self) -> None:
        """For callbacks: nothing is pinned any more."""
        self._change_presentation(pin=None)

    def query(self, settings: Settings[V] | None = None) -> dict[str, str]:
        """The URL parameters of the given or current settings; no experiment for the page's default."""
        return self._experiment_query(settings or self.settings) | self._view_query(settings or self.settings)

    def query_for(self, page: str, takes: Collection[str] = ()) -> dict[str, str]:
        """The parameters of a link to another page: the same experiment, and that page's last view.

        `takes`: what it shares with the present view, and has from that where it is set.
        """
        own = self.settings.view.to_query()
        query = {name: value for name, value in self.query().items() if name not in {"claim", "pin", *own}}
        view = self._session.views.get(page)
        taken = {name: own[name] for name in takes if name in own}
        return query | (view.to_query() if view else {}) | taken

    @property
    def _session(self) -> _Session:
        return st.session_state[SESSION_KEY]

    def _change_presentation(self, **changes: Any) -> None:
        self.change(lambda now: replace(now, presentation=replace(now.presentation, **changes)))

    def _pinned_by(self, pin: str) -> Settings[V]:
        """Raises SpecError for what is no state of this page."""
        spec, view, presentation, unknown = self._sorted(dict(parse_qsl(pin, keep_blank_values=True)))
        strange = (*presentation, *unknown)
        require(bool(spec) and not strange, "pin", pin, "the query of a link to this page")
        return Settings(self._experiment_of(spec), type(self.default.view).from_query(view))

    def _experiment_query(self, settings: Settings[V]) -> dict[str, str]:
        if settings.experiment == self.default.experiment:
            return {}
        return to_query(settings.experiment, self.models)

    def _view_query(self, settings: Settings[V]) -> dict[str, str]:
        return settings.view.to_query() | settings.presentation.to_query()

    def _read(
        self, query: Mapping[str, str], views: Mapping[str, View], given: Mapping[str, int] | None = None
    ) -> None:
        """Reads a query; `given`: how often it has each parameter, where that may be more than once."""
        repeated = {name: count for name, count in (given or {}).items() if count > 1}
        once = {name: value for name, value in query.items() if name not in repeated}
        spec, view, presentation, unknown = self._sorted(once)
        read_presentation = read(presentation, self._presentation_of)
        set_language(read_presentation.value.lang)  # which the notices speak
        notices = [t("notice.unknown", name=plain(name)) for name in unknown]
        notices += [t("notice.repeated", name=plain(name), count=count) for name, count in repeated.items()]
        read_experiment = read(spec, self._experiment_of)
        experiment = read_experiment.value if read_experiment.used else self.default.experiment
        read_view = read(view, type(self.default.view).from_query)
        shown = read_view.value if read_view.used else self.default.view
        for fault in (*read_experiment.faults, *read_view.faults, *read_presentation.faults):
            notices.append(t("notice.ignored", knob=_knob(fault.field), fault=sentence(fault)))
        settings = Settings(experiment, shown, read_presentation.value)
        st.session_state[SESSION_KEY] = _Session(
            self.page,
            settings,
            dict(query),
            tuple(notices),
            named=frozenset(once),
            views={**views, self.page: shown},
        )

    def _presentation_of(self, query: Mapping[str, str]) -> Presentation:
        presentation = Presentation.from_query(query)
        if presentation.pin is not None:
            try:
                self._pinned_by(presentation.pin)
            except SpecError:
                raise SpecError("pin", presentation.pin, "the query of a link to this page") from None
        return presentation

    def _experiment_of(self, query: Mapping[str, str]) -> Experiment:
        experiment = from_query(query, self.models, self.default.experiment)
        limits.check(experiment)
        return experiment

    def _sorted(
        self, query: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str], dict[str, str], list[str]]:
        """Parameters by whom they belong to: the experiment, the view, the presentation, nobody."""
        spec: dict[str, str] = {}
        view: dict[str, str] = {}
        presentation: dict[str, str] = {}
        unknown: list[str] = []
        for name, value in query.items():
            if name == MODEL or name.partition(".")[0] in (PRETRAINING, EVALUATION):
                spec[name] = value
            elif name in type(self.default.view).names():
                view[name] = value
            elif name in Presentation.names():
                presentation[name] = value
            else:
                unknown.append(name)
        return spec, view, presentation, unknown


def _without_stale_claim(before: Settings[V], after: Settings[V]) -> Settings[V]:
    """The settings, of no claim where they show something else than the claim's link did."""
    if (before.experiment, before.view) == (after.experiment, after.view):
        return after
    return replace(after, presentation=replace(after.presentation, claim=None))


@dataclass(frozen=True)
class Reading(Generic[T]):
    """What could be read of a query: the value, the parameters used, what was wrong with the others."""

    value: T
    used: Mapping[str, str]
    faults: tuple[SpecError, ...]


def read(query: Mapping[str, str], parse: Callable[[Mapping[str, str]], T]) -> Reading[T]:
    """Parses what makes sense: a parameter that raises SpecError is left out and reported.

    `parse` must accept the empty query.
    """
    used = dict(query)
    faults: list[SpecError] = []
    while True:
        try:
            return Reading(parse(used), used, tuple(faults))
        except SpecError as error:
            if not used:
                raise
            told = {fault.field for fault in faults}
            if error.field not in told:  # else it is missing since it was left out
                faults.append(error)
            # Without its kind the rest of a field says nothing.
            for name in _culprits(used, error.field.removesuffix(".kind")):
                del used[name]


def _culprits(query: Mapping[str, str], path: str) -> list[str]:
    """The parameters that a fault at `path` came from: that field, what it holds, or the nearest around."""
    while path:
        found = [name for name in query if name == path or name.startswith(f"{path}.")]
        found = found or [name for name in query if name.endswith(f".{path}")]
        if found:
            return found
        path = path.rpartition(".")[0]
    return list(query)


def sentence(error: SpecError) -> str:
    """What is wrong, for the middle of a sentence; what was given stands there as it is."""
    return plain(said(error).rstrip(".。"))


def _knob(field: str) -> str:
    """The label of the knob that turns a field, or one around it; the field itself where none does."""
    path = field
    while path and path not in KNOBS:
        path = path.rpartition(".")[0]
    return t(f"knob.{KNOBS[path]}") if path else plain(field)
