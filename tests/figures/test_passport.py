import plotly.graph_objects as go

from icl_core.figures.passport import with_passport


def test_a_picture_carries_its_words_in_a_margin_of_its_own() -> None:
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0, 1]), {"margin": {"b": 50}})
    link = "http://127.0.0.1:8501/?" + "&".join(f"evaluation.field{i}=value" for i in range(20))
    picture = with_passport(figure, "A curve <b>", ["experiment 0123abcd", link], width=800, height=500)
    (words,) = (note for note in picture.layout.annotations if note.name == "passport")
    text = words.text.replace("<br>", "")
    assert text.startswith("<b>A curve &lt;b&gt;</b>experiment 0123abcd")
    assert text.endswith("evaluation.field19=value")
    lines = words.text.count("<br>") + 1
    assert picture.layout.height - 500 == picture.layout.margin.b - 50  # the plot keeps its size
    assert picture.layout.margin.b - 50 >= lines * words.font.size * 1.3  # and the words have room
    assert words.yshift <= -50  # below all that was there
    assert len(figure.layout.annotations) == 0
