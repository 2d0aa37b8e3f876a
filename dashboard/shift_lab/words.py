"""Sentences and formulas about shifts of linear attention, computed from the numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from dashboard.frame.pin import since_pinned
from dashboard.frame.texts import joined, t
from dashboard.frame.views import Unit
from dashboard.say.amounts import error, errors, interval
from dashboard.say.describe import covariance_name, is_shifted, magnitude_name, shift_effect
from dashboard.say.provenance import band, described
from dashboard.say.standing import number
from dashboard.say.units import error_label
from icl_core.data.covariance import RandomDiagonal
from icl_core.data.shifts import CovariateScale
from icl_core.evaluation import LearningCurves
from icl_core.evaluation.covariance_panels import SCALES, CovariancePanel, limit_error
from icl_core.evaluation.length_sweep import LengthSweep
from icl_core.evaluation.shift_lab import ShiftGrid, error_at, over_v
from icl_core.figures.covariance_panels import CovarianceLabels, ResidualLabels
from icl_core.figures.length_sweep import LengthLabels
from icl_core.figures.palette import ordered
from icl_core.figures.shift_grid import GridLabels
from icl_core.figures.shift_panels import PanelLabels
from icl_core.figures.text_width import wrapped
from icl_core.library import Card
from icl_core.specs import Evaluation, Experiment, Pretraining

TITLE_WIDTH = 38  # Latin letters in a line of a panel's title
LEAST_DECIMAL = 5e-4  # the smallest error that three decimals tell from 0
TOLERATED = 1.5  # times the error without the shift, both over what predicting zero costs


def length_labels(sweep: LengthSweep, unit: Unit = "here") -> LengthLabels:
    """Texts of the sweep over test lengths."""
    N = sweep.experiment.pretraining.context_length
    return LengthLabels(
        parts={name: t(f"shift_lab.part.{name}") for name in ("bias", "sampling", "noise")},
        references={name: t(f"shift_lab.reference.{name}") for name in sweep.references},
        fixed=t("shift_lab.fixed", length=N),
        theorem=t("shift_lab.theorem"),
        bound=t("shift_lab.bound"),
        length=t("shift_lab.length"),
        error=error_label(unit),
        floor=t("shift_lab.floor"),
        beyond=t("figure.beyond"),
        read_out="M = {k}",
    )


def length_title(sweep: LengthSweep) -> str:
    """What the sweep shows now."""
    experiment = sweep.experiment
    values = {"length": experiment.pretraining.context_length, "floor": _exact(sweep.floor)}
    if is_shifted(experiment):
        return t("shift_lab.title.shifted", effect=shift_effect(experiment.evaluation.shift), **values)
    return t("shift_lab.title.length", **values)


def length_reading(sweep: LengthSweep, M: int) -> str:
    """The sweep read aloud at M test examples."""
    parts = sweep.line.at(np.array([float(M)]))[:, 0] / sweep.normaliser
    text = t(
        "shift_lab.reading.length",
        M=M,
        total=_exact(float(parts.sum())),
        bias=_exact(float(parts[0])),
        sampling=_exact(float(parts[1])),
        noise=_exact(float(parts[2])),
    )
    nearest = int(np.abs(sweep.lengths - M).argmin())
    if "lsa_reoptimised" in sweep.references and int(sweep.lengths[nearest]) == M:
        best = sweep.references["lsa_reoptimised"][nearest]
        text = joined("sentences", (text, t("shift_lab.reading.best", best=error(float(best)))))
    return text


def length_since(pinned: LengthSweep, sweep: LengthSweep, M: int) -> str:
    """How far linear attention's error at M is from where it was pinned."""
    return since_pinned(t("method.lsa"), pinned.error_at(M), sweep.error_at(M))


