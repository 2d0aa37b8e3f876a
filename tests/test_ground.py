"""What the repository promises as a whole: settings, documents, shipped files, direction of imports."""

import ast
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from streamlit import config

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))

# A path that exists on one machine only. System paths such as /usr/bin are not meant.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|farm|root|home|Users|opt)/[A-Za-z.]")


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of tracked files")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def flatten(table: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


# --------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize("option", [name for name, _ in flatten(SETTINGS)])
def test_streamlit_knows_the_option(option: str) -> None:
    assert option in config.get_config_options()


def test_security_settings() -> None:
    settings = dict(flatten(SETTINGS))
    assert settings["server.address"] == "127.0.0.1"
    assert settings["server.enableCORS"] is True
    assert settings["server.enableXsrfProtection"] is True
    assert settings["client.showErrorDetails"] == "none"
    assert settings["browser.gatherUsageStats"] is False
    assert "server.enableAgentApi" not in settings  # off unless asked for


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_can_be_read(theme: str) -> None:
    """WCAG 2.1: text needs a contrast of 4.5 to its background (1.4.3), graphics and controls 3 (1.4.11)."""
    colours = SETTINGS["theme"][theme]
    for background in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
        assert contrast(colours["textColor"], background) >= 7
        assert contrast(colours["linkColor"], background) >= 4.5
        assert contrast(colours["primaryColor"], background) >= 3
    # Streamlit falls back to its own scale unless there are exactly ten.
    assert len(colours["chartSequentialColors"]) == len(colours["chartDivergingColors"]) == 10


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB in sRGB (WCAG 2.1)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# -------------------------------------------------------------------------------------------------- documents


def test_readme_begins_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = readme.split("```")[1]
    targets = re.findall(r"^make (\S+)", commands, flags=re.MULTILINE)
    assert targets == ["app", "test"]


def test_make_targets_named_in_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", ".ci/run"):
        named = set(re.findall(r"^\s*make ([a-z-]+)|`make ([a-z-]+)", (ROOT / name).read_text("utf-8"), re.M))
        assert {first or second for first, second in named} <= targets, name


def test_requirements_are_pinned() -> None:
    for file in sorted(ROOT.glob("requirements*.txt")):
        for line in file.read_text("utf-8").splitlines():
            if not line or line.startswith("#") or line == "-r requirements.txt":
                continue
            assert re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[0-9][0-9a-z.]*", line), (
                f"{file.name}: {line}"
            )


def brought(requirement: Requirement, found: set[str]) -> None:
    """Adds the installed packages that a requirement brings, itself among them, to those found."""
    name = canonicalize_name(requirement.name)
    if name in found:
        return
    found.add(name)
    for line in requires(name) or ():
        part = Requirement(line)
        extras = ("", *requirement.extras)
        if part.marker is None or any(part.marker.evaluate({"extra": extra}) for extra in extras):
            brought(part, found)


