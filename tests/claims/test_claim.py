import pytest

from icl_core.claims import CLAIMS, ClaimResult, Measurement, Side, Verdict
from icl_core.claims.claim import Claim, Finding, above, at_least, at_most, judge, waiting
from icl_core.specs import Experiment

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
    "B12": [(MOST, 0.05)],
    "B13": [(LEAST, 0.1), (LEAST, 3)] * 3,
    "B14": [(LEAST, 0.3), (MOST, 0.05)],
    "B15": [(MOST, 0.1)],
    "B16": [(ABOVE, 0)] * 4,
    "B17": [(MOST, 0.05)] * 2,
    "C1": [(MOST, 1e-12)],
    "C2": [(ABOVE, 0)] * 2,
    "C3": [(MOST, 0.05)] * 2,
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
    claim = Claim("X1", "A statement.", limits, lambda bench: None, "/page")  # type: ignore[arg-type, return-value]
    return judge(claim, Finding(measured, "d=8", Experiment()), "/page?d=8")


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
    assert (result.verdict, result.threshold) == (verdict, threshold)
    deciding = next(part for part in result.parts if part.threshold == threshold)
    assert (result.value, result.low, result.high) == (deciding.value, deciding.low, deciding.high)
    assert result.to_dict()["parts"][0]["quantity"] == "first"


def test_every_limit_needs_its_measurement() -> None:
    with pytest.raises(ValueError, match="zip"):
        judged(Measurement.exact(0))


def test_what_is_no_number_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="has to be a number"):
        Measurement.exact(float("nan"))


def test_a_claim_that_waits_has_no_numbers() -> None:
    result = waiting(CLAIMS[-1], "some-model").to_dict()
    assert result["verdict"] == "waiting for some-model"
    assert (result["value"], result["low"], result["high"], result["parts"]) == (None, None, None, [])
