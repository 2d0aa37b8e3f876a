"""Each preset shows what its name says, by the numbers; and the shipped models serve them all."""

from collections.abc import Callable

import numpy as np
import pytest

from dashboard.explore import numbers as results
from dashboard.explore import presets
from dashboard.frame.texts import translate
from icl_core.evaluation import LearningCurves
from icl_core.figures import drawn_lines
from icl_core.library import default_library
from icl_core.library.zoo import TIERS

Lines = dict[str, np.ndarray]
DRAWN = ("transformer", "lsa", "ols", "ridge", "lasso", "bayes", "bayes_test")


def lines(curves: LearningCurves) -> Lines:
    return drawn_lines(curves, DRAWN)


def covariate_scale(now: Lines, before: Lines) -> bool:
    """At k = d the transformer is near OLS at home and far from it with doubled inputs; OLS is 0 in both."""
    return bool(
        before["transformer"][8] <= 0.06
        and now["transformer"][8] >= 0.25
        and now["transformer"][8] >= 6 * before["transformer"][8]
        and max(before["ols"][8], now["ols"][8]) <= 1e-9
    )


def at_home(now: Lines, before: Lines) -> bool:
    return bool(np.max(now["transformer"] - now["ols"]) <= 0.1)


def sparse(now: Lines, before: Lines) -> bool:
    return bool(now["lasso"][6] <= now["ols"][6] - 0.1 and abs(now["transformer"][6] - now["ols"][6]) <= 0.1)


def label_noise(now: Lines, before: Lines) -> bool:
    return bool(now["ridge"][8] < 0.6 < min(now["ols"][8], now["transformer"][8]))


def longer(now: Lines, before: Lines) -> bool:
    return bool(now["transformer"][32] >= 2 * now["transformer"][16])


def one_input(now: Lines, before: Lines) -> bool:
    return bool(
        now["transformer"][12] <= now["bayes"][12] + 0.1 and now["ols"][12] >= now["transformer"][12] + 0.2
    )


def combination(now: Lines, before: Lines) -> bool:
    """Errors at 6 to 20 examples: below those of the ideal learner with the pretraining prior."""
    return bool(np.mean(now["bayes"][6:21] - now["transformer"][6:21]) >= 0.02)


def rotation(now: Lines, before: Lines) -> bool:
    return bool(now["lsa"][16] >= 2 * before["lsa"][16] and np.all(now["ols"][8:] <= 1e-9))


def query_shift(now: Lines, before: Lines) -> bool:
    """The shift costs much at few examples and next to nothing at many."""
    gap = now["lsa"] - before["lsa"]
    return bool(gap[8] >= 0.5 and gap[16] >= 0.3 and abs(gap[128]) <= 0.06)


def random_covariance(now: Lines, before: Lines) -> bool:
    """The error of linear attention stays above 1/3 (its limit for Exp(1) eigenvalues), that of OLS is 0."""
    return bool(now["lsa"][128] > 0.3 and now["ols"][128] <= 1e-9)


CLAIMS: dict[str, Callable[[Lines, Lines], bool]] = {
    claim.__name__: claim
    for claim in (
        covariate_scale,
        at_home,
        sparse,
        label_noise,
        longer,
        one_input,
        combination,
        rotation,
        query_shift,
        random_covariance,
    )
}


def test_every_preset_has_a_claim_and_a_name() -> None:
    assert [preset.name for preset in presets.PRESETS] == list(CLAIMS)
    for name in CLAIMS:
        assert translate(f"preset.{name}", "en")


def test_the_models_of_the_first_tier_serve_every_preset() -> None:
    assert list(presets.available(TIERS[1])) == list(CLAIMS)


def test_without_models_only_closed_forms_are_offered() -> None:
    assert list(presets.available({})) == ["rotation", "query_shift", "random_covariance"]


@pytest.mark.parametrize("name", CLAIMS)
def test_a_preset_shows_what_its_name_says(name: str) -> None:
    library = default_library()
    available = presets.available(library.specs())
    assert name in available, "the library lacks this preset's model"
    settings = available[name]
    outcome = results.explored(settings.experiment, library)
    assert outcome.faults == ()
    now = lines(outcome.curves)
    assert CLAIMS[name](now, lines(outcome.unshifted) if outcome.unshifted else now)
    assert settings.view.k is None or settings.view.k <= settings.experiment.context_length
