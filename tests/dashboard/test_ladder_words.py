"""The sentence of the ladder says its numbers, and whom the transformer is nearest to."""

import numpy as np
import pytest

from dashboard.beyond.ladder import Ladder, details, over_seeds, panel, reading, title
from icl_core.evaluation import Curve
from icl_core.library.ladder import NAMES, RECIPES, Rung

K = 24


def flat(mean: float, low: float | None = None, high: float | None = None) -> Curve:
    values = (mean, mean if low is None else low, mean if high is None else high)
    return Curve(*(np.full(K + 1, value) for value in values))


def ladder(*, trained: bool = True) -> Ladder:
    narrow, other, broad, broader = (
        Rung(name, spec, (spec,) if name != "broader-band" else ())
        for name, spec in RECIPES.items()
        if name in NAMES
    )
    narrow = Rung(narrow.name, narrow.spec, (narrow.spec, narrow.spec.reseeded(100)) if trained else ())
    return Ladder(
        (narrow, other, broad, broader),
        narrow,
        {"bayes": flat(0.11), "bayes_test": flat(1e-6), "smooth": flat(0.004), "zero": flat(0.5)},
        None,
        {
            "narrow": (flat(0.16, 0.15, 0.17), flat(0.14, 0.12, 0.15)) if trained else (),
            "narrow-band": (flat(0.089),),
            "broad-band": (flat(0.017),),
            "broader-band": (),
        },
    )


def test_the_sentence_has_the_error_over_the_seeds_and_the_nearest() -> None:
    assert reading(ladder(), 12).count(". ") == 1  # two sentences; the rest unfolds
    said = f"{reading(ladder(), 12)} {details(ladder(), 12)}"
    assert "**0.15 [0.12, 0.17]**" in said
    assert "nearest to that of 'Bayes: line or sinusoid', 0.11" in said
    assert "Smooth interpolator 0.004" in said
    assert "frequencies 1.5 to 2.5 0.089" in said
    assert "Frequency 2: error 0.15" in title(ladder(), 12)


def test_a_rung_without_a_model_is_said_to_lack_one() -> None:
    found = ladder(trained=False)
    assert "no model yet" in title(found, 12)
    assert "nearest" not in reading(found, 12) + details(found, 12)
    assert [rung.name for rung in found.missing] == ["narrow", "broader-band"]


def test_every_rung_with_a_model_has_a_line_and_the_one_looked_at_a_band_over_its_seeds() -> None:
    lines = {line.key: line for line in panel(ladder(), 12).lines}
    assert set(lines) == {"transformer", "narrow-band", "broad-band", "bayes", "bayes_test", "smooth", "zero"}
    assert "2 seeds" in lines["transformer"].label
    band = lines["transformer"]
    assert band.low is not None
    assert band.high is not None
    assert (band.low[12], band.y[12], band.high[12]) == (0.12, pytest.approx(0.15), 0.17)


def test_one_curve_is_its_own_band_over_seeds() -> None:
    assert over_seeds(()) is None
    alone = over_seeds((flat(0.2, 0.1, 0.3),))
    assert alone is not None
    assert (alone.low[0], alone.mean[0], alone.high[0]) == (0.1, 0.2, 0.3)
