"""Claims under a picture: the claim's own limits, the picture's own numbers."""

import numpy as np
import pytest

from dashboard.beyond.claimed import SHOWN, judged
from dashboard.beyond.view import Scene, start, sweep_of, with_scene
from icl_core.claims.claim import Verdict
from icl_core.claims.one_input import CLAIMS
from icl_core.evaluation.family_sweep import SweepCurve
from icl_core.specs import Experiment

FIRST = start({}).experiment


def curve(experiment: Experiment, low: float, high: float) -> SweepCurve:
    shape = (len(sweep_of(experiment).values), 25)
    return SweepCurve(*(np.full(shape, value) for value in ((low + high) / 2, low, high)))


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.11, 0.2, Verdict.REPRODUCED),
        (0.05, 0.2, Verdict.UNDECIDED),
        (0.01, 0.09, Verdict.NOT_REPRODUCED),
    ],
)
def test_the_combination_is_judged_by_the_claims_limit(low: float, high: float, verdict: Verdict) -> None:
    half = with_scene(FIRST, Scene("alpha", 0.5))
    (found,) = judged(half, {"transformer": curve(half, low, high)}, 12)
    assert found.claim.id == "B11"
    assert found.limit.threshold == 0.1
    assert found.verdict is verdict


def test_only_the_picture_that_a_claim_is_about_is_judged() -> None:
    for scene, k in ((Scene("alpha", 0.4), 12), (Scene("alpha", 0.5), 11), (Scene("frequency", 2.75), 12)):
        experiment = with_scene(FIRST, scene)
        assert list(judged(experiment, {"transformer": curve(experiment, 0.5, 0.6)}, k)) == []


def test_frequencies_are_judged_with_the_widened_model_beside() -> None:
    fast = with_scene(FIRST, Scene("frequency", 3.0))
    curves = {"transformer": curve(fast, 0.7, 0.8), "wide": curve(fast, 0.01, 0.02)}
    found = {each.claim.id: each.verdict for each in judged(fast, curves, 12)}
    assert found == {"B14": Verdict.REPRODUCED, "B15": Verdict.REPRODUCED}


def test_the_first_limit_is_an_error_in_every_claim_shown() -> None:
    claims = {claim.id: claim for claim in CLAIMS}
    for name, _, _ in SHOWN:
        assert "error" in claims[name].limits[0].quantity
        assert "ratio" not in claims[name].limits[0].quantity
