"""Prompts that people bring: read from tables and packed arrays, or refused in one sentence."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.lib import format as npy

from icl_core.data.own_prompts import MOST_NUMBERS, mean_squares, read_prompts, scaled
from icl_core.data.tables import MOST_BYTES
from icl_core.specs import Pretraining, SpecError

TWO = Pretraining(dimension=2, context_length=2)
XS = np.arange(12.0).reshape(2, 3, 2)
YS = np.arange(6.0).reshape(2, 3)


def packed(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def rows(*, prompt: bool = True, between: str = ",", head: str = "") -> bytes:
    lines = [head] if head else []
    for number, (xs, ys) in enumerate(zip(XS, YS, strict=True)):
        for x, y in zip(xs, ys, strict=True):
            lines.append(between.join(map(str, [*([number] if prompt else []), *x, y])))
    return "\n".join(lines).encode()


def shuffled() -> bytes:
    """Prompts 5 and 1 point by point, their columns in another order."""
    lines = [f"{YS[b, k]},{(5, 1)[b]},{XS[b, k, 0]},{XS[b, k, 1]}" for k in range(3) for b in range(2)]
    return "\n".join(["y,prompt,x_1,x_2", *lines]).encode()


@pytest.mark.parametrize(
    "data",
    [
        packed(xs=XS, ys=YS),
        packed(xs=XS.astype(np.int64), ys=YS.astype(np.float32), other=np.zeros(3)),
        packed(xs=np.asfortranarray(XS), ys=YS),
        rows(),
        rows(prompt=False),
        rows(prompt=False) + b"\n100,100,100",
        rows(head="prompt,x_1,x_2,y"),
        rows(between=";") + b"\n\n# the end\n",
        rows(between="\t").replace(b"\n", b"\r\n"),
        rows(between=" "),
        b"\xef\xbb\xbf" + rows(head='"prompt","x_1","x_2","y"'),
        shuffled(),
    ],
)  # fmt: skip
def test_prompts_are_read_as_people_have_them(data: bytes) -> None:
    prompts = read_prompts(data, TWO)
    np.testing.assert_array_equal(prompts.xs.numpy(), XS)
    np.testing.assert_array_equal(prompts.ys.numpy(), YS)
    assert prompts.queries is prompts.xs
    assert prompts.targets is prompts.ys


def claiming(shape: tuple[int, ...]) -> bytes:
    """A small file whose head claims an array of this shape."""
    file, head = io.BytesIO(), io.BytesIO()
    npy.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xs.npy", head.getvalue())
        archive.writestr("ys.npy", head.getvalue())
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "table = ''"),
        (b"1,2,three", "a row of numbers"),
        (b"1,2,3\n1,2,three", "line 2 = 'three'"),
        (b"1,2,3\n1,2", "line 2 = .*allowed is 3 numbers: 2 inputs and a label"),
        (b"1,2,\n1,2,3", "line 1 = "),
        (b"1,2,3,4,5\n1,2,3,4,5", "line 1 = .*2 inputs"),
        (b"1,2,inf\n1,2,3", "line 1 = 'inf'"),
        (b"1,2,3\n4,5,6", "rows = 2: allowed is at least 6, for two prompts of 3 points"),
        (b"0,1,2,3\n0,1,2,3\n1,1,2,3", "prompt 1 = 1: allowed is 2 points"),
        (b"0,1,2,3\n0,1,2,3", "prompts = 1"),
        (b"0,1,2,3\n1,1,2,3", "points = 1"),
        (b"\xff\xfe\x00", "no text"),
        (b"PK nothing", "an NPZ that cannot be read"),
        (packed(xs=XS), "an NPZ that cannot be read"),
        (packed(xs=XS, ys=YS)[:-30], "an NPZ that cannot be read"),
        (packed(xs=XS, ys=YS[:1]), "xs of shape"),
        (packed(xs=XS[..., :1], ys=YS), "inputs = 1: allowed is 2, which the model has"),
        (packed(xs=XS, ys=np.full((2, 3), np.nan)), "not finite"),
        (packed(xs=XS * 1e300, ys=YS), "beyond 10"),
        (packed(xs=np.array([[{}]], dtype=object), ys=YS), "xs of shape"),
        (claiming((10**9, 10**6, 2)), f"1 to {MOST_NUMBERS} numbers"),
        (claiming((2, 3, 2)), "an NPZ that cannot be read"),
    ],
)
def test_what_are_no_prompts_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        read_prompts(data, TWO)


def test_a_file_that_is_too_large_is_not_looked_into() -> None:
    with pytest.raises(SpecError, match="at most 5000000 bytes"):
        read_prompts(b"1" * (MOST_BYTES + 1), TWO)


def test_scaled_prompts_have_pretrainings_mean_squares() -> None:
    prompts = scaled(read_prompts(packed(xs=XS, ys=YS), TWO), TWO)
    inputs, labels = mean_squares(prompts, TWO)
    np.testing.assert_allclose(inputs.numpy(), 1)
    assert labels == pytest.approx(1)
    assert float(prompts.targets.square().mean()) == pytest.approx(TWO.label_variance)
