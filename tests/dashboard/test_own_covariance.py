"""A covariance written by hand: read, written back, refused where it is none."""

import pytest

from dashboard.knobs.own_covariance import as_text, from_text
from icl_core.data.covariance import Eigenvalues, Identity, Matrix
from icl_core.specs import SpecError


@pytest.mark.parametrize(
    ("text", "covariance"),
    [
        ("", None),
        (" \n ", None),
        ("2 1 0.5", Eigenvalues((2.0, 1.0, 0.5))),
        ("2, 1,0.5\n", Eigenvalues((2.0, 1.0, 0.5))),
        ("0.12345678 1", Eigenvalues((0.12345678, 1.0))),
        ("2 1\n1 2", Matrix(((2.0, 1.0), (1.0, 2.0)))),
    ],
)
def test_text_and_back(text: str, covariance: Eigenvalues | Matrix | None) -> None:
    assert from_text(text) == covariance
    assert from_text(as_text(covariance)) == covariance


def test_numbers_come_back_as_they_were_written() -> None:
    for text in ("0.12345678 1", "2 0.1\n0.1 1"):
        assert as_text(from_text(text)) == text


def test_other_kinds_have_no_text() -> None:
    assert as_text(Identity()) == ""


@pytest.mark.parametrize("text", ["two one", "1 2\n3", "1 2\n2 1", "1 nan", "-1 1", "1 2\n3 1"])
def test_what_is_no_covariance_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        from_text(text)
