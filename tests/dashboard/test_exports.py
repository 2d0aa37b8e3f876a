"""What is taken away holds the figure's numbers, and the code and the command compute them again."""

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.explore import numbers as results
from dashboard.explore.code import command, python_code
from dashboard.explore.picture import shown_methods
from dashboard.frame import exports
from dashboard.frame.citations import bibtex
from dashboard.frame.views import CurveView
from icl_core.data.shifts import CovariateScale
from icl_core.evaluation import LearningCurves
from icl_core.figures import drawn_lines
from icl_core.library import default_library
from icl_core.library.links import to_query
from icl_core.models import LinearAttention
from icl_core.specs import Evaluation, Experiment, Pretraining

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENT = Experiment(
    Pretraining(dimension=3, context_length=4, model=LinearAttention()),
    Evaluation(shift=CovariateScale(0.5), prompts=64, seed=3, label_noise=0.5),
)


@pytest.fixture
def curves() -> LearningCurves:
    return results.explored(EXPERIMENT, default_library()).curves


def test_csv_holds_every_number(curves: LearningCurves) -> None:
    rows = list(csv.DictReader(io.StringIO(curves.to_csv())))
    assert {row["method"] for row in rows} == {*curves.curves, *curves.exact}
    ridge = [row for row in rows if row["method"] == "ridge"]
    assert [float(row["error"]) for row in ridge] == curves.curves["ridge"].mean.tolist()
    assert [int(row["k"]) for row in ridge] == curves.context_lengths
    ols = [row for row in rows if row["method"] == "ols"]
    assert [int(row["k"]) for row in ols if row["statistic"] == "median"] == [2, 3, 4]
    reoptimised = [row for row in rows if row["method"] == "lsa_reoptimised"]
    assert [float(row["exact"]) for row in reoptimised] == curves.exact["lsa_reoptimised"].tolist()


def test_json_is_what_the_core_gives(curves: LearningCurves) -> None:
    assert json.loads(curves.to_json()) == json.loads(json.dumps(curves.to_dict()))


def test_the_python_code_runs_and_gives_the_same_numbers(curves: LearningCurves) -> None:
    """All that is drawn, and nothing else: exact lines where the figure has them."""
    drawn = drawn_lines(
        curves, shown_methods(curves, CurveView(show=("lasso", "lsa", "ols", "lsa_reoptimised")))
    )
    code = python_code(to_query(EXPERIMENT, {}), tuple(drawn))
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    numbers = {line.split()[0]: [float(value) for value in line.split()[1:]] for line in printed.splitlines()}
    assert set(numbers) == set(drawn) == {"lasso", "lsa", "ols", "lsa_reoptimised"}
    for name, line in drawn.items():
        assert numbers[name] == pytest.approx(line, abs=5e-5)
    assert numbers["lsa"] == pytest.approx(curves.exact["lsa"], abs=5e-5)


def test_the_command_runs_and_gives_the_same_numbers(curves: LearningCurves) -> None:
    words = shlex.split(command(to_query(EXPERIMENT, {})))
    assert words[0] == "python"
    printed = subprocess.run(
        [sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(printed) == json.loads(json.dumps(curves.to_dict()))


def test_the_spec_can_be_read_back() -> None:
    for experiment in (EXPERIMENT, Experiment()):
        file = exports.spec_file(experiment, "icl")
        assert (file.file, file.mime) == ("icl-spec.json", "application/json")
        assert Experiment.from_json(file.text) == experiment
        assert json.loads(file.text)["pretraining"]["covariates"]["kind"] == "identity"


def test_bibtex_has_this_software_and_every_paper() -> None:
    text = bibtex()
    assert re.findall(r"^@(\w+)\{([\w-]+),$", text, re.MULTILINE) == [
        ("software", "icl-explorer"),
        ("article", "zhang2024"),
        ("article", "yadlowsky2023"),
    ]
    assert "  author = {Zhang, Ruiqi and Frei, Spencer and Bartlett, Peter L.}," in text
    assert text.count("{") == text.count("}")