def length_formulas(sweep: LengthSweep, M: int) -> list[tuple[str, str]]:
    """The risk as a function of M, the theorem and the bound, with the current numbers."""
    v, line = sweep.normaliser, sweep.line
    bias, inverse = line.bias / v, (line.sampling + line.noise) / v
    found = [
        (
            t("shift_lab.formula.risk"),
            rf"e(M)={bias:.4g}+\frac{{{inverse:.4g}}}{{M}},\qquad e({M})={sweep.error_at(M):.4g}",
        )
    ]
    if sweep.theorem is not None:
        lengths, values = sweep.theorem
        exact = float(np.abs(values / (bias + inverse / lengths) - 1).max())
        found.append((t("shift_lab.formula.theorem", deviation=f"{exact:.0e}"), _theorem_body()))
    if sweep.bound is not None:
        index = int(np.abs(sweep.lengths - M).argmin())
        shown = int(sweep.lengths[index])
        body = (
            r"\frac{(d+1)\operatorname{tr}\Lambda}{M}+\frac{(1+2d+d^2\kappa)\operatorname{tr}\Lambda}{N^2}"
            rf"\;=\;{sweep.bound[index]:.4g}\,v\;\ge\;{sweep.fixed[index]:.4g}\,v\quad(M={shown})"
        )
        found.append((t("shift_lab.formula.bound"), body))
    return found


def in_the_unit(shown: Sequence[LearningCurves], unit: Unit) -> list[LearningCurves]:
    """Curves over what predicting zero costs, as the page shows them."""
    return list(shown) if unit == "here" else [over_v(curves) for curves in shown]


def panel_labels(unit: Unit) -> PanelLabels:
    """Texts of the panels."""
    methods = ("transformer", "linear_attention", "lsa", "ols", "ridge", "zero")
    return PanelLabels(
        methods={name: t(f"method.{name}") for name in methods},
        context_length=t("figure.context_length"),
        error=error_label(unit),
        off_scale="{method}: {value} (k = {k})",
        median=t("figure.median"),
    )


def panel_title(curves: LearningCurves, before: LearningCurves, k: int) -> str:
    """What was shifted and how far, and what linear attention makes of it."""
    experiment = curves.experiment
    effect = "<br>".join(wrapped(shift_effect(experiment.evaluation.shift), TITLE_WIDTH))
    if "lsa" not in curves.curves or not is_shifted(experiment):
        return effect
    ratio = attention_ratio(curves, before, k)
    verdict = t("shift_lab.tolerated" if ratio <= TOLERATED else "shift_lab.broken")
    factor = f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}"
    if math.isclose(ratio, 1.0, rel_tol=1e-9) and "lsa" in curves.exact:
        return f"{effect}<br><b>{t('shift_lab.verdict.unchanged', verdict=verdict)}</b>"
    return f"{effect}<br><b>{t('shift_lab.verdict', verdict=verdict, ratio=factor)}</b>"


def attention_ratio(curves: LearningCurves, before: LearningCurves, k: int) -> float:
    """Linear attention's error at k with the shift over that without it."""
    return error_at(curves, "lsa", k) / error_at(before, "lsa", k)


def panels_title(shown: Sequence[LearningCurves], k: int) -> str:
    """Which shifts are tolerated."""
    before, *shifted = shown
    if "lsa" not in before.curves:
        return t("shift_lab.title.panels_baselines")
    kinds = {True: [], False: []}
    for curves in shifted:
        if is_shifted(curves.experiment):
            holds = attention_ratio(curves, before, k) <= TOLERATED
            kinds[holds].append(t(f"shift_lab.group.{curves.experiment.evaluation.shift.kind}"))
    if not kinds[False]:
        return t("shift_lab.title.all_tolerated")
    if not kinds[True]:
        return t("shift_lab.title.none_tolerated")
    return t("shift_lab.title.panels", good=joined("names", kinds[True]), bad=joined("names", kinds[False]))


READINGS = {
    (False, False): "worst",
    (False, True): "median",
    (True, False): "median_before",
    (True, True): "medians",
}
"""How a sentence goes from the error without a shift to that with one, by which of them are medians."""


