"""Whatever stands in a link or a file is read at once, or refused in a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.beyond.view import BeyondView
from dashboard.claims.view import ClaimsView
from dashboard.diversity.view import DiversityView
from dashboard.dynamics.view import DynamicsView
from dashboard.frame import limits
from dashboard.frame.url_state import read
from dashboard.frame.views import CurveView, Presentation, View
from dashboard.knobs import own_covariance
from dashboard.lab.own import read_points
from dashboard.lab.view import LabView
from dashboard.lecture.format import Lecture, shipped
from dashboard.lecture.view import LectureView
from dashboard.models.view import LibraryView
from dashboard.selection.view import SelectionView
from dashboard.shift_lab.view import ShiftView
from icl_core.codec import Spec, SpecError
from icl_core.data.own_prompts import read_prompts
from icl_core.library import Card, default_library
from icl_core.library.finding import main_model
from icl_core.library.links import from_query, to_query
from icl_core.specs import Experiment, Pretraining
from tests.fuzz.hostile import FEW, JSON, LINKS, ROOT, VALUES, altered

SECONDS = 5.0  # of processor time; a read takes a thousandth of it
MOST_SAID = 2000  # letters of a sentence: the longest lists all models of the library
VIEWS: tuple[type[View], ...] = (
    BeyondView,
    ClaimsView,
    CurveView,
    DiversityView,
    DynamicsView,
    LabView,
    LectureView,
    LibraryView,
    Presentation,
    SelectionView,
    ShiftView,
)
CARD = next((ROOT / "cached_models").glob("*/card.json")).read_text("utf-8")
MODELS = default_library().specs()
MAIN = main_model(MODELS)


@contextmanager
def at_once() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


def refused_or(make: Callable[[], object]) -> object:
    """What is made; None where it was refused by name."""
    try:
        return make()
    except SpecError as error:
        said = str(error)
    assert 0 < len(said) < MOST_SAID
    return None


@FEW
@given(LINKS)
def test_links(query: dict[str, str]) -> None:
    with at_once():
        found = read(query, lambda part: from_query(part, MODELS)).value
        assert from_query(to_query(found, MODELS), MODELS) == found
        refused_or(lambda: limits.check(found))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
@FEW
@given(st.data())
def test_views(view: type[View], data: st.DataObject) -> None:
    query: Mapping[str, str] = data.draw(st.dictionaries(st.sampled_from(view.names()), VALUES, max_size=5))
    with at_once():
        found = read(query, view.from_query).value
        assert view.from_query(found.to_query()) == found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Experiment, Experiment().to_json(full=True)),
        (Pretraining, next(iter(MODELS.values())).to_json(full=True)),
        (Lecture, shipped()[0].to_json()),
    ],
    ids=["experiment", "pretraining", "lecture"],
)
@FEW
@given(st.data())
def test_files(kind: type[Spec], text: str, data: st.DataObject) -> None:
    with at_once():
        found = refused_or(lambda: kind.from_json(data.draw(altered(text))))
        assert found is None or kind.from_json(found.to_json()) == found  # type: ignore[attr-defined]


@FEW
@given(altered(CARD))
def test_cards(text: str) -> None:
    with at_once(), suppress(ValueError):  # which the store names as a damaged card
        Card.from_json(text)


@FEW
@given(st.one_of(VALUES, JSON.map(str), st.text(alphabet="0123456789.e+-;[](), \n\tarray", max_size=200)))
def test_own_covariances(text: str) -> None:
    with at_once():
        found = refused_or(lambda: own_covariance.from_text(text))
        assert found is None or own_covariance.from_text(own_covariance.as_text(found)) == found  # type: ignore[arg-type]


ROWS = st.text(alphabet="0123456789.e+-;,# \t\nxypromt", max_size=200)


@FEW
@given(st.one_of(VALUES, ROWS, st.binary(max_size=200).map(lambda data: "PK" + data.decode("latin-1"))))
def test_own_prompts_and_points(text: str) -> None:
    with at_once():
        refused_or(lambda: read_prompts(text.encode("latin-1", "replace"), Pretraining(dimension=1)))
        refused_or(lambda: read_points(text, MAIN))
