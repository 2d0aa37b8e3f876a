"""The picture of one prompt: drawn numbers, frames, and what pretraining never saw."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from icl_core.evaluation.prompt_functions import Prompt, PromptFunctions
from icl_core.figures.function_strokes import LEARNERS, in_order
from icl_core.figures.prompt_function import Canvas, PromptLabels, growing_prompt_figure, prompt_figure

GRID = np.linspace(-3, 3, 13)
XS, YS = np.array([-2.0, 0.5, 1.0]), np.array([1.0, -1.5, 0.25])
ROWS = {
    name: np.arange(4)[:, None] * np.sin(GRID + shift) for shift, name in enumerate(("transformer", "bayes"))
}
DRAWN = PromptFunctions(GRID, Prompt(XS, YS, np.cos(GRID)), ROWS, np.full((4, 2), 0.5))
LABELS = PromptLabels(
    learners={name: f"<{name}>" for name in LEARNERS},
    truth="truth",
    seen="seen",
    coming="coming",
    input="x",
    output="y",
    shade="unseen",
    play="play",
    pause="pause",
    prefix="k = ",
)
BOTH = ("bayes", "transformer")


def traces(figure: go.Figure) -> dict[str, go.Scatter]:
    """Traces by learner, or by role where they have none."""
    return {trace.meta.get("learner", trace.meta["role"]): trace for trace in figure.data}


def test_functions_and_points_are_drawn_as_they_are() -> None:
    found = traces(prompt_figure(DRAWN, LABELS, Canvas.around(DRAWN), k=2, shown=BOTH))
    for name in BOTH:
        assert found[name].y == pytest.approx(ROWS[name][2], abs=1e-3)
        assert found[name].name == f"<{name}>"
    assert found["truth"].y == pytest.approx(np.cos(GRID), abs=1e-3)
    assert list(found["seen"].x) == [-2.0, 0.5]
    assert list(found["coming"].y) == [0.25]


def test_only_what_is_asked_for_is_drawn() -> None:
    unknown = replace(DRAWN, prompt=Prompt(XS, YS))
    found = traces(prompt_figure(unknown, LABELS, Canvas.around(unknown), k=3, shown=("bayes",)))
    assert set(found) == {"bayes", "seen", "coming"}


def test_the_canvas_holds_truth_and_points() -> None:
    canvas = Canvas.around(DRAWN)
    assert (canvas.low, canvas.high) == (-3, 3)
    assert canvas.top == -canvas.bottom == pytest.approx(1.3 * 1.5)


@pytest.mark.parametrize("compact", [False, True])
def test_frames_step_through_every_number_of_pairs(compact: bool) -> None:
    canvas = Canvas.around(DRAWN)
    figure = growing_prompt_figure(DRAWN, LABELS, canvas, k=1, shown=BOTH, compact=compact)
    order = [trace.meta.get("learner", trace.meta["role"]) for trace in figure.data]
    assert [frame.name for frame in figure.frames] == ["0", "1", "2", "3"]
    for k, frame in enumerate(figure.frames):
        moved = dict(zip(order, frame.data, strict=True))
        assert moved["transformer"].y == pytest.approx(ROWS["transformer"][k], abs=1e-3)
        assert len(moved["seen"].x) == k
        assert len(moved["coming"].x) == 3 - k
    assert figure.layout.sliders[0].active == 1
    assert traces(figure)["transformer"].y == pytest.approx(ROWS["transformer"][1], abs=1e-3)


def test_inputs_that_pretraining_never_had_are_shaded() -> None:
    canvas = Canvas(-4, 4, -3, 3, trained=(-3, 3))
    figure = prompt_figure(DRAWN, LABELS, canvas, k=3, shown=BOTH)
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(-4, -3), (3, 4)]


def test_learners_have_one_order_and_no_chance_colours() -> None:
    assert in_order(("bayes", "small", "transformer")) == ["transformer", "small", "bayes"]
    with pytest.raises(KeyError):
        in_order(("bayes", "unheard of"))
    looks = [(stroke.hue.light, stroke.dash) for stroke in LEARNERS.values()]
    assert len(set(looks)) == len(looks)