def panels_reading(shown: Sequence[LearningCurves], k: int) -> str:
    """Linear attention, and the model where there is one: without a shift, and under the worst of them.

    An infinite mean is worse than any other, and the median that stands for it is called one.
    """
    before, *shifted = shown
    sentences = []
    for name in ("lsa", "transformer", "ols"):
        if name in before.curves and shifted:
            worst = max(shifted, key=lambda curves: (_is_median(curves, name, k), error_at(curves, name, k)))
            medians = _is_median(before, name, k), _is_median(worst, name, k)
            sentences.append(
                t(
                    f"shift_lab.reading.{READINGS[medians]}",
                    method=t(f"method.{name}"),
                    before=error(error_at(before, name, k)),
                    after=error(error_at(worst, name, k)),
                    effect=shift_effect(worst.experiment.evaluation.shift),
                )
            )
    said = t("join.end", text=joined("clauses", sentences))
    return joined("sentences", (t("shift_lab.reading.panels", k=k), said))


def panels_since(pinned: Sequence[LearningCurves], shown: Sequence[LearningCurves], k: int) -> str:
    """How far the model's error at k, else linear attention's, is from where it was pinned: in the panel of
    one kind of shift where that has changed the most. Nothing where no panel can be compared."""
    name = next((name for name in ("transformer", "lsa") if name in shown[0].curves), "ols")
    both = [
        (error_at(before, name, k), error_at(now, name, k), now)
        for before, now in zip(pinned, shown, strict=False)
        if before.experiment.evaluation.shift.kind == now.experiment.evaluation.shift.kind
        and name in before.curves
        and k < len(before.context_lengths)
    ]
    if not both:
        return ""
    before, now, curves = max(both, key=lambda pair: abs(pair[1] - pair[0]))
    effect = shift_effect(curves.experiment.evaluation.shift)
    return since_pinned(t("shift_lab.pinned.who", method=t(f"method.{name}"), effect=effect), before, now)


def panels_remark(shown: Sequence[LearningCurves]) -> str:
    """In which panels circles are medians, whose, and at which k; empty where no mean is infinite."""
    where: dict[tuple[str, str], list[str]] = {}
    for curves in shown:
        of = {name: curve.medians for name, curve in curves.curves.items() if curve.medians}
        for at in dict.fromkeys(of.values()):
            names = joined("names", (t(f"method.{name}") for name in ordered(of) if of[name] == at))
            key = names, joined("names", map(str, at))
            where.setdefault(key, []).append(shift_effect(curves.experiment.evaluation.shift))
    if not where:
        return ""
    places = (
        t("shift_lab.medians.where", panels=joined("names", effects), names=names, ks=ks)
        for (names, ks), effects in where.items()
    )
    return t("shift_lab.medians", where=joined("clauses", places))


def panels_table(shown: Sequence[LearningCurves], k: int) -> pd.DataFrame:
    """Errors at k by shift and method, the measured ones with their 90% intervals."""
    rows = {}
    for curves in shown:
        name = shift_effect(curves.experiment.evaluation.shift)
        rows[name] = {t(f"method.{method}"): _entry(curves, method, k) for method in curves.curves}
    return pd.DataFrame.from_dict(rows, orient="index")


def magnitude_label(kind: str) -> str:
    """What the rows of the heat map are."""
    return t("knob.scale" if kind == CovariateScale.kind else "shift_lab.magnitude")


def grid_labels(grid: ShiftGrid, kind: str, unit: Unit) -> GridLabels:
    """Texts of the heat map."""
    return GridLabels(
        length=t("figure.context_length"),
        magnitude=magnitude_label(kind),
        error=t(f"shift_lab.error_of.{unit}", method=t(f"method.{grid.method}")),
        rows=[magnitude_name(kind, magnitude) for magnitude in grid.magnitudes],
    )


def grid_title(grid: ShiftGrid, kind: str) -> str:
    """What the heat map shows."""
    return t("shift_lab.title.grid", method=t(f"method.{grid.method}"), kind=t(f"shift.{kind}"))


def grid_reading(grid: ShiftGrid, kind: str) -> str:
    """Its best and its worst cell, where any has a finite mean."""
    if np.isnan(grid.errors).all():
        return t("shift_lab.grid.infinite")
    columns = len(grid.lengths)
    worst = divmod(int(np.nanargmax(grid.errors)), columns)
    best = divmod(int(np.nanargmin(grid.errors)), columns)
    text = t(
        "shift_lab.reading.grid",
        best=_grid_error(grid, *best),
        best_m=_row_name(grid, kind, best[0]),
        best_k=grid.lengths[best[1]],
        worst=_grid_error(grid, *worst),
        worst_m=_row_name(grid, kind, worst[0]),
        worst_k=grid.lengths[worst[1]],
    )
    source = t("shift_lab.grid.exact") if grid.exact else t("shift_lab.grid.measured")
    return joined("sentences", (text, source))


