from dataclasses import replace

import pytest

from icl_core.claims import CLAIMS, ClaimResult, Measurement, Picture, Side, Verdict
from icl_core.claims.claim import Claim, Finding, above, at_least, at_most, judge, waiting
from icl_core.claims.papers import FIGURE_1, PaperSetting, departures
from icl_core.claims.wanted import WaitingForModel
from icl_core.specs import Experiment, Pretraining, Recipe

# As fixed before anything was measured: id -> (side, threshold) of each limit.
MOST, LEAST, ABOVE = Side.AT_MOST, Side.AT_LEAST, Side.ABOVE
FIXED = {
    "A1": [(MOST, 1e-6)],
    "A2": [(MOST, 1e-6)],
    "A3": [(MOST, 0.01), (MOST, 0.02)],
    "A4": [(MOST, 4)],
    "A5": [(MOST, 0.02)],
    "A6": [(MOST, 0.05), (MOST, 0.1)],
    "A7": [(MOST, 1.5)] * 3,
    "A8": [(MOST, 1.5)] * 3 + [(MOST, 1e-12)],
    "A9": [(LEAST, 10), (MOST, 0)],
    "A10": [(MOST, 1e-3)],
    "A11": [(MOST, 0.005)] * 2,
    "A12": [(MOST, 0.05), (LEAST, 0.2), (LEAST, 0.2)],
    "A13": [(ABOVE, 0)] * 2,
    "A14": [(LEAST, 0.02)],
    "A15": [(LEAST, 2)],
    "B1": [(MOST, 0.05)],
    "B2": [(MOST, 0.05), (LEAST, 0.2)],
    "B3": [(MOST, 0.05), (MOST, 0.05)],
    "B4": [(MOST, 0.05), (MOST, 0.05), (LEAST, 0.2)],
    "B5": [(LEAST, 0.2)],
    "B6": [(LEAST, 0.2)],
    "B7": [(MOST, 0.05)] * 2,
    "B8": [(MOST, 0.05), (MOST, 0.05), (LEAST, 0.05)],
    "B9": [(LEAST, 0.8)],
    "B10": [(MOST, 0.05)] * 2,
    "B11": [(LEAST, 0.1), (LEAST, 3)],
    "B11-narrow": [(LEAST, 0.1), (LEAST, 3)],
    "B12": [(MOST, 0.05)],
    "B13": [(LEAST, 0.1), (LEAST, 3)] * 3,
    "B13-narrow": [(LEAST, 0.1), (LEAST, 3)] * 3,
    "B14": [(LEAST, 0.3), (MOST, 0.05)],
    "B15": [(MOST, 0.1)],
    "B16": [(ABOVE, 0)] * 4,
    "B17": [(MOST, 0.05)] * 2,
    "C1": [(MOST, 1e-12)],
    "C2": [(ABOVE, 0)] * 2,
    "C3": [(MOST, 0.05)] * 2,
    "C4": [(LEAST, 0.1), (MOST, 0.05)],
    "C5": [(ABOVE, 0)],
}


def test_all_claims_in_order_with_their_thresholds_untouched() -> None:
    found = {claim.id: [(limit.side, limit.threshold) for limit in claim.limits] for claim in CLAIMS}
    assert found == FIXED
    assert list(found) == list(FIXED)


@pytest.mark.parametrize(
    ("limit", "low", "high", "verdict"),
    [
        (at_most("q", 1), 0.5, 1, Verdict.REPRODUCED),
        (at_most("q", 1), 0.5, 1.1, Verdict.UNDECIDED),
        (at_most("q", 1), 1.1, 1.2, Verdict.NOT_REPRODUCED),
        (at_least("q", 1), 1, 2, Verdict.REPRODUCED),
        (at_least("q", 1), 0.9, 2, Verdict.UNDECIDED),
        (at_least("q", 1), 0.5, 0.9, Verdict.NOT_REPRODUCED),
        (above("q", 0), 0, 2, Verdict.UNDECIDED),
        (above("q", 0), 0.1, 2, Verdict.REPRODUCED),
        (above("q", 0), -1, 0, Verdict.NOT_REPRODUCED),
    ],
)
def test_the_whole_interval_must_lie_on_one_side(limit, low, high, verdict) -> None:
    assert limit.verdict(Measurement((low + high) / 2, low, high)) is verdict


