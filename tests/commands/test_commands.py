import errno
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import SafetensorError

from icl_core.__main__ import main
from icl_core.commands.curve import experiment_of
from icl_core.commands.progress import Meter
from icl_core.data.shifts import CovariateScale
from icl_core.library import Library, default_library, state_folder
from icl_core.library.start import start
from icl_core.library.zoo import IDENTITY
from icl_core.models import Transformer
from icl_core.specs import Pretraining, Recipe
from icl_core.training.checkpoint import Checkpoint
from icl_core.training.loop import checkpoint_path

ROOT = Path(__file__).resolve().parents[2]
TINY = Pretraining(
    dimension=2, context_length=4, model=Transformer(1, 1, 8), recipe=Recipe(steps=3, batch=4, warmup=0)
)


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library of its own in place of the shipped one."""
    made = Library(tmp_path / "shipped", tmp_path / "own")
    monkeypatch.setattr("icl_core.__main__.default_library", lambda: made)
    return made


@pytest.fixture
def spec_file(tmp_path: Path) -> str:
    path = tmp_path / "tiny.json"
    path.write_text(TINY.to_json())
    return str(path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert captured.err.count("\n") == 1
    return captured.err


def test_train_puts_a_graded_model_into_the_library(
    capsys: pytest.CaptureFixture[str], spec_file: str
) -> None:
    trained = answer(capsys, "train", spec_file, "--name", "tiny")
    (listed,) = answer(capsys, "models")["models"]
    assert listed == trained
    assert listed["name"] == "tiny"
    assert listed["spec_hash"] == TINY.hash
    assert listed["verified"] is True
    assert listed["status"] == "ready"
    assert listed["meets_limits"] is False  # three steps teach nothing
    assert (listed["steps"], listed["device"]) == (3, "cpu")
    assert listed["errors"][0]["context_lengths"] == [1, 2, 4]
    assert Pretraining.from_dict(listed["spec"]) == TINY


def test_training_again_asks_for_resume(capsys: pytest.CaptureFixture[str], spec_file: str) -> None:
    answer(capsys, "train", spec_file)
    assert "add --resume to go on" in complaint(capsys, "train", spec_file)
    answer(capsys, "train", spec_file, "--resume")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
@pytest.mark.parametrize("arguments", [["train", "SPEC"], ["zoo"], ["sweep", "SPEC"]])
def test_a_device_that_is_not_there_is_refused(
    capsys: pytest.CaptureFixture[str], spec_file: str, arguments: list[str]
) -> None:
    given = [spec_file if argument == "SPEC" else argument for argument in arguments]
    said = complaint(capsys, *given, "--device", "cuda")
    assert "finds no cuda device here: train with --device cpu" in said


def test_a_taken_name_is_refused_before_any_training(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, spec_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(capsys, "train", spec_file, "--name", "tiny")
    other = tmp_path / "other.json"
    other.write_text(replace(TINY, seed=5).to_json())
    monkeypatch.setattr("icl_core.commands.train.train_into", None)  # must not be reached
    assert "tiny" in complaint(capsys, "train", str(other), "--name", "tiny")


def test_curve_prints_the_contract_and_the_same_numbers_twice(
    capsys: pytest.CaptureFixture[str], spec_file: str, library: Library
) -> None:
    answer(capsys, "train", spec_file, "--name", "tiny")
    url = "model=tiny&evaluation.prompts=64&evaluation.label_noise=0.5"
    first = answer(capsys, "curve", "--url", url)
    for path in (library.own / "results").glob("*.json"):
        path.unlink()
    assert answer(capsys, "curve", "--url", url) == first
    assert answer(capsys, "curve", "--url", url) == first  # from the store, this time
    assert first["spec"]["pretraining"] == TINY.to_dict()
    assert first["n_prompts"] == 64
    assert first["seed"] == 0
    assert first["normaliser"] == 2
    assert first["context_lengths"] == [0, 1, 2, 3, 4]
    assert {"transformer", "lsa", "ols", "ridge", "lasso", "bayes", "zero"} <= first["predictors"].keys()
    for curve in first["predictors"].values():
        assert len(curve["mean"]) == len(curve["low"]) == len(curve["high"]) == 5


def test_curve_reads_prompts_of_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Noise-free labels of two inputs: least squares has no error from two pairs on."""
    path = tmp_path / "own.npz"
    xs = np.random.default_rng(1).normal(size=(3, 4, 2))
    np.savez(path, xs=xs, ys=xs @ [2.0, -1.0])
    url = "pretraining.dimension=2&pretraining.context_length=3"
    found = answer(capsys, "curve", "--url", url, "--prompts", str(path))
    assert found["n_prompts"] == 3
    assert found["predictors"]["ols"]["mean"][2:] == pytest.approx([0, 0])
    path.write_text("1,2,three\n")
    assert main(["curve", "--url", url, "--prompts", str(path)]) == 2
    assert "a row of numbers a line" in capsys.readouterr().err


