"""The figure of the Model selection page: its panels and its sentence, by picture."""

from __future__ import annotations

from dashboard.frame.line_chart import Drawn
from dashboard.frame.texts import joined
from dashboard.selection import charts, results, words
from dashboard.selection.results import Setting
from dashboard.selection.state import SelectionView, nonzero, picture, prompt_number, read_out
from icl_core.library import Library


def drawn(now: Setting, view: SelectionView, library: Library) -> Drawn:
    """The picture that the view asks for."""
    k, nnz = read_out(now.experiment, view), nonzero(now.experiment, view)
    shown = picture(now.experiment, view)
    if shown == "curves":
        found = results.comparisons(now, library)
        return Drawn(charts.curves_panels(now, found, k), words.curves_reading(now, found, k))
    if shown == "sparsity":
        swept = results.sweep(now, library, k)
        return Drawn(charts.sparsity_panels(now, swept, k, nnz), words.sparsity_reading(now, swept, k, nnz))
    if shown == "outside":
        noise = results.noise(now)
        return Drawn(charts.outside_panels(now, noise, k, nnz), words.outside_reading(now, noise, k, nnz))
    found = results.comparisons(now, library)
    if shown == "cost":
        return Drawn(charts.cost_panels(now, found, k), words.cost_reading(now, found, k))
    number = prompt_number(now.experiment, view)
    beliefs, single = results.probabilities(now), results.one_prompt(now, library, number)
    average, alone = (
        words.choice_reading(now, found, beliefs, k),
        words.prompt_reading(now, single, k, number),
    )
    sentence = joined("sentences", (average, alone))
    return Drawn(charts.choice_panels(now, found, beliefs, single, k, number), sentence)