def _row_name(grid: ShiftGrid, kind: str, row: int) -> str:
    """'c = 4', or 'magnitude 0.5'."""
    how = "scale" if kind == CovariateScale.kind else "in_magnitude"
    return t(f"shift_lab.{how}", value=magnitude_name(kind, grid.magnitudes[row]))


def _grid_error(grid: ShiftGrid, row: int, column: int) -> str:
    """A cell's error, with its 90% interval where it is measured."""
    ends = grid.interval(row, column)
    found = float(grid.errors[row, column])
    return error(found) if ends is None else interval(found, *ends)


def covariance_labels(panels: Sequence[CovariancePanel]) -> CovarianceLabels:
    """Texts of the four panels."""
    names = (
        "transformer_fixed",
        "transformer_random",
        "lsa_fixed",
        "lsa_random",
        "lsa_limit",
        "ols",
        "zero",
    )
    titles = [
        t("shift_lab.random.panel", scale=f"{panel.scale:g}")
        if panel.covariates.is_random
        else t("shift_lab.random.identity")
        for panel in panels
    ]
    return CovarianceLabels(
        lines={name: t(f"shift_lab.line.{name}") for name in names},
        titles=titles,
        context_length=t("figure.context_length"),
        error=t("shift_lab.per_input"),
        beyond=t("figure.beyond"),
        off_scale="{method}: {value} (k = {k})",
    )


def residual_labels() -> ResidualLabels:
    """Texts of the error at N = M."""
    return ResidualLabels(
        lines={name: t(f"shift_lab.line.{name}") for name in ("lsa_fixed", "lsa_random")},
        length=t("shift_lab.random.length"),
        error=t("shift_lab.per_input"),
        stays=t("shift_lab.random.stays"),
    )


def covariance_reading(panels: Sequence[CovariancePanel]) -> str:
    """The last panel read aloud at the end of the trained length."""
    panel = panels[-1]
    k = panel.curves.experiment.pretraining.context_length
    values = [(name, float(curve.mean[k])) for name, curve in panel.curves.curves.items() if name != "zero"]
    values.append(("lsa_random", float(panel.lines["lsa_random"][k - 1])))
    errors = joined(
        "clauses",
        (
            t("shift_lab.reading.entry", method=t(f"shift_lab.line.{name}"), error=error(value))
            for name, value in values
        ),
    )
    last = t("shift_lab.reading.random", k=k, scale=f"{panel.scale:g}", errors=errors)
    return joined("sentences", (last, _by_scale(panels, k)))


def _by_scale(panels: Sequence[CovariancePanel], k: int) -> str:
    """How the learners fare from scale to scale: errors over c, which predicting zero has at 1."""
    scaled = [panel for panel in panels if panel.covariates.is_random]
    names = [name for name in scaled[-1].curves.curves if name != "zero"]
    found = (
        t(
            "shift_lab.reading.entry",
            method=t(f"shift_lab.line.{name}"),
            error=joined("names", (error(float(p.curves.curves[name].mean[k]) / p.scale) for p in scaled)),
        )
        for name in names
    )
    scales = joined("names", (f"{panel.scale:g}" for panel in scaled))
    return t("shift_lab.reading.by_scale", scales=scales, errors=joined("clauses", found))


def covariance_formulas() -> list[tuple[str, str]]:
    """The limit of Theorem 4.5 for Exp(1) variances and its errors at c = 1, 4, 9."""
    errors = ",\\;".join(f"{limit_error('lsa_random', RandomDiagonal(), scale):.4g}" for scale in SCALES)
    scales = t("shift_lab.formula.at", scales=r"}c=1,4,9\text{")
    return [
        (
            t("shift_lab.formula.random"),
            r"u_\ast U_\ast\to\frac{\mathbb{E}\lambda^2}{\mathbb{E}\lambda^3}I=\tfrac13I\quad(M,N\to\infty)",
        ),
        (
            t("shift_lab.formula.scaled"),
            rf"\frac{{R}}{{d}}=c\left(\tfrac23c^2-\tfrac43c+1\right)={errors}\quad\text{{{scales}}}",
        ),
    ]


