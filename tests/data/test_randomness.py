from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from icl_core.data.choice import choose, draw_choice
from icl_core.data.randomness import BLOCK, AddressedRandomness, BatchRandomness, Randomness

STREAM = AddressedRandomness.of(7, "test")
KINDS = [AddressedRandomness, BatchRandomness]


@given(
    start=st.integers(0, 3 * BLOCK),
    prompts=st.integers(1, 2 * BLOCK),
    points=st.integers(1, 9),
    normal=st.booleans(),
)
def test_a_slice_is_that_part_of_a_larger_draw(start: int, prompts: int, points: int, normal: bool) -> None:
    part = STREAM.from_prompt(start)
    draw, draw_part = (
        (STREAM.point_normals, part.point_normals)
        if normal
        else (
            STREAM.point_uniforms,
            part.point_uniforms,
        )
    )
    whole = draw(5 * BLOCK, 9, 2)
    assert torch.equal(draw_part(prompts, points, 2), whole[start : start + prompts, :points])


def test_prompt_numbers_are_addressed_too() -> None:
    whole = STREAM.prompt_normals(200, 3)
    assert whole.shape == (200, 3)
    assert torch.equal(STREAM.from_prompt(70).prompt_normals(20, 3), whole[70:90])
    assert torch.equal(STREAM.prompt_uniforms(10), STREAM.prompt_uniforms(300)[:10])


def test_addresses_never_change() -> None:
    # Stored results rest on them. Computed once with NumPy's Philox and SciPy's normal quantiles.
    normals = AddressedRandomness.of(0, "test").child("x").from_prompt(65).point_normals(1, 2, 2)
    expected = torch.tensor(
        [[1.9169241151447904, -0.10315491771513623], [-1.11126664091083, 1.8974359240714573]],
        dtype=torch.float64,
    )
    torch.testing.assert_close(normals[0], expected, rtol=1e-13, atol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_asking_twice_gives_the_same_and_streams_differ(kind: type[Randomness]) -> None:
    stream = kind.of(0, "a")
    draws = [
        other.point_normals(4, 5)
        for other in (stream, kind.of(1, "a"), kind.of(0, "b"), stream.child("a"), stream.child(1))
    ]
    assert torch.equal(draws[0], kind.of(0, "a").point_normals(4, 5))
    assert len({draw.numpy().tobytes() for draw in draws}) == len(draws)


def test_order_of_names_matters_and_path_is_the_address() -> None:
    assert STREAM.child("a").child("b") == AddressedRandomness.of(7, "test", "a", "b")
    assert not torch.equal(
        STREAM.child("a").child("b").prompt_normals(3), STREAM.child("b").child("a").prompt_normals(3)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_normals_are_standard_normal(kind: type[Randomness]) -> None:
    draws = kind.of(3, "check").point_normals(2000, 10, 5).double().numpy()
    assert stats.kstest(draws.ravel(), "norm").pvalue > 1e-3
    # Neighbouring prompts, points and entries are uncorrelated: 5 standard errors.
    for one, other in (
        (draws[:-1], draws[1:]),
        (draws[:, :-1], draws[:, 1:]),
        (draws[..., :-1], draws[..., 1:]),
        (draws[:-BLOCK], draws[BLOCK:]),
    ):
        assert abs(np.mean(one * other)) < 5 / np.sqrt(one.size)


@pytest.mark.parametrize("kind", KINDS)
def test_uniforms_are_uniform_and_never_0_or_1(kind: type[Randomness]) -> None:
    draws = kind.of(3, "check").point_uniforms(3000, 30).numpy()
    assert stats.kstest(draws.ravel(), "uniform").pvalue > 1e-3
    assert 0 < draws.min() < draws.max() < 1


class LastCells(AddressedRandomness):
    """A stream whose words are all the largest, then all the smallest."""

    def _generator(self, block: int = 0) -> np.random.Philox:
        return cast(np.random.Philox, _Words())


class _Words:
    def random_raw(self, size: int) -> np.ndarray:
        return np.where(np.arange(size) % 2 == 0, 2**64 - 1, 0).astype(np.uint64)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_last_uniforms_are_below_1_in_every_dtype(dtype: torch.dtype) -> None:
    uniforms = LastCells(("0",), dtype).point_uniforms(BLOCK, 1)
    largest = torch.nextafter(torch.ones((), dtype=dtype), torch.zeros((), dtype=dtype))
    assert uniforms.dtype == dtype
    assert uniforms.max() == largest
    assert 0 < uniforms.min() < 2**-52


def test_single_precision_uniforms_are_the_rounded_double_ones() -> None:
    single = replace(STREAM, dtype=torch.float32).point_uniforms(2000, 50)
    assert torch.equal(single, STREAM.point_uniforms(2000, 50).float())


def test_streams_by_name_are_independent() -> None:
    one, other = (STREAM.child(name).point_normals(4000, 20) for name in ("covariates", "noise"))
    assert abs(float((one * other).mean())) < 5 / one.numel() ** 0.5


def test_dtype_is_the_streams() -> None:
    assert STREAM.prompt_normals(2).dtype == torch.float64
    assert BatchRandomness.of(0, "train", 1).prompt_uniforms(2).dtype == torch.float32
    single = replace(STREAM, dtype=torch.float32).prompt_normals(3)
    assert torch.equal(single, STREAM.prompt_normals(3).float())


def test_choices_follow_their_weights_and_are_nested() -> None:
    weights = (0.2, 0.5, 0.3)
    choice = draw_choice(STREAM, weights, 20_000)
    counts = torch.bincount(choice, minlength=3).numpy()
    assert stats.chisquare(counts, 20_000 * np.array(weights)).pvalue > 1e-3
    # A larger first share keeps every prompt that chose the first alternative.
    assert bool((draw_choice(STREAM, (0.4, 0.3, 0.3), 20_000)[choice == 0] == 0).all())


def test_choose_picks_rows() -> None:
    options = [torch.arange(4) + 10 * option for option in range(3)]
    assert choose(options, torch.tensor([2, 0, 1, 2])).tolist() == [20, 1, 12, 23]
