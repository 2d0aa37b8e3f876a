import json
import re
import shlex
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from icl_core.__main__ import main
from icl_core.specs import (
    Covariance,
    Evaluation,
    Experiment,
    FunctionClass,
    Kind,
    Mixture,
    Model,
    Pretraining,
    Recipe,
    Shift,
    Spec,
)

ROOT = Path(__file__).parents[1]
SPECS = ROOT / "docs" / "specs"
TYPES: dict[str, type[Spec]] = {
    "covariance": Covariance,
    "evaluation": Evaluation,
    "experiment": Experiment,
    "function_class": FunctionClass,
    "mixture": Mixture,
    "model": Model,
    "pretraining": Pretraining,
    "recipe": Recipe,
    "shift": Shift,
}


def complete(value: object) -> object:
    """A spec as JSON with every field, defaults too."""
    if isinstance(value, Spec):
        kind = {"kind": value.kind} if isinstance(value, Kind) else {}
        return kind | {item.name: complete(getattr(value, item.name)) for item in fields(value)}
    return [complete(entry) for entry in value] if isinstance(value, tuple) else value


def test_every_example_is_known_here_and_in_the_table() -> None:
    assert {path.stem for path in SPECS.glob("*.json")} == TYPES.keys()
    table = (SPECS / "README.md").read_text()
    assert all(f"`{name}.json`" in table for name in TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_examples_are_complete_and_survive_json_and_url(name: str) -> None:
    text = (SPECS / f"{name}.json").read_text()
    spec = TYPES[name].from_json(text)
    assert complete(spec) == json.loads(text)
    assert TYPES[name].from_json(spec.to_json()) == spec
    if not isinstance(spec, Kind):
        assert TYPES[name].from_query(spec.to_query()) == spec


# --------------------------------------------------------------------------------------------------- commands

DOCUMENTS = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
LEADING = ("make ", "python ", ".venv/bin/python ")
MADE_UP = re.compile(r"\b(COMMAND|NAME|SPEC\.json|GRID\.json|FILE|QUERY)\b")
"""What stands for something of the reader's own."""


def shown(text: str) -> list[str]:
    """The commands in a document's blocks and between backticks, without what is remarked beside them."""
    blocks = re.findall(r"```(?:bash)?\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"^    (\S.*)$", text, flags=re.MULTILINE) + re.findall(r"`([^`\n]+)`", text)
    said = (re.split(r"\s+#", line)[0].strip() for line in lines)
    return [line for line in said if line.startswith(LEADING)]


ALL = [(path, command) for path in DOCUMENTS for command in shown(path.read_text("utf-8"))]
CORE = sorted({command for _, command in ALL if "-m icl_core " in command and not MADE_UP.search(command)})
MAKE = sorted({command for _, command in ALL if command.startswith("make ") and "<" not in command})
LONG = {
    ".venv/bin/python -m icl_core train docs/specs/pretraining.json",
    "python -m icl_core claims --store",
    "python -m icl_core train docs/specs/pretraining.json",
    "python -m icl_core zoo --grade",
}
"""Commands that train or measure for minutes: that they begin is asked of --help alone."""


def test_the_tutorial_shows_commands_of_both_kinds() -> None:
    tutorial = [command for path, command in ALL if path.name == "tutorial.md"]
    assert any(command.startswith("make ") for command in tutorial)
    assert sum("-m icl_core " in command for command in tutorial) >= 4
    assert LONG & set(CORE)


@pytest.mark.parametrize("command", CORE)
def test_every_command_of_the_core_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    arguments = shlex.split(command.partition("-m icl_core ")[2])
    if command in LONG:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--help"])
        assert ended.value.code == 0
        return
    assert main(arguments) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("command", MAKE)
def test_every_target_of_make_can_be_made(command: str) -> None:
    """What make would do, without doing it."""
    done = subprocess.run(
        [*shlex.split(command), "--dry-run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_every_module_that_is_run_exists() -> None:
    named = {found for _, command in ALL for found in re.findall(r"-m ([\w.]+)", command)}
    files = (ROOT / name.replace(".", "/") for name in named - {"http.server", "pip"})
    assert {str(file) for file in files if not (file.with_suffix(".py").is_file() or file.is_dir())} == set()


def test_every_picture_and_file_that_is_linked_exists() -> None:
    linked = [
        (path, target.partition("#")[0])
        for path in DOCUMENTS
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8"))
        if not target.startswith(("http", "#"))
    ]
    assert [f"{path.name}: {target}" for path, target in linked if not (path.parent / target).exists()] == []


def test_every_picture_is_taken_by_the_one_command() -> None:
    pytest.importorskip("playwright")
    from docs.pictures import FOLDER, PICTURES

    assert {path.stem for path in FOLDER.glob("*.png")} == {picture.name for picture in PICTURES}
    used = " ".join(path.read_text("utf-8") for path in DOCUMENTS)
    assert [picture.name for picture in PICTURES if f"pictures/{picture.name}.png" not in used] == []
