"""The state of a page: read from the URL, written into it, carried to other pages, bad links forgiven."""

from typing import Any, ClassVar

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as strategies
from streamlit.testing.v1 import AppTest

from dashboard.frame.url_state import Settings, UrlState, read
from dashboard.frame.views import CurveView, Presentation
from dashboard.knobs.reading import notices, read_out
from icl_core.data.shifts import CovariateScale
from icl_core.library.links import from_query
from icl_core.specs import Evaluation, Experiment, Pretraining

MODELS = {"small": Pretraining(dimension=4, context_length=8)}
DEFAULT = Settings(Experiment(MODELS["small"]), CurveView())


# ----------------------------------------------------------------------------------------- reading bad links


def parse(query: dict[str, str]) -> Experiment:
    return from_query(query, MODELS)


def test_a_good_link_is_read_whole() -> None:
    query = {"model": "small", "evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1"}
    reading = read(query, parse)
    assert reading.faults == ()
    assert reading.value == Experiment(MODELS["small"], Evaluation(shift=CovariateScale(1.0)))


@pytest.mark.parametrize(
    ("query", "kept", "faulty"),
    [
        (
            {"evaluation.seed": "x", "evaluation.prompts": "64"},
            {"evaluation.prompts": "64"},
            ["evaluation.seed"],
        ),
        ({"evaluation.shift": "quake"}, {}, ["evaluation.shift.kind"]),
        ({"evaluation.shift": "quake", "evaluation.shift.magnitude": "7"}, {}, ["evaluation.shift.kind"]),
        (
            {"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "9"},
            {"evaluation.shift": "covariate_scale"},
            ["evaluation.shift.magnitude"],
        ),
        ({"model": "huge", "evaluation.seed": "3"}, {"evaluation.seed": "3"}, ["model"]),
        ({"pretraining.dimension": "0"}, {}, ["pretraining.dimension"]),
        ({"pretraining.dimension": "nan"}, {}, ["pretraining.dimension"]),
        ({"evaluation.alpha": "nan"}, {}, ["evaluation.alpha"]),
        ({"evaluation.colour": "red"}, {}, ["evaluation.colour"]),
        (
            {"evaluation.function_class": "sparse", "evaluation.function_class.nnz": "99"},
            {"evaluation.function_class": "sparse"},
            ["evaluation.function_class.nnz"],
        ),
    ],
)
def test_what_makes_no_sense_is_left_out_and_named(
    query: dict[str, str], kept: dict[str, str], faulty: list[str]
) -> None:
    reading = read(query, parse)
    assert dict(reading.used) == kept
    assert [fault.field for fault in reading.faults] == faulty


def test_a_part_that_is_left_out_takes_its_kind_along_in_one_sentence() -> None:
    """Eigenvalues of another number than there are inputs: the other covariance and all else stay."""
    sound = {
        "pretraining.dimension": "3",
        "pretraining.context_length": "6",
        "pretraining.covariates": "eigenvalues",
        "pretraining.covariates.values": "1 2 3",
    }
    own = {"evaluation.covariates": "eigenvalues", "evaluation.covariates.values": "1 2"}
    reading = read(sound | own, parse)
    assert dict(reading.used) == sound
    assert [str(fault) for fault in reading.faults] == [
        "evaluation.covariates.values = (1.0, 2.0): allowed is 3 numbers, one for each input."
    ]


NAMES = (
    "model",
    "evaluation.seed",
    "evaluation.shift",
    "evaluation.shift.magnitude",
    "evaluation.covariates",
)
NAMES += ("pretraining.dimension", "pretraining.covariates.rows", "evaluation.shift.a.b", "evaluation", "x")


@given(strategies.dictionaries(strategies.sampled_from(NAMES), strategies.text(max_size=8)))
def test_no_link_whatever_raises(query: dict[str, str]) -> None:
    reading = read(query, parse)
    assert isinstance(reading.value, Experiment)
    assert len(reading.used) + len(reading.faults) >= min(1, len(query))


# ---------------------------------------------------------------------------------------------- the session


class FakeQuery(dict[str, str]):
    def to_dict(self) -> dict[str, str]:
        return dict(self)

    repeated: ClassVar[dict[str, list[str]]] = {}

    def get_all(self, name: str) -> list[str]:
        return self.repeated.get(name, [self[name]])

    def from_dict(self, values: dict[str, str]) -> None:
        self.clear()
        self.update(values)


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> FakeQuery:
    query = FakeQuery()
    monkeypatch.setattr(st, "query_params", query)
    monkeypatch.setattr(st, "session_state", {})
    return query


def begin(page: str = "explore") -> UrlState[CurveView]:
    return UrlState.begin(page, DEFAULT, MODELS)


def scaled(settings: Settings[CurveView]) -> Settings[CurveView]:
    return Settings(
        Experiment(settings.experiment.pretraining, Evaluation(shift=CovariateScale(1.0))),
        settings.view,
        settings.presentation,
    )


def test_the_bare_url_is_the_default_and_stays_bare(url: FakeQuery) -> None:
    state = begin()
    assert state.settings == DEFAULT
    assert state.notices == ()
    begin()
    assert url == {}


def test_a_link_that_names_no_pretraining_is_about_the_pages_own_default(url: FakeQuery) -> None:
    many = Evaluation(prompts=256, shift=CovariateScale(0.5))
    default = Settings(Experiment(MODELS["small"], many), CurveView())
    url.from_dict({"evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1"})
    state = UrlState.begin("explore", default, MODELS)
    assert state.experiment == Experiment(MODELS["small"], Evaluation(prompts=256, shift=CovariateScale(1.0)))
    assert from_query(state.query(), MODELS) == state.experiment
    url.from_dict({"model": "small"})
    assert UrlState.begin("explore", default, MODELS).experiment == Experiment(MODELS["small"])


def test_a_parameter_given_twice_is_left_out_as_the_command_line_refuses_it(
    url: FakeQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    url.from_dict({"model": "small", "evaluation.seed": "2", "evaluation.alpha": "0.5"})
    monkeypatch.setattr(FakeQuery, "repeated", {"evaluation.seed": ["1", "2"]})
    state = begin()
    assert state.experiment == Experiment(MODELS["small"], Evaluation(alpha=0.5))
    assert len(state.notices) == 1
    assert state.notices[0].startswith("'evaluation.seed' is given 2 times in the link")
    state.change(scaled)
    assert begin().notices == ()


def test_a_link_that_is_followed_is_not_the_one_in_the_address(
    url: FakeQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    url.from_dict({"evaluation.seed": "2"})
    monkeypatch.setattr(FakeQuery, "repeated", {"evaluation.seed": ["1", "2"]})
    state = begin()
    state.follow({"model": "small", "evaluation.seed": "3"})
    assert state.notices == ()
    assert state.experiment.evaluation.seed == 3


def test_what_a_link_names_is_known_until_something_is_changed(url: FakeQuery) -> None:
    url.from_dict({"model": "small", "k": "4"})
    state = begin()
    assert (state.named("k"), state.named("log")) == (True, False)
    state.change(scaled)
    assert not begin().named("k")


def test_a_notice_names_the_knob_that_fell_back(url: FakeQuery) -> None:
    url.from_dict(
        {"model": "small", "evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "9"}
    )
    (notice,) = begin().notices
    assert notice.startswith("Magnitude of the shift: ")


def test_a_change_is_written_by_the_next_run(url: FakeQuery) -> None:
    begin().change(scaled)
    assert url == {}
    state = begin()
    assert state.experiment.evaluation.shift == CovariateScale(1.0)
    expected = {"model": "small", "evaluation.shift": "covariate_scale", "evaluation.shift.magnitude": "1"}
    assert url == expected
    assert from_query(url, MODELS) == state.experiment


def test_a_page_that_reads_where_no_link_asked_it_to_says_nothing(url: FakeQuery) -> None:
    """The bare page reads at k = 6; a link to shorter prompts that names no k is read at their end."""
    default = Settings(Experiment(MODELS["small"]), CurveView(k=6))
    short = {"pretraining.dimension": "2", "pretraining.context_length": "4"}
    url.from_dict(short)
    state = UrlState.begin("explore", default, MODELS)
    assert (notices(state), read_out(state)) == ([], 4)
    url.from_dict(short | {"k": "6"})
    asked = UrlState.begin("explore", default, MODELS)
    assert notices(asked) == ["The link reads the figure at k = 6, beyond its end; it is read at k = 4."]


def test_back_brings_the_older_state(url: FakeQuery) -> None:
    begin().change(scaled)
    begin()
    url.from_dict({})  # what the browser does
    assert begin().settings == DEFAULT


def test_a_change_wins_over_a_url_that_the_browser_has_not_updated_yet(url: FakeQuery) -> None:
    begin().change(scaled)
    begin()
    url.from_dict({})  # the browser had not seen the new URL yet
    begin_again = UrlState("explore", DEFAULT, MODELS)
    begin_again.change(lambda settings: Settings(settings.experiment, CurveView(k=3)))
    state = begin()
    assert state.view.k == 3
    assert state.experiment.evaluation.shift == CovariateScale(1.0)


def test_bad_parameters_become_notices_and_nothing_else_is_lost(url: FakeQuery) -> None:
    url.from_dict({"k": "4", "log": "perhaps", "colour": "red", "model": "small", "evaluation.seed": "x"})
    state = begin()
    assert state.view == CurveView(k=4)
    assert state.experiment == DEFAULT.experiment
    assert len(state.notices) == 3
    for name in ("colour", "log", "evaluation.seed"):
        assert sum(name in notice for notice in state.notices) == 1
    assert begin().notices == state.notices  # as long as the link is the same
    state.change(scaled)
    assert begin().notices == ()
    assert "colour" not in url


def test_a_change_that_makes_no_sense_changes_nothing(url: FakeQuery) -> None:
    begin().change(lambda settings: Settings(settings.experiment, CurveView(k=-1)))
    state = begin()
    assert state.settings == DEFAULT
    assert len(state.notices) == 1
    assert "k = -1" in state.notices[0]


def test_links_to_other_pages_carry_the_experiment_but_not_this_pages_view(url: FakeQuery) -> None:
    url.from_dict({"k": "4", "present": "1"})
    begin().change(scaled)
    link = begin().query_for("library")
    assert link == {
        "model": "small",
        "evaluation.shift": "covariate_scale",
        "evaluation.shift.magnitude": "1",
        "present": "1",
    }
    url.from_dict(link)
    back = begin("library").query_for("explore")
    assert back == {**link, "k": "4"}


def test_a_read_out_goes_along_to_pages_that_take_it(url: FakeQuery) -> None:
    """And gives way to the one that is chosen there later."""
    url.from_dict({"k": "4", "log": "1"})
    assert begin().query_for("shift_lab", ("k",)) == {"k": "4"}
    url.from_dict({"k": "6"})
    assert begin("shift_lab").query_for("explore", ("k",)) == {"k": "6", "log": "1"}
    url.from_dict({})
    assert begin("explore").query_for("library", ("k",)) == {}


def test_language_and_presentation_come_from_the_url(url: FakeQuery) -> None:
    url.from_dict({"present": "1", "hide": "mixture"})
    assert begin().presentation == Presentation(present=True, hide=("mixture",))
    assert begin().query() == {"present": "1", "hide": "mixture"}


def test_session_survives_in_streamlit() -> None:
    """The same in Streamlit's own machinery: a callback, then the URL."""

    def script() -> None:
        import streamlit as st

        from dashboard.frame.knob import Knob, Slider, draw
        from dashboard.frame.url_state import Settings, UrlState
        from dashboard.frame.views import CurveView
        from icl_core.specs import Experiment

        state = UrlState.begin("test", Settings(Experiment(), CurveView()), {})
        change: Any = lambda settings, k: Settings(settings.experiment, CurveView(k=k))  # noqa: E731
        draw(state, Knob("k", "k", Slider(0, 9, 1), state.view.k or 0, change))
        st.text(str(state.view.k))

    at = AppTest.from_function(script, default_timeout=30)
    at.query_params["k"] = "5"
    at.run()
    assert at.slider(key="k").value == 5
    at.slider(key="k").set_value(7).run()
    assert at.text[0].value == "7"
    assert at.query_params["k"] in ("7", ["7"])  # AppTest gives texts or lists
    at.query_params["k"] = "2"
    at.run()
    assert at.slider(key="k").value == 2