def test_curve_takes_a_spec_file_and_a_whole_url(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    path.write_text('{"pretraining": {"dimension": 3, "context_length": 4}, "evaluation": {"seed": 5}}')
    from_file = answer(capsys, "curve", str(path))
    query = "pretraining.dimension=3&pretraining.context_length=4&evaluation.seed=5"
    assert answer(capsys, "curve", "--url", f"http://localhost:8501/?{query}") == from_file
    assert "transformer" not in from_file["predictors"]  # none was trained: none is shown


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("evaluation.promts=64", "evaluation.promts = '64': allowed is one of"),
        ("identity-d8", "identity-d8"),
        ("pretraining.dimension=0", "pretraining.dimension = 0: allowed is 1 to"),
        ("evaluation.alpha=nan", "evaluation.alpha = 'nan': allowed is a finite number"),
        ("model=nobody", "model = 'nobody': allowed is one of the library's models"),
        (
            "pretraining.dimension=2&evaluation.covariates=matrix&evaluation.covariates.rows.0=1 2"
            "&evaluation.covariates.rows.1=2 1",
            "positive semi-definite",
        ),
    ],
)
def test_senseless_urls_get_one_sentence(
    capsys: pytest.CaptureFixture[str], query: str, sentence: str
) -> None:
    assert sentence in complaint(capsys, "curve", "--url", query)


def test_missing_and_damaged_files_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, spec_file: str, library: Library
) -> None:
    assert "nowhere.json cannot be used: no such file" in complaint(capsys, "curve", "nowhere.json")
    (tmp_path / "bad.json").write_text("{")
    assert "valid JSON" in complaint(capsys, "train", str(tmp_path / "bad.json"))
    answer(capsys, "train", spec_file, "--name", "tiny")
    weights = library.own / TINY.hash / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:50])
    assert str(weights) in complaint(capsys, "curve", "--url", "model=tiny")
    (listed,) = answer(capsys, "models")["models"]
    assert listed["verified"] is False
    assert str(weights) in listed["status"]


def test_a_link_without_a_model_gives_the_numbers_of_explores_own(
    capsys: pytest.CaptureFixture[str], library: Library
) -> None:
    first = start(library.specs())
    assert experiment_of("http://127.0.0.1:8501/", library) == first
    assert experiment_of("/shift_lab?part=grid", library) == first
    assert experiment_of("/prompt_lab", library) == first
    query = "evaluation.shift=covariate_scale&evaluation.shift.magnitude=1"
    expected = replace(first.evaluation, shift=CovariateScale(1.0))
    assert experiment_of(f"/?{query}", default_library()).evaluation == expected
    assert experiment_of(f"/?{query}", default_library()).pretraining == IDENTITY
    twice = "evaluation.prompts=4&evaluation.prompts=8"
    assert "evaluation.prompts = 'given 2 times'" in complaint(capsys, "curve", "--url", twice)


