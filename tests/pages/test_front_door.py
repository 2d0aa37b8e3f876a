"""The strip above the bare page: it plays the model's answers, and folds away at the first knob."""

from pathlib import Path

import numpy as np
import torch
from streamlit.testing.v1 import AppTest

from dashboard.explore.door import first_asked
from dashboard.frame.texts import catalogue
from icl_core.library import Library, default_library, load_once
from icl_core.library.kept import stored
from icl_core.predictors import Network
from tests.pages.opening import healthy, opened_page

SENTENCE = catalogue("en")["door.sentence"]


def is_there(at: AppTest) -> bool:
    return SENTENCE in [block.value for block in at.markdown]


def test_the_strip_ships_with_what_the_model_answers(tmp_path: Path) -> None:
    library = Library(default_library().shipped, tmp_path)
    questions = first_asked(library)
    assert len(questions) == 2
    for question in questions:
        found = stored(question, library)
        assert found is not None, "not shipped, run python -m dashboard.ship"
        prompt, spec = found.prompt, question.experiment.pretraining
        network = Network(load_once(library, library.present(spec.hash)))
        for k in (0, len(prompt.xs)):  # one query at a time, as nobody else computes it
            x = float(found.grid[7])
            xs = torch.tensor([*prompt.xs[:k], x])[None, :, None]
            ys = torch.tensor([*prompt.ys[:k], 0.0])[None]
            assert abs(network.predict(xs, ys)[0, k].item() - found.values[k, 7]) < 1e-3
        assert prompt.truth is not None
        assert np.sqrt(np.mean((found.values[-1] - prompt.truth) ** 2)) < 0.1  # it does bend to them


def test_it_folds_away_at_the_first_knob_and_comes_back_by_a_button() -> None:
    at = opened_page("app.py")
    assert is_there(at)
    at.slider(key="read_out").set_value(4).run()
    assert not is_there(healthy(at))
    at.slider(key="read_out").set_value(6).run()
    assert dict(at.query_params) != {"k": "4"}
    assert not is_there(healthy(at))  # the start again, but it stays folded
    at.button(key="door_button").click().run()
    assert is_there(healthy(at))
    at.button(key="door_button").click().run()
    assert not is_there(healthy(at))


def test_a_link_that_carries_a_state_has_no_strip() -> None:
    assert not is_there(opened_page("app.py", k="9"))
    assert not is_there(opened_page("app.py", present="1"))
    chinese = opened_page("app.py", lang="zh")
    assert catalogue("zh")["door.sentence"] in [block.value for block in chinese.markdown]
