"""Claims without a model: all hold, and each fails once the theory it measures is altered."""

from urllib.parse import parse_qsl

import numpy as np
import pytest

from icl_core import theory
from icl_core.claims import run
from icl_core.library.links import from_query

FAST = ["A1", "A2", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "C1"]
SLOW = ["A3", "A4", "B9", "B12"]
EXACT = [*FAST, *(pytest.param(claim, marks=pytest.mark.slow) for claim in SLOW)]


@pytest.mark.parametrize("claim", EXACT)
def test_holds_and_its_link_opens(claim, planted) -> None:
    library = planted()
    result = run(library, claim)[0]
    assert result.verdict == "reproduced"
    assert result.setting
    assert "\n" not in result.setting
    page, _, query = result.url.partition("?")
    assert page in ("/", "/training_dynamics", "/shift_lab", "/model_selection", "/beyond_the_mixture")
    assert query
    from_query(dict(parse_qsl(query)), library.specs())


def scaled(name: str, factor: float):
    function = getattr(theory, name)
    return lambda *args: function(*args) * factor


@pytest.mark.parametrize(
    ("claim", "name", "altered"),
    [
        ("A1", "zhang_gamma", scaled("zhang_gamma", 1 + 1e-5)),
        ("A2", "zhang_gamma", scaled("zhang_gamma", 1 + 1e-5)),
        ("A5", "lsa_risk", scaled("lsa_risk", 2)),
        ("A6", "lsa_risk", lambda *args: np.sqrt(theory.risk.lsa_risk(*args))),
        ("A7", "lsa_risk", lambda A, S, T, noise, M, Q=None: np.trace(T) ** 2),
        ("A8", "lsa_risk", lambda A, S, T, noise, M, Q=None: np.trace(Q) ** 2),
        ("A9", "lsa_risk", lambda A, S, T, noise, M, Q=None: np.trace(S)),
        ("A10", "lsa_risk_iid", scaled("lsa_risk_iid", 1.01)),
        ("A11", "lsa_risk_iid", scaled("lsa_risk_iid", 1.01)),
        ("C1", "lsa_risk", lambda A, S, T, noise, M, Q=None: np.trace(T @ T)),
        pytest.param("A4", "lsa_risk", scaled("lsa_risk", 1.05), marks=pytest.mark.slow),
    ],
)
def test_fails_where_the_theory_is_wrong(claim, name, altered, planted, monkeypatch) -> None:
    monkeypatch.setattr(theory, name, altered)
    assert run(planted(), claim)[0].verdict == "not reproduced"


@pytest.mark.slow
def test_descent_at_another_rate_than_the_flow_counts_fails(planted, monkeypatch) -> None:
    flow = theory.gradient_flow
    halved = lambda S, N, times, *rest: flow(S, N, np.array(times) / 2, *rest)  # noqa: E731
    monkeypatch.setattr(theory, "gradient_flow", halved)
    monkeypatch.setattr("icl_core.claims.flow.SGD_BATCH", 300)
    assert run(planted(), "A3")[0].verdict == "not reproduced"


@pytest.mark.slow
def test_the_ideal_mixture_with_a_sparse_prior_that_fits_does_not_jump(planted, monkeypatch) -> None:
    monkeypatch.setattr("icl_core.claims.ideal_mixture.NNZ", 3)
    assert run(planted(), "B9")[0].verdict == "not reproduced"