def test_figure_writes_every_plain_format(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    path.write_text('{"pretraining": {"dimension": 3, "context_length": 4}}')
    html, table, data = (tmp_path / f"out.{ending}" for ending in ("html", "csv", "json"))
    for out in (html, table, data):
        assert answer(capsys, "figure", str(path), "--out", str(out))["file"] == str(out)
    assert "Plotly.newPlot" in html.read_text()
    assert "https://cdn" not in html.read_text().split("<body>")[0]
    printed = answer(capsys, "curve", str(path))
    assert json.loads(data.read_text()) == printed
    rows = [line.split(",") for line in table.read_text().splitlines()]
    ols = [float(row[2]) for row in rows if row[1] == "ols"]
    assert ols == printed["predictors"]["ols"]["mean"]


def test_figure_says_what_a_picture_needs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "experiment.json"
    path.write_text('{"pretraining": {"dimension": 3, "context_length": 4}}')
    assert "no known format" in complaint(capsys, "figure", str(path), "--out", "figure.bmp")
    monkeypatch.setattr("icl_core.commands.figure.find_spec", lambda name: None)
    assert "pip install kaleido" in complaint(capsys, "figure", str(path), "--out", "figure.png")


def test_zoo_lists_trains_and_grades(
    capsys: pytest.CaptureFixture[str], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("icl_core.commands.zoo.TIERS", {1: {"tiny": TINY}})
    assert answer(capsys, "zoo", "--list")["models"][0]["ready"] is False
    assert answer(capsys, "zoo")["models"][0]["ready"] is True
    entry = library.find("tiny")
    assert entry is not None
    assert entry.folder == library.shipped / "tiny"
    before = (entry.folder / "card.json").read_text()
    answer(capsys, "zoo", "--grade")
    assert (entry.folder / "card.json").read_text() == before
    assert "no model is named 'else'" in complaint(capsys, "zoo", "--only", "else")


def no_space(number: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_figure_is_replaced_as_a_whole_in_any_locale(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = tmp_path / "experiment.json"
    experiment.write_text(json.dumps({"pretraining": TINY.to_dict()}))
    monkeypatch.setattr("locale.getencoding", lambda: "latin-1")
    out = tmp_path / "old.html"
    out.write_text("old")
    with monkeypatch.context() as full:
        full.setattr("icl_core.files.os.fsync", no_space)
        fault = complaint(capsys, "figure", str(experiment), "--out", str(out))
    assert f"{out} cannot be used: no space left" in fault
    assert out.read_text() == "old"
    assert list(tmp_path.glob("*.html")) == [out]
    answer(capsys, "figure", str(experiment), "--out", str(out))
    assert out.read_text("utf-8").endswith("</html>")


def test_a_name_that_a_claim_has_too_is_told(
    capsys: pytest.CaptureFixture[str], spec_file: str, tmp_path: Path
) -> None:
    answer(capsys, "train", spec_file, "--name", "A1")
    fault = complaint(capsys, "figure", "A1", "--out", str(tmp_path / "a.json"))
    assert f"for the model give its hash, {TINY.hash}" in fault
    shown = answer(capsys, "figure", TINY.hash, "--out", str(tmp_path / "a.json"))
    assert shown["spec"]["pretraining"] == TINY.to_dict()


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "0", "soon"])
def test_a_cluster_ends_after_a_time(capsys: pytest.CaptureFixture[str], seconds: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["cluster", "--idle", seconds])
    assert "--idle" in capsys.readouterr().err


@pytest.mark.slow
def test_output_that_finds_no_place_is_a_sentence(tmp_path: Path) -> None:
    places = {"ICL_MODEL_STORE": str(tmp_path / "store"), "ICL_STATE": str(tmp_path / "state")}
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "icl_core", "models"]
        ended = subprocess.run(
            command, env=os.environ | places, stdout=full, stderr=subprocess.PIPE, cwd=ROOT
        )
    assert ended.returncode == 2
    assert ended.stderr == b"icl_core models: No space left on device: nothing more can be written there.\n"


def test_an_interrupted_training_keeps_a_checkpoint_at_once(
    capsys: pytest.CaptureFixture[str], spec_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pressed(Meter):
        def show(self, *arguments: Any) -> None:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr("icl_core.commands.train.Meter", Pressed)
    assert main(["train", spec_file]) == 2
    assert f"Training of {TINY.hash} stopped at step 1" in capsys.readouterr().err
    assert Checkpoint.load(checkpoint_path(state_folder(), TINY, "latest"), TINY.hash).step == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_a_full_disk_at_a_checkpoint_is_a_sentence(
    capsys: pytest.CaptureFixture[str], spec_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("icl_core.files.os.fsync", no_space)
    assert "stable.safetensors cannot be used: no space left" in complaint(capsys, "train", spec_file)

    def unwritten(*arguments: object, **named: object) -> None:
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("icl_core.training.checkpoint.save_file", unwritten)
    assert "stable.safetensors cannot be used: it cannot be written" in complaint(capsys, "train", spec_file)
