"""What the Model selection page says of its pictures, computed from their numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dashboard.frame.texts import joined, t
from dashboard.say.amounts import bracketed, error
from dashboard.say.provenance import band, named
from dashboard.selection.numbers import Setting
from icl_core.evaluation import Curve
from icl_core.evaluation.selection import IDEALS, MODELS, Comparison, NoiseSweep, PromptChoice
from icl_core.library.selection import BEST_LASSO
from icl_core.specs import Experiment, FunctionClass

CLEAR_GAIN = 0.02  # by which the Lasso must be better for the sentence to say so


def curves_reading(now: Setting, found: dict[str, Comparison], k: int) -> str:
    """The mixture beside the right specialist and its classical counterpart, on both families."""
    dense, narrow = found["dense"].errors, found["narrow"].errors
    chooser = MODELS if now.complete else IDEALS  # a mixture is told beside specialists of its own sort
    text = t(
        "selection.reading.curves",
        k=k,
        who=t(f"selection.who.{chooser.name}"),
        dense=short_name(now.families["dense"]),
        narrow=short_name(now.families["narrow"]),
        on_dense=error(dense[chooser.name].mean[k]),
        dense_specialist=error(dense[chooser.dense].mean[k]),
        ols=error(dense["ols"].mean[k]),
        on_narrow=error(narrow[chooser.name].mean[k]),
        narrow_specialist=error(narrow[chooser.narrow].mean[k]),
        lasso=error(narrow[BEST_LASSO].mean[k]),
    )
    return _with_medians(text, found.values())


def sparsity_reading(now: Setting, found: list[Comparison], k: int, nnz: int) -> str:
    """Errors at one number of nonzero weights, and where the Lasso beats the ideal mixture."""
    bayes = np.array([each.errors["bayes"].mean[k] for each in found])
    lasso = np.array([each.errors["lasso"].mean[k] for each in found])
    values = {"k": k, "nnz": nnz, "bayes": error(bayes[nnz - 1]), "lasso": error(lasso[nnz - 1])}
    if now.complete:
        errors, distances = found[nnz - 1].errors, found[nnz - 1].distances
        text = t(
            "selection.reading.sparsity.models",
            mixture=error(errors["mixture"].mean[k]),
            dense=error(errors["dense"].mean[k]),
            narrow=error(errors["narrow"].mean[k]),
            to_dense=error(distances["mixture", "dense"].mean[k]),
            to_narrow=error(distances["mixture", "narrow"].mean[k]),
            family=short_name(now.families["narrow"]),
            **values,
        )
    else:
        text = t("selection.reading.sparsity.ideal", **values)
    better = np.flatnonzero(lasso < bayes - CLEAR_GAIN) + 1
    if len(better):
        more = t("selection.reading.lasso_wins", counts=_ranges(better.tolist()))
        text = joined("sentences", (text, more))
    return _with_medians(text, found)


def _with_medians(text: str, found: Iterable[Comparison]) -> str:
    """The text, and with how many examples medians stand where the mean error is infinite."""
    at = sorted({k for each in found for curve in each.errors.values() for k in curve.medians})
    if not at:
        return text
    return joined("sentences", (text, t("selection.reading.medians", ks=joined("names", map(str, at)))))


def choice_reading(
    now: Setting, found: dict[str, Comparison], probabilities: dict[str, Curve], k: int
) -> str:
    """Belief and implied choice on both families."""
    text = t(
        "selection.reading.belief",
        k=k,
        dense=short_name(now.families["dense"]),
        narrow=short_name(now.families["narrow"]),
        on_dense=f"{probabilities['dense'].mean[k]:.2f}",
        on_narrow=f"{probabilities['narrow'].mean[k]:.2f}",
    )
    if now.complete:
        shares = {role: found[role].choices[MODELS.name].mean[k] for role in now.families}
        said = [
            t("selection.reading.implied", family=short_name(now.families[role]), share=f"{share:.2f}")
            for role, share in shares.items()
            if np.isfinite(share)
        ]
        if said:
            position = t(
                "selection.reading.position",
                narrow=short_name(now.families["narrow"]),
                said=joined("names", said),
            )
            text = joined("sentences", (text, position))
    return text


def prompt_reading(now: Setting, single: dict[str, PromptChoice], k: int, number: int) -> str:
    """The same for one prompt."""
    return t(
        "selection.reading.prompt",
        narrow=short_name(now.families["narrow"]),
        number=number,
        k=k,
        on_dense=f"{single['dense'].probability[k]:.2f}",
        on_narrow=f"{single['narrow'].probability[k]:.2f}",
    )


def outside_reading(now: Setting, found: NoiseSweep, k: int, nnz: int) -> str:
    """What the ideal mixture takes a function for that has more nonzero weights than it was trained on."""
    quiet, loud = found.probability[0, nnz - 1, k], found.probability[-1, nnz - 1, k]
    return t(
        "selection.reading.outside",
        k=k,
        nnz=nnz,
        trained=now.pair.narrow.nnz,
        quiet=f"{quiet:.2f}",
        loud=f"{loud:.2f}",
        level=found.levels[-1],
    )


def cost_reading(now: Setting, found: dict[str, Comparison], k: int) -> str:
    """What choosing costs at k, with its interval."""
    chooser = MODELS.name if now.complete else IDEALS.name
    costs = {role: comparison.costs[chooser] for role, comparison in found.items()}
    text = t(
        "selection.reading.cost",
        k=k,
        who=t(f"selection.who.{chooser}"),
        dense=short_name(now.families["dense"]),
        narrow=short_name(now.families["narrow"]),
        on_dense=_interval(costs["dense"], k),
        on_narrow=_interval(costs["narrow"], k),
    )
    if now.complete:
        ideal = {role: comparison.costs[IDEALS.name].mean[k] for role, comparison in found.items()}
        paid = t(
            "selection.reading.cost_ideal",
            on_dense=_signed(ideal["dense"]),
            on_narrow=_signed(ideal["narrow"]),
        )
        text = joined("sentences", (text, paid))
    return text


def short_name(family: FunctionClass) -> str:
    """'sparse': the family among the two of this page."""
    return t(f"selection.short.{family.kind}")


def title(now: Setting, picture: str) -> str:
    """What the figure shows now."""
    return t(
        f"selection.title.{picture}",
        narrow=short_name(now.families["narrow"]),
        nnz=now.pair.narrow.nnz,
        dimension=now.experiment.pretraining.dimension,
        share=round(100 * now.pair.dense_share),
    )


def waiting(now: Setting) -> str | None:
    """Which models the library lacks for this page; None where it has all."""
    if not now.models.lacking:
        return None
    return t("selection.waiting", models=joined("names", now.models.lacking.values()))


def provenance(now: Setting, picture: str) -> str:
    """Models with hashes, setting, prompts, seed, interval."""
    experiment = now.experiment
    pretraining = experiment.pretraining
    models = [
        named(card)
        for card in now.models.cards.values()
        if picture != "outside"  # which shows the ideal learner alone
    ]
    return " · ".join(
        (
            *(models or [t("selection.provenance.none")]),
            t(
                "selection.provenance.setting",
                dimension=pretraining.dimension,
                nnz=now.pair.narrow.nnz,
                length=pretraining.context_length,
                alpha=experiment.evaluation.alpha,
                noise=_noise(experiment),
            ),
            t(
                "provenance.numbers",
                hash=experiment.hash,
                prompts=f"{experiment.evaluation.prompts:,}",
                seed=experiment.evaluation.seed,
            ),
            band(trained=bool(models)),
        )
    )


def _noise(experiment: Experiment) -> str:
    """'no label noise', or its standard deviation in the test."""
    level = experiment.test_noise_variance**0.5
    return t("selection.provenance.noise", noise=level) if level else t("selection.provenance.no_noise")


def _interval(curve: Curve, k: int) -> str:
    return bracketed(*(_signed(part[k]) for part in (curve.mean, curve.low, curve.high)))


def _signed(value: float) -> str:
    """Three decimals, without a minus before zero."""
    return f"{value:.3f}".replace("-0.000", "0.000").replace("-", "−")


def _ranges(counts: list[int]) -> str:
    """'3 to 6, 8'."""
    runs: list[list[int]] = []
    for count in counts:
        if runs and runs[-1][-1] == count - 1:
            runs[-1].append(count)
        else:
            runs.append([count])
    return joined(
        "names",
        (str(run[0]) if len(run) == 1 else t("selection.range", first=run[0], last=run[-1]) for run in runs),
    )
