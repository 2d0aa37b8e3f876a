"""A covariance written by hand: read, written back, refused where it is none."""

import numpy as np
import pytest
import torch

from dashboard.knobs.own_covariance import as_text, from_text, mended_by
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


WHOLE = np.array([[2, 0.5, 0], [0.5, 1, 0.25], [0, 0.25, 3]])


@pytest.mark.parametrize(
    "text",
    [
        str(WHOLE),
        repr(WHOLE),
        repr(WHOLE.astype(np.float32)),
        str(WHOLE.tolist()),
        str(tuple(map(tuple, WHOLE.tolist()))),
        str(torch.tensor(WHOLE)),
        "2,.5,0\n.5,1,.25\n0,.25,3",
        "2\t.5\t0\r\n.5\t1\t.25\r\n0\t.25\t3\r\n",
        "2, .5, 0; .5, 1, .25; 0, .25, 3",
        "[2 .5 0; .5 1 .25; 0 .25 3]",
        "2,.5,0,\n.5,1,.25,\n0,.25,3,",
        "\n  2 5e-1 0\n\n  5e-1 1 2.5e-1\n  0 .25 3\n",
    ],
)
def test_a_matrix_is_read_as_people_have_it(text: str) -> None:
    assert from_text(text) == Matrix(tuple(map(tuple, WHOLE.tolist())))
    assert mended_by(text) == 0


def test_what_numpy_breaks_over_lines_is_one_row() -> None:
    wide = np.eye(30) + 0.25
    assert from_text(str(wide)) == Matrix(tuple(map(tuple, wide.tolist())))


@pytest.mark.parametrize("text", ["[1, 2, 3]", "1; 2; 3", "1\n2\n3", "(1, 2, 3)", "array([1., 2., 3.])"])
def test_eigenvalues_are_read_as_people_have_them(text: str) -> None:
    assert from_text(text) == Eigenvalues((1.0, 2.0, 3.0))


def test_how_far_rounding_had_spoilt_it_is_told() -> None:
    assert mended_by("1 0.500000001\n0.5 1") == pytest.approx(5e-10, rel=1e-3)
    assert 0 < mended_by("1 .99\n.99 .98") < 1e-3
    assert mended_by("2 1 1") == 0


@pytest.mark.parametrize("text", ["[1 2] and more", "{1, 2}", "1 0x2", "[[1, 2], [3]"])
def test_text_around_numbers_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match=r"covariance|rows"):
        from_text(text)
