"""What the Task diversity page says of its pictures, computed from their numbers."""

from __future__ import annotations

import numpy as np

from dashboard.diversity.numbers import Setting
from dashboard.frame.texts import joined, t
from dashboard.say.amounts import error, interval
from dashboard.say.provenance import band, named
from icl_core.evaluation import Curve, LearningCurves
from icl_core.evaluation.task_diversity import PoolSweep
from icl_core.library.finding import pool_name

NEAR = 0.05  # from ridge, on new tasks: the pool stands for the distribution
AWAITED = (4, 1024, None)  # pool sizes that the shipped library is to have


def pool_words(size: int | None) -> str:
    """'a pool of 4 tasks'."""
    if size is None:
        return t("diversity.unlimited")
    return t("diversity.pool.one" if size == 1 else "diversity.pool", size=f"{size:,}")


def pool_reading(now: Setting, found: PoolSweep, trained: dict[str, dict[int | None, Curve]]) -> str:
    """New against seen tasks at the chosen pool, and from which size on the pool no longer matters."""
    size, k = now.pretraining.task_pool, found.k
    if size is None:
        text = t(
            "diversity.reading.unlimited",
            k=k,
            lsa=error(found.unlimited),
            ridge=error(found.estimates["new"]["ridge"].mean[0]),
        )
    else:
        text = _at_size(found, size)
    sentences = [text]
    model = trained["new"].get(size)
    if model is not None:
        values = {"new": _interval(model, k)}
        own = trained["seen"].get(size)
        if own is not None:
            seen = _interval(own, k)
            sentences.append(t("diversity.reading.transformer", seen=seen, **values))
        else:
            sentences.append(t("diversity.reading.transformer_unlimited", **values))
    return joined("sentences", (*sentences, _threshold(found)))


def curve_reading(now: Setting, found: dict[str, LearningCurves], k: int) -> str:
    """Who is where at k, on new and on seen tasks."""
    text = t("diversity.reading.curves", k=k, pool=pool_words(now.pretraining.task_pool))
    parts = []
    for tasks, curves in found.items():
        names = [name for name in ("transformer", "dmmse", "ridge", "lsa") if name in curves.curves]
        errors = joined(
            "names",
            (
                t(
                    "diversity.reading.one",
                    name=t(f"diversity.short.{name}"),
                    error=error(float(curves.exact[name][k]))
                    if name in curves.exact
                    else _interval(curves.curves[name], k),
                )
                for name in names
            ),
        )
        parts.append(t(f"diversity.reading.{tasks}", errors=errors))
    return joined("sentences", (text, t("join.end", text=joined("clauses", parts))))


def title(now: Setting, picture: str) -> str:
    """What the figure shows now."""
    return t(f"diversity.title.{picture}", pool=pool_words(now.pretraining.task_pool))


def waiting(now: Setting) -> str | None:
    """Which of the usual models the library lacks in this setting; None where it has them."""
    lacking = [pool_name(now.pretraining, size) for size in AWAITED if size not in now.models]
    return t("diversity.waiting", models=joined("names", lacking)) if lacking else None


def provenance(now: Setting) -> str:
    """Models with hashes, setting, prompts, seed, interval."""
    pretraining, evaluation = now.pretraining, now.experiment.evaluation
    models = [named(card) for card in now.models.values()]
    return " · ".join(
        (
            *(models or [t("selection.provenance.none")]),
            t(
                "diversity.provenance.setting",
                dimension=pretraining.dimension,
                length=pretraining.context_length,
                noise=pretraining.label_noise,
                seed=pretraining.seed,
            ),
            t(
                "provenance.numbers",
                hash=now.experiment.hash,
                prompts=f"{evaluation.prompts:,}",
                seed=evaluation.seed,
            ),
            band(trained=bool(models)),
        )
    )


def _at_size(found: PoolSweep, size: int) -> str:
    """Errors at the size of the sweep that is nearest to the chosen one, which is nearly always that one."""
    index = int(np.argmin(np.abs(np.log2(found.sizes) - np.log2(size))))
    return t(
        "diversity.reading.pool",
        k=found.k,
        pool=pool_words(found.sizes[index]),
        dmmse_new=_interval(found.estimates["new"]["dmmse"], index),
        dmmse_seen=error(found.estimates["seen"]["dmmse"].mean[index]),
        ridge=error(found.estimates["new"]["ridge"].mean[index]),
        lsa_new=error(found.exact["new"]["lsa"][index]),
        lsa_seen=error(found.exact["seen"]["lsa"][index]),
    )


def _interval(curve: Curve, index: int) -> str:
    """'1.11 [0.95, 1.28]': the mean with its 90% interval, which is wide where tasks differ much."""
    return interval(curve.mean[index], curve.low[index], curve.high[index])


def _threshold(found: PoolSweep) -> str:
    """From which size on the discrete MMSE is near ridge on new tasks."""
    gap = found.estimates["new"]["dmmse"].mean - found.estimates["new"]["ridge"].mean
    late = np.flatnonzero(gap > NEAR)
    if len(late) == len(gap) or (len(late) and late[-1] == len(gap) - 1):
        return t("diversity.reading.never", largest=f"{found.sizes[-1]:,}", gap=error(float(gap[-1])))
    first = found.sizes[int(late[-1]) + 1] if len(late) else found.sizes[0]
    return t("diversity.reading.threshold", size=f"{first:,}", near=NEAR)
