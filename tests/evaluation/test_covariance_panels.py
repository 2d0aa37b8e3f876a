"""Random covariances: the known limits, and panels whose numbers are those of their experiments."""

import numpy as np
import pytest

from icl_core.data.covariance import Identity, RandomDiagonal
from icl_core.evaluation.covariance_panels import SCALES, covariance_panels, limit_error, residuals
from icl_core.specs import Evaluation, Pretraining

PRETRAINING = Pretraining(dimension=3, context_length=6)


@pytest.mark.parametrize(("scale", "expected"), [(1.0, 1 / 3), (4.0, 76 / 3), (9.0, 387.0)])
def test_limits_after_training_on_random_covariances(scale, expected):
    assert limit_error("lsa_random", RandomDiagonal(), scale) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("scale", "expected"), [(1.0, 3.0), (4.0, 324.0), (9.0, 4059.0)])
def test_limits_after_training_on_covariance_one(scale, expected):
    assert limit_error("lsa_fixed", RandomDiagonal(), scale) == pytest.approx(expected, rel=1e-12)


def test_at_home_the_fixed_limit_is_perfect():
    assert limit_error("lsa_fixed", Identity(), 1.0) == pytest.approx(0, abs=1e-12)


def test_residuals_of_the_known_answers():
    lines = residuals(20, np.array([40.0, 70.0, 100.0, 1e6]))
    np.testing.assert_allclose(lines["lsa_random"][:3], [0.4482758621, 0.4042553191, 0.3846153846], rtol=1e-9)
    assert lines["lsa_random"][3] == pytest.approx(1 / 3, abs=1e-3)
    N = np.array([40.0, 70.0, 100.0])
    np.testing.assert_allclose(lines["lsa_fixed"][:3], 21 / (N + 21), rtol=1e-9)


def test_panels_are_the_papers_four():
    panels = covariance_panels(PRETRAINING, {}, Evaluation(context_length=8, prompts=512))
    assert [panel.scale for panel in panels] == [1.0, *SCALES]
    assert [panel.covariates.is_random for panel in panels] == [False, True, True, True]
    for panel in panels:
        curves = panel.curves.curves
        np.testing.assert_allclose(curves["ols"].mean[3:], 0, atol=1e-18)  # as many examples as inputs
        assert np.all(curves["zero"].low < 1.2 * panel.scale)
        assert np.all(curves["zero"].high > 0.8 * panel.scale)
        assert set(panel.lines) == set(panel.limits) == {"lsa_fixed", "lsa_random"}
        assert len(panel.lines["lsa_fixed"]) == 8


def test_lines_tend_to_their_limits():
    long = Pretraining(dimension=3, context_length=512)
    for panel in covariance_panels(long, {}, Evaluation(context_length=512, prompts=2)):
        for name, line in panel.lines.items():
            assert line[-1] == pytest.approx(panel.limits[name], rel=0.05, abs=0.05)
