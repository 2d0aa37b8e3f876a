"""The report of the benchmarks: a section each, the newest in place of older ones."""

import pytest

from benchmarks.__main__ import HEAD, LOAD, about, main, measured, names, report, section

OLD = section("lasso", "The Lasso.", "153x", "*then*")


def test_a_new_section_takes_the_place_of_an_older_one() -> None:
    other = section("move", "A move.", "25 ms\n## benchmarks are lines like any", "*then*")
    before = report("", {"move": other, "lasso": OLD})
    assert before.startswith(HEAD)
    assert before.index("## benchmarks.lasso") < before.index("## benchmarks.move")
    after = report(before, {"lasso": section("lasso", "The Lasso.", "154x", "*now*")})
    assert "153x" not in after
    assert after.count("## benchmarks.lasso") == 1
    assert after.replace("154x", "153x").replace("*now*", "*then*") == before


def test_every_benchmark_says_what_it_measures_and_with_what() -> None:
    assert LOAD in names()
    assert all(f"python -m benchmarks.{name}" in about(name) for name in names())
    assert "torch 2." in measured()


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lass"])
    assert "there is no benchmark 'lass': it is one of browser, " in capsys.readouterr().err