def judged(*measured: Measurement) -> ClaimResult:
    limits = (at_most("first", 0.1), at_least("second", 2.0))
    claim = Claim("X1", limits, lambda bench: None, Picture("/page", ("line",)))  # type: ignore[arg-type, return-value]
    return judge(claim, Finding(measured, {"dimension": 8}, Experiment()), "/page?d=8")


@pytest.mark.parametrize(
    ("first", "second", "verdict", "threshold"),
    [
        ((0.01, 0.0, 0.02), (2.2, 2.1, 2.3), "reproduced", 2.0),  # the nearer one to its threshold
        ((0.01, 0.0, 0.02), (2.2, 1.9, 2.3), "undecided", 2.0),
        ((0.2, 0.15, 0.3), (2.2, 1.9, 2.3), "not reproduced", 0.1),
        ((0.1, 0.05, 0.3), (1.0, 0.9, 1.1), "not reproduced", 2.0),
    ],
)
def test_the_limit_that_is_worst_off_decides(first, second, verdict, threshold) -> None:
    result = judged(Measurement(*first), Measurement(*second))
    assert (result.verdict, result.deciding.threshold) == (verdict, threshold)  # type: ignore[union-attr]
    deciding = next(part for part in result.parts if part.threshold == threshold)
    told = result.to_dict()
    assert (told["value"], told["low"], told["high"]) == (deciding.value, deciding.low, deciding.high)
    assert (told["threshold"], told["side"]) == (deciding.threshold, deciding.side)
    assert told["parts"][0]["quantity"] == "first"


def test_what_holds_is_told_by_the_check_that_carries_it_and_what_fails_by_that_which_fails() -> None:
    holds = judged(Measurement(0.01, 0.0, 0.02), Measurement(2.2, 2.1, 2.3))
    fails = judged(Measurement(0.01, 0.0, 0.02), Measurement(1.0, 0.9, 1.1))
    assert (holds.headline.quantity, fails.headline.quantity) == ("first", "second")  # type: ignore[union-attr]


def test_an_undecided_check_says_how_far_it_is_from_deciding() -> None:
    part = judged(Measurement(0.09, 0.06, 0.11), Measurement(3, 2.5, 4)).deciding
    assert part is not None
    assert part.verdict == "undecided"
    assert part.reach == pytest.approx(0.01)
    # The interval would have to end at .1 in place of .11, 1 in place of 2 parts of .01 beyond .09.
    assert part.shrinking == pytest.approx(4)
    on_the_limit = judged(Measurement(0.1, 0.08, 0.12), Measurement(3, 2.5, 4)).deciding
    assert on_the_limit is not None
    assert on_the_limit.shrinking == float("inf")


def test_departures_are_computed_from_the_models_spec() -> None:
    ours = Pretraining(dimension=8, context_length=40, recipe=Recipe(steps=1000))
    found = {each.name: (each.ours, each.paper) for each in departures(FIGURE_1, [ours])}
    assert found["dimension"] == ((8,), (20,))
    assert found["steps"] == ((1000,), (500_000,))
    assert "pairs" not in found  # the figure has prompts of 40, 70 and 100
    assert "batch" not in found
    wider = replace(ours, dimension=20)
    longer = replace(wider, recipe=Recipe(steps=1200), warm_start=wider, warm_start_at="end")
    steps = {each.name: each.ours for each in departures(FIGURE_1, [longer])}["steps"]
    assert steps == (1200 + wider.recipe.steps,)
    assert "dimension" in {each.name for each in departures(FIGURE_1, [ours, longer])}
    assert departures(PaperSetting(dimension=(20,)), [longer]) == ()


def test_every_limit_needs_its_measurement() -> None:
    with pytest.raises(ValueError, match="zip"):
        judged(Measurement.exact(0))


def test_what_is_no_number_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="has to be a number"):
        Measurement.exact(float("nan"))


def test_a_claim_that_waits_has_no_numbers() -> None:
    result = waiting(CLAIMS[-1], WaitingForModel("some-model")).to_dict()
    assert result["verdict"] == "waiting for some-model"
    assert (result["value"], result["low"], result["high"], result["parts"]) == (None, None, None, [])