def test_constraints_hold_all_that_the_requirements_bring() -> None:
    """So that a fresh machine gets the same environment later. torch brings what its index has it bring."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    found = {"torch"}
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                brought(Requirement(line), found)
    assert found - pinned.keys() <= {"torch", "pip", "setuptools"}
    assert {name: version(name) for name in found & pinned.keys()} == {
        name: number for name, number in pinned.items() if name in found
    }


def test_no_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in tracked_files()
        if path != Path(__file__).resolve() and b"\0" not in path.read_bytes()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_machine_paths_are_recognised() -> None:
    assert MACHINE_PATH.search("open('/home/someone/model.json')")
    assert not MACHINE_PATH.search("https://example.org/home/page and docs/work/notes.md and /usr/bin/env")


@pytest.mark.skipif(os.name != "posix", reason="executable bits are a matter of POSIX")
def test_ci_script_runs_the_linters_and_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text("utf-8").splitlines()
    assert lines.index("set -euo pipefail") < lines.index("make lint") < lines.index("make test")


def test_image_does_not_run_as_root() -> None:
    instructions = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    users = [line.split()[1] for line in instructions if line.startswith("USER ")]
    assert users
    assert users[-1] not in ("root", "0")
    assert 'ARG TORCH_INDEX_ARGS=""' in instructions  # no default host


# ---------------------------------------------------------------------------------------------- shipped files


def refusal(path: Path) -> str | None:
    """Why a file may not be shipped: only safetensors, JSON and Markdown are, which run no code on load."""
    content = path.read_bytes()
    if path.suffix == ".safetensors":
        length = int.from_bytes(content[:8], "little")
        if not 0 < length <= len(content) - 8:
            return "no safetensors header"
        try:
            return None if isinstance(json.loads(content[8 : 8 + length]), dict) else "no safetensors header"
        except ValueError:
            return "no safetensors header"
    if path.suffix in (".json", ".md"):
        try:
            text = content.decode("utf-8")
            if path.suffix == ".json":
                json.loads(text)
        except ValueError:
            return f"not {path.suffix[1:]}"
        return None
    return f"a file of kind {path.suffix or path.name!r}"


def test_shipped_files_cannot_run_code() -> None:
    shipped = [path for path in (ROOT / "cached_models").rglob("*") if path.is_file()]
    assert {str(path.relative_to(ROOT)): reason for path in shipped if (reason := refusal(path))} == {}


def test_pickles_are_refused(tmp_path: Path) -> None:
    import pickle

    import torch
    from safetensors.torch import save_file

    weights = {"weight": torch.ones(2, 2)}
    save_file(weights, tmp_path / "good.safetensors")
    assert refusal(tmp_path / "good.safetensors") is None
    torch.save(weights, tmp_path / "torch.safetensors")
    (tmp_path / "pickle.safetensors").write_bytes(pickle.dumps({"weight": 1}))
    (tmp_path / "pickle.json").write_bytes(pickle.dumps({"weight": 1}))
    (tmp_path / "model.pt").write_bytes(b"")
    for name in ("torch.safetensors", "pickle.safetensors", "pickle.json", "model.pt"):
        assert refusal(tmp_path / name), name


# --------------------------------------------------------------------------------------- direction of imports

# One room a page; what several rooms need stands lower, and pages put rooms together.
ROOMS = {
    f"dashboard.{room}"
    for room in (
        "beyond",
        "claims",
        "diversity",
        "dynamics",
        "explore",
        "lab",
        "models",
        "selection",
        "shift_lab",
    )
}

# Lower parts first; a part may import itself and whatever stands lower, never a neighbour of its own rank.
RANKS = (
    {"icl_core.refusal"},
    {"icl_core.codec", "icl_core.files", "icl_core.look", "icl_core.semidefinite"},
    {"icl_core.specs", "icl_core.methods"},
    {"icl_core.data"},
    {"icl_core.models"},
    {"icl_core.predictors", "icl_core.theory"},
    {"icl_core.evaluation"},
    {"icl_core.training"},
    {"icl_core.library"},
    {"icl_core.claims"},
    {"icl_core.commands"},
    {"icl_core.__main__", "icl_core.__init__"},
    {"dashboard.__init__", "dashboard.frame"},
    {"dashboard.say"},
    {"dashboard.knobs"},
    {"dashboard.training", "dashboard.lecture"},
    ROOMS,
    {"dashboard.pack", "dashboard.ship"},
    {"app", "pages"},
)
RANK = {part: rank for rank, parts in enumerate(RANKS) for part in parts}

# Figures draw what they are given: results, whose types they name for the type checker alone.
FIGURES = "icl_core.figures"
FIGURES_MAY_IMPORT = {"icl_core.codec", "icl_core.specs", "icl_core.look", "icl_core.methods"}

OURS = {"icl_core", "dashboard", "pages", "app", "benchmarks", "tests"}


def part_of(module: str) -> str:
    """The part a module belongs to: `icl_core.data` for `icl_core.data.shifts`, `pages` for `pages.lsa`."""
    names = module.split(".")
    if names[0] not in ("icl_core", "dashboard"):
        return names[0]
    return ".".join(names[:2]) if len(names) > 1 else f"{names[0]}.__init__"


def dotted(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts)


def imported(path: Path, root: Path) -> Iterator[str]:
    """Modules that a file imports when it runs; imports for the type checker alone don't count."""
    module = dotted(path, root)
    tree = ast.parse(path.read_text("utf-8"))
    unseen: list[ast.AST] = [tree]
    while unseen:
        node = unseen.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            unseen.extend(node.orelse)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            source = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                yield f"{source}.{alias.name}" if is_module(root, f"{source}.{alias.name}") else source
        else:
            unseen.extend(ast.iter_child_nodes(node))


def is_module(root: Path, module: str) -> bool:
    place = root.joinpath(*module.split("."))
    return place.with_suffix(".py").is_file() or place.is_dir()


def ours(root: Path) -> list[Path]:
    """Every file of the product."""
    files = [
        root / "app.py",
        *(file for part in ("icl_core", "dashboard", "pages") for file in (root / part).rglob("*.py")),
    ]
    return sorted(file for file in files if file.is_file())


