"""Animations: frames, their controls, and refusals."""

import plotly.graph_objects as go
import pytest

from icl_core.figures import Frame, animated


def frames(count: int) -> list[Frame]:
    return [Frame(str(step), [go.Scatter(x=[0, 1], y=[0, step])]) for step in range(count)]


def animate(count: int) -> go.Figure:
    base = go.Figure(go.Scatter(x=[0, 1], y=[0, 9]))
    return animated(base, frames(count), play="Play", pause="Pause", prefix="t = ")


def test_every_frame_can_be_reached_from_the_slider() -> None:
    figure = animate(5)
    assert [frame.name for frame in figure.frames] == ["0", "1", "2", "3", "4"]
    (slider,) = figure.layout.sliders
    assert [step.args[0] for step in slider.steps] == [("0",), ("1",), ("2",), ("3",), ("4",)]
    assert slider.currentvalue.prefix == "t = "
    labels = [button.label for button in figure.layout.updatemenus[0].buttons]
    assert labels == ["▶ Play", "❚❚ Pause"]


def test_the_first_picture_is_the_figure_itself() -> None:
    assert list(animate(3).data[0].y) == [0, 9]


@pytest.mark.parametrize("count", [0, 61])
def test_too_few_or_too_many_frames_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"not {count}"):
        animate(count)


def test_a_frame_without_a_trace_of_the_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="Frame 'odd'"):
        animated(go.Figure(go.Scatter()), [Frame("odd", [])], play="", pause="", prefix="")
