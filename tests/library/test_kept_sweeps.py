"""Stored sweeps: computed once, tied to the weights, never trusted when damaged."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from icl_core.data.covariance import Uniform
from icl_core.data.function_classes import Dense, Sinusoid
from icl_core.evaluation.family_sweep import FamilySweep, SweepCurve, measured_sweep
from icl_core.library import Library, load_once, questions
from icl_core.library.kept import kept
from icl_core.library.questions import SweepErrors
from icl_core.models import Transformer
from icl_core.predictors import Network
from icl_core.specs import Mixture, Pretraining, Recipe
from icl_core.training import train

TINY = Pretraining(
    dimension=1,
    context_length=4,
    covariates=Uniform(),
    mixture=Mixture.of((Dense(), 0.5), (Sinusoid(), 0.5)),
    model=Transformer(layers=1, heads=1, width=16),
    recipe=Recipe(steps=2, warmup=0),
)
SWEEP = FamilySweep("alpha", TINY.data, prompts=4)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "shipped", tmp_path / "own")


def constant(value: float) -> SweepCurve:
    return SweepCurve(*(np.full((len(SWEEP.values), 5), value) for _ in range(3)))


def test_a_sweep_is_computed_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(questions.IDEAL, "bayes", lambda sweep: constant(0.25))
    assert kept(SweepErrors(SWEEP, "bayes"), library).mean == pytest.approx(0.25)
    monkeypatch.setitem(questions.IDEAL, "bayes", lambda sweep: constant(0.5))
    assert kept(SweepErrors(SWEEP, "bayes"), library).mean == pytest.approx(0.25)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"version": 1, "weights_sha256": "", "curve": {"mean": [[1]], "low": [[1]], "high": [[1]]}}',
    ],
)
def test_a_damaged_file_is_computed_again(
    library: Library, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.setitem(questions.IDEAL, "bayes", lambda sweep: constant(0.25))
    kept(SweepErrors(SWEEP, "bayes"), library)
    (stored,) = (library.own / "sweeps").glob("*.json")
    stored.write_text(content)
    assert kept(SweepErrors(SWEEP, "bayes"), library).mean == pytest.approx(0.25)
    assert stored.read_text() != content


def test_a_model_has_its_own_sweep(library: Library, tmp_path: Path) -> None:
    entry = library.add(train(TINY, tmp_path / "checkpoint"), "tiny")
    measured = kept(SweepErrors(SWEEP, TINY.hash), library)
    expected = measured_sweep(SWEEP, Network(load_once(library, entry)))
    assert measured.mean == pytest.approx(expected.mean)
    again = kept(SweepErrors(SWEEP, TINY.hash), library)
    assert again.mean == pytest.approx(measured.mean, rel=1e-5)


def test_old_sweeps_give_way(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("icl_core.library.kept.KEPT", 2)
    monkeypatch.setitem(questions.IDEAL, "bayes", lambda sweep: constant(0.25))
    for seed in (1, 2, 3):
        kept(SweepErrors(replace(SWEEP, seed=seed), "bayes"), library)
    assert len(list((library.own / "sweeps").iterdir())) == 2
