"""Prompts that are pasted on Explore: every method answers, or one sentence says what is wrong."""

from __future__ import annotations

import numpy as np

from dashboard.explore.own import OWN, PASTED, SCALED
from tests.pages.opening import healthy, opened_page

LINKED = {
    "pretraining.dimension": "2",
    "pretraining.context_length": "3",
    "pretraining.model": "linear_attention",
    "evaluation.prompts": "16",
}


def table(prompts: int) -> str:
    """Prompts of labels 2 x_1 - x_2, four points each, and no number of the prompt."""
    xs = np.random.default_rng(3).normal(size=(4 * prompts, 2)).round(3)
    return "\n".join(f"{x[0]},{x[1]},{2 * x[0] - x[1]:.3f}" for x in xs)


def test_pasted_prompts_are_measured_and_faults_are_one_sentence() -> None:
    at = opened_page("app.py", **LINKED)
    at.text_area(key=PASTED).set_value(table(3)).run()
    said = [block.value for block in healthy(at).markdown if block.value.startswith("Your 3 prompts of 4")]
    assert len(said) == 1
    assert "against 0.000 for OLS" in said[0]
    at.toggle(key=SCALED).set_value(True).run()
    assert any("scaled to pretraining" in block.value for block in healthy(at).markdown)
    at.text_area(key=PASTED).set_value("1,2,3\n4,5,six").run()
    (fault,) = healthy(at).warning
    assert fault.value.startswith("These prompts are not used: line 2 = 'six'")
    at.button(key="own_forget").click().run()
    assert not healthy(at).warning
    assert OWN not in at.session_state
