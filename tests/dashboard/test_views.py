"""View settings in short URL form."""

import pytest

from dashboard.frame.views import CurveView, Presentation
from icl_core.specs import SpecError


@pytest.mark.parametrize(
    ("view", "query"),
    [
        (CurveView(), {}),
        (CurveView(k=0), {"k": "0"}),
        (CurveView(log=False), {"log": "0"}),
        (CurveView(k=7, log=True, show=("ols", "bayes")), {"k": "7", "log": "1", "show": "ols bayes"}),
        (Presentation(present=True, hide=("mixture", "model")), {"present": "1", "hide": "mixture model"}),
    ],
)
def test_round_trip(view: CurveView | Presentation, query: dict[str, str]) -> None:
    assert view.to_query() == query
    assert type(view).from_query(query) == view


def test_flags_may_be_written_out() -> None:
    assert CurveView.from_query({"log": "true"}) == CurveView(log=True)
    assert CurveView.from_query({"log": "0"}) == CurveView(log=False)
    assert CurveView.from_query({"k": "1"}) == CurveView(k=1)  # a number stays a number


@pytest.mark.parametrize(
    ("kind", "query", "field"),
    [
        (CurveView, {"k": "-1"}, "k"),
        (CurveView, {"k": "many"}, "k"),
        (CurveView, {"log": "maybe"}, "log"),
        (Presentation, {"lang": "tlh"}, "lang"),
    ],
)
def test_nonsense_is_refused_by_name(kind: type, query: dict[str, str], field: str) -> None:
    with pytest.raises(SpecError) as fault:
        kind.from_query(query)
    assert fault.value.field == field