def length_provenance(experiment: Experiment) -> str:
    """Where the exact errors over the test length come from."""
    return _sources(_attention(experiment.pretraining), t("shift_lab.source.exact"), _experiment(experiment))


def panels_provenance(experiment: Experiment, card: Card | None) -> str:
    """Where the panels' numbers come from; `card` is the transformer's in them. The hash is the unshifted
    experiment's, as every panel has a shift of its own."""
    return _sources(
        _model(card),
        _attention(experiment.pretraining),
        t("shift_lab.source.either", **_prompts(experiment.evaluation)),
        _experiment(experiment.unshifted),
        band(trained=card is not None),
    )


def grid_provenance(grid: ShiftGrid, card: Card | None) -> str:
    """Where the grid's numbers come from; `card` is the transformer's. The hash is the unshifted
    experiment's, as every row has a shift of its own."""
    pretraining = grid.experiment.pretraining
    how = "exact" if grid.exact else "measured"
    return _sources(
        _model(card if grid.method == "transformer" else None),
        _attention(pretraining) if grid.method == "lsa" else "",
        t(f"shift_lab.source.{how}", **_prompts(grid.experiment.evaluation)),
        _experiment(grid.experiment.unshifted),
        "" if grid.exact else band(trained=grid.method == "transformer"),
    )


def covariance_provenance(cards: Iterable[Card], formula: Pretraining, evaluation: Evaluation) -> str:
    """Where the panels of random covariances come from: both transformers, linear attention, the prompts."""
    return _sources(
        *map(_model, cards),
        t("shift_lab.source.attention_both", length=formula.context_length),
        t("shift_lab.source.partly", **_prompts(evaluation)),
        band(trained=True),
    )


def _exact(value: float) -> str:
    """An exact error: to three digits where two decimals would leave nothing of it."""
    return number(value) if 0 < value < LEAST_DECIMAL else error(value)


def _sources(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _attention(pretraining: Pretraining) -> str:
    return t(
        "shift_lab.source.attention",
        length=pretraining.context_length,
        dimension=pretraining.dimension,
        covariance=covariance_name(pretraining.covariates),
    )


def _model(card: Card | None) -> str:
    return described(card) if card else ""


def _prompts(evaluation: Evaluation) -> dict[str, object]:
    return {"prompts": f"{evaluation.prompts:,}", "seed": evaluation.seed}


def _experiment(experiment: Experiment) -> str:
    return t("shift_lab.source.experiment", hash=experiment.hash)


def _is_median(curves: LearningCurves, method: str, k: int) -> bool:
    """Whether the method's error at k is a median, its mean being infinite."""
    return method not in curves.exact and k in curves.curves[method].medians


def _theorem_body() -> str:
    return (
        r"\begin{gathered}\mathbb{E}(\hat y-y)^2=\min_w\mathbb{E}(w^\top x-y)^2"
        r"+\tfrac1M\operatorname{tr}[\Sigma\Gamma^{-2}\Lambda]\\[2pt]"
        r"+\tfrac1{N^2}\left[\lVert a\rVert^2_{\Gamma^{-2}\Lambda^3}"
        r"+2\operatorname{tr}(\Lambda)\lVert a\rVert^2_{\Gamma^{-2}\Lambda^2}"
        r"+\operatorname{tr}(\Lambda)^2\lVert a\rVert^2_{\Gamma^{-2}\Lambda}\right]\end{gathered}"
    )


def _entry(curves: LearningCurves, method: str, k: int) -> str:
    """An exact error alone, a measured mean with its 90% interval, a median with the spread of prompts."""
    if method in curves.exact or method == "zero":
        return error(error_at(curves, method, k))
    curve = curves.curves[method]
    numbers = curve.mean[k], curve.low[k], curve.high[k]
    if k in curve.medians:
        middle, low, high = errors(numbers)
        return t("shift_lab.entry.median", error=middle, low=low, high=high)
    return interval(*numbers)
