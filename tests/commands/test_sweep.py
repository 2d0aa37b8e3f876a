"""The sweep command, with an engine that trains in this process."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from icl_core.__main__ import main
from icl_core.library import Library
from icl_core.library.jobs import Engine, Job, Order, Standing
from icl_core.library.jobs.grid import Grid, GridPoint
from icl_core.library.jobs.sweep import Outcome, write_table
from icl_core.library.jobs.work import run_job
from icl_core.specs import Pretraining, SpecError

BASE = {
    "dimension": 2,
    "context_length": 4,
    "mixture": {
        "components": [
            {"function_class": {"kind": "dense"}, "weight": 0.5},
            {"function_class": {"kind": "sparse", "nnz": 1}, "weight": 0.5},
        ]
    },
    "model": {"kind": "transformer", "layers": 1, "heads": 1, "width": 8},
    "recipe": {"steps": 3, "batch": 4, "warmup": 0},
}
AXES = {"mixture.components.0.weight": [0.25, 0.5], "seed": [0, 1]}


class HandsOn(Engine):
    """Trains where it is asked, and is interrupted when it has trained `patience` models."""

    patience = 100
    trained: list[str]

    def ensure(self, job: str) -> None:
        if type(self).patience == 0:
            raise KeyboardInterrupt
        type(self).patience -= 1
        type(self).trained.append(job)
        run_job(self._state / job, self._library)


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> type[HandsOn]:
    made = type("Fresh", (HandsOn,), {"trained": []})
    monkeypatch.setattr("icl_core.library.jobs.service.Engine", made)
    return made


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    made = Library(tmp_path / "shipped", tmp_path / "own")
    monkeypatch.setattr("icl_core.__main__.default_library", lambda: made)
    return made


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    path = tmp_path / "grid.json"
    path.write_text(json.dumps({"base": BASE, "axes": AXES}))
    return path


@pytest.mark.slow
def test_a_sweep_is_one_tidy_table_and_survives_interruption(
    grid: Path, tmp_path: Path, engine: type[HandsOn], library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sweep.csv"
    engine.patience = 2
    assert main(["sweep", str(grid), "--out", str(out)]) == 2
    assert "the same command picks it up" in capsys.readouterr().err
    assert not out.exists()
    engine.patience = 100
    assert main(["sweep", str(grid), "--out", str(out), "--json"]) == 0
    assert len(engine.trained) == len(set(engine.trained)) == 4  # none of them twice
    rows = list(csv.DictReader(out.open()))
    assert len(rows) == 4 * 2 * 3  # models, families, context lengths
    assert {(row["mixture.components.0.weight"], row["seed"]) for row in rows} == {
        (weight, seed) for weight in ("0.25", "0.5") for seed in ("0", "1")
    }
    assert {row["state"] for row in rows} == {"finished"}
    assert {(row["family"], row["k"]) for row in rows} == {(f, k) for f in ("dense", "sparse") for k in "124"}
    assert {row["steps"] for row in rows} == {"3"}
    for row in rows:
        entry = library.find(row["model"])
        assert entry is not None
        assert entry.card is not None
        errors = next(errors for errors in entry.card.errors if errors.family == row["family"])
        place = errors.context_lengths.index(int(row["k"]))
        assert float(row["error"]) == errors.mean[place]
        assert float(row["low"]) <= float(row["error"]) <= float(row["high"])
    assert len(json.loads(capsys.readouterr().out)["models"]) == len(rows)


@pytest.mark.slow
def test_a_sweep_is_stopped_and_goes_on_when_wanted_again(
    grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sweep.parquet"
    with monkeypatch.context() as patch:
        patch.setattr(HandsOn, "ensure", lambda *_: None)  # nobody trains
        patch.setattr("icl_core.library.jobs.sweep.time.sleep", interrupted)
        assert main(["sweep", str(grid), "--out", str(out)]) == 2
    assert "(with --stop: stops it)" in capsys.readouterr().err
    assert main(["sweep", str(grid), "--stop", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"stopped": 4}
    assert main(["sweep", str(grid), "--stop"]) == 0
    assert capsys.readouterr().out.startswith("0 trainings stop")
    assert main(["sweep", str(grid), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out} has 4 of 4 models.\n"
    table = pd.read_parquet(out)
    assert len(table) == 4 * 2 * 3
    assert set(table["mixture.components.0.weight"]) == {0.25, 0.5}
    assert (table["error"] > 0).all()


def interrupted(seconds: float) -> None:
    raise KeyboardInterrupt


def test_values_of_mixed_types_fit_into_one_column(tmp_path: Path) -> None:
    spec, job = Pretraining(), Job(Order(Pretraining(), (), 1, 1, 1), Standing("failed", fault="No."))
    points = [GridPoint({"task_pool": value}, spec) for value in (4, None, "none")]
    write_table([Outcome(point, job, None) for point in points], tmp_path / "sweep.parquet")
    assert pd.read_parquet(tmp_path / "sweep.parquet")["task_pool"].tolist() == ["4", "null", "none"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_an_axis_called_as_a_measurement_has_a_column_of_its_own(tmp_path: Path, suffix: str) -> None:
    spec, job = Pretraining(), Job(Order(Pretraining(), (), 1, 1, 1), Standing("failed", fault="No."))
    points = [GridPoint({"model": {"kind": kind}}, spec) for kind in ("transformer", "linear_attention")]
    out = tmp_path / f"sweep{suffix}"
    write_table([Outcome(point, job, None) for point in points], out)
    rows = pd.read_csv(out) if suffix == ".csv" else pd.read_parquet(out)
    assert rows["model"].tolist() == [spec.hash] * 2
    assert rows["axes.model"].tolist() == ['{"kind": "transformer"}', '{"kind": "linear_attention"}']
    assert rows.columns.is_unique


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("sweep.xls", "has to end in .csv or .parquet"),
        ("nowhere/sweep.csv", "no folder that can be written"),
        ("grid.json/sweep.csv", "no folder that can be written"),
        ("folder.csv", "is a folder"),
    ],
)
def test_a_table_that_cannot_be_written_is_refused_before_training(
    grid: Path,
    tmp_path: Path,
    engine: type[HandsOn],
    out: str,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert main(["sweep", str(grid), "--out", str(tmp_path / out)]) == 2
    assert sentence in capsys.readouterr().err
    assert engine.trained == []


def test_a_grid_with_a_model_that_cannot_be_trained_trains_none(
    tmp_path: Path, engine: type[HandsOn], capsys: pytest.CaptureFixture[str]
) -> None:
    grid = tmp_path / "grid.json"
    axes = {"model.width": [8, 2048], "model.layers": [1, 48], "recipe.batch": [4, 512]}
    grid.write_text(json.dumps({"base": BASE, "axes": axes}))
    assert main(["sweep", str(grid), "--out", str(tmp_path / "sweep.csv")]) == 2
    assert "is the most here" in capsys.readouterr().err
    assert engine.trained == []


def test_a_model_that_fails_has_a_row_that_says_why(
    grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(spec: Pretraining, *others: object, **named: object) -> None:
        raise ValueError("The rates are too high.")

    monkeypatch.setattr("icl_core.library.jobs.work.train", broken)
    out = tmp_path / "sweep.csv"
    assert main(["sweep", str(grid), "--out", str(out)]) == 1
    rows = list(csv.DictReader(out.open()))
    assert [(row["state"], row["fault"], row["error"]) for row in rows] == [
        ("failed", "The rates are too high.", "")
    ] * 4


def test_a_grid_is_every_combination_the_last_axis_fastest() -> None:
    axes = AXES | {"recipe.steps": [3, 5], "label_noise": [0.1]}
    points = list(Grid.from_json(json.dumps({"base": BASE, "axes": axes})).points())
    assert [tuple(point.values.values()) for point in points][:3] == [
        (0.25, 0, 3, 0.1),
        (0.25, 0, 5, 0.1),
        (0.25, 1, 3, 0.1),
    ]
    assert len({point.spec.hash for point in points}) == 8
    assert points[0].spec.mixture.weights == pytest.approx((1 / 3, 2 / 3))
    assert {point.spec.label_noise for point in points} == {0.1}
    whole = {
        "mixture": [BASE["mixture"], {"components": [{"function_class": {"kind": "dense"}, "weight": 1}]}]
    }
    assert [
        len(point.spec.mixture.families) for point in Grid.from_json(json.dumps({"axes": whole})).points()
    ] == [2, 1]


@pytest.mark.parametrize(
    ("grid", "sentence"),
    [
        ("{", "valid JSON"),
        ("[]", "an object with"),
        ('{"base": {}}', "an object with"),
        ('{"axes": {}}', "one field or more"),
        ('{"axes": {"seed": []}}', "axes.seed"),
        ('{"axes": {"seed": 3}}', "axes.seed"),
        ('{"axes": {"seed": [0, 1, 0]}}', "names no value twice"),
        ('{"axes": {"seed": [0], "seed": [1]}}', "stands twice in one object"),
        ('{"axes": {"sead": [3]}}', "sead"),
        ('{"axes": {"seed": [-1]}}', "seed = -1"),
        ('{"base": {"seed": 1}, "axes": {"seed.x": [1]}}', "dotted paths"),
        ('{"base": {"colour": 1}, "axes": {"seed": [1]}}', "base.colour"),
        ('{"axes": {"mixture.components.7.weight": [1]}}', "components"),
        (json.dumps({"base": BASE, "axes": {"mixture.components.7.weight": [1]}}), "list of 2"),
        (json.dumps({"axes": {"seed": list(range(101)), "label_noise": list(range(100))}}), "at most 10,000"),
    ],
)
def test_a_senseless_grid_is_refused_by_name(grid: str, sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        list(Grid.from_json(grid).points())
    assert sentence in str(caught.value)