def wrong_imports(root: Path) -> list[str]:
    """Imports of a source tree that run against the direction, each as a sentence."""
    found = []
    for path in ours(root):
        module = dotted(path, root)
        part = part_of(module)
        if part != FIGURES and part not in RANK:
            found.append(f"{module} has no place in the order of imports")
            continue
        for target in imported(path, root):
            if reason := wrong_import(part, target):
                found.append(f"{module} imports {target}: {reason}")
    return found


def wrong_import(part: str, target: str) -> str | None:
    other = part_of(target)
    if part.startswith("icl_core") and other == "streamlit":
        return "the core knows nothing of the page"
    if other.split(".")[0] not in OURS or other == part:
        return None
    if part == FIGURES:
        return None if other in FIGURES_MAY_IMPORT else "figures draw results"
    if other == FIGURES:
        return None if RANK[part] >= RANK["icl_core.commands"] else "figures stand above the computation"
    if RANK.get(other, len(RANKS)) >= RANK[part]:
        return "it stands no lower"
    return None


def circles(root: Path) -> list[list[str]]:
    """A circle of modules that import each other, where there is one; a package stands for its `__init__`."""
    files = {dotted(path, root).removesuffix(".__init__"): path for path in ours(root)}
    graph = {name: {part for part in imported(path, root) if part in files} for name, path in files.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [error.args[1]]
    return []


def test_imports_point_one_way() -> None:
    assert wrong_imports(ROOT) == []


def test_no_modules_import_each_other() -> None:
    assert circles(ROOT) == []


def test_circles_are_found(tmp_path: Path) -> None:
    sources = {"frame/page": "from dashboard.frame import chart", "frame/chart": "", "say/tables": ""}
    for name, source in sources.items():
        (tmp_path / "dashboard" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dashboard" / f"{name}.py").write_text(source)
    assert circles(tmp_path) == []
    (tmp_path / "dashboard/frame/chart.py").write_text("def late():\n    import dashboard.frame.page")
    (circle,) = circles(tmp_path)
    assert {"dashboard.frame.page", "dashboard.frame.chart"} == set(circle)


@pytest.mark.parametrize(
    ("file", "source", "faults"),
    [
        ("icl_core/data/shifts.py", "from icl_core.specs import SpecError", 0),
        ("icl_core/data/shifts.py", "from icl_core import models", 1),
        ("icl_core/data/shifts.py", "from ..models import Transformer", 1),
        ("icl_core/data/shifts.py", "from . import covariance", 0),
        ("icl_core/specs.py", "def late():\n    import icl_core.data.shifts", 1),
        ("icl_core/specs.py", "if TYPE_CHECKING:\n    from icl_core.data import shifts", 0),
        ("icl_core/theory/risk.py", "import icl_core.predictors.ridge", 1),
        ("icl_core/library/store.py", "import streamlit as st", 1),
        ("icl_core/figures/curves.py", "from icl_core.evaluation import curves", 1),
        ("icl_core/figures/curves.py", "from icl_core.library.kept import kept", 1),
        ("icl_core/evaluation/curves.py", "from icl_core.figures import curves", 1),
        ("icl_core/surprise.py", "", 1),
        ("dashboard/frame/navigation.py", "import streamlit\nimport icl_core.specs", 0),
        ("dashboard/frame/navigation.py", "import pages.library", 1),
        ("dashboard/frame/chart.py", "from dashboard.say import amounts", 1),
        ("dashboard/say/amounts.py", "from dashboard.frame.texts import t", 0),
        ("dashboard/training/desk.py", "from dashboard.models import cards", 1),
        ("dashboard/lab/knobs.py", "from dashboard.beyond.view import BeyondView", 1),
        ("dashboard/lab/knobs.py", "from dashboard.training import desk\nfrom dashboard.lab import view", 0),
        ("dashboard/surprise/view.py", "", 1),
        ("pages/library.py", "from dashboard.models import cards\nfrom dashboard.training import desk", 0),
        ("pages/library.py", "import app", 1),
        ("app.py", "from dashboard.frame import navigation\nfrom icl_core.figures import curves", 0),
    ],
)
def test_wrong_imports_are_found(tmp_path: Path, file: str, source: str, faults: int) -> None:
    for existing in ("icl_core/models/__init__.py", "icl_core/data/covariance.py", "icl_core/data/shifts.py"):
        (tmp_path / existing).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / existing).touch()
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(source)
    assert len(wrong_imports(tmp_path)) == faults
