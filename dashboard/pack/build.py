"""The folder itself: pages and the scripts that they share; none asks a server for anything else."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from plotly.offline import get_plotlyjs

from dashboard.frame.bootstrap import ROOT
from dashboard.frame.texts import translate
from dashboard.pack.lab import lab_script
from dashboard.pack.models import PackedModel
from dashboard.pack.texts import SITE, texts_script
from dashboard.pack.weights import model_script
from icl_core.figures.families import family_stroke
from icl_core.figures.palette import THEMES

LOOKS = ("light", "dark")
STYLES = ("look.css", "style.css")


@dataclass(frozen=True)
class Page:
    """A page of the folder: its file, the scripts it loads in turn, and where its name leads home."""

    file: str
    scripts: Sequence[str]
    home: str = "index.html"


LAB = Page(
    "lab.html",
    (
        "texts.js",
        "page.js",
        "plotly.js",
        "transformer.js",
        "models.js",
        "learners.js",
        "lab-data.js",
        "lab.js",
    ),
)


@dataclass(frozen=True)
class Pack:
    """What goes into a folder. `app` is where the live dashboard answers."""

    models: Mapping[str, PackedModel]
    app: str

    def write(self, folder: Path) -> None:
        """Writes the folder anew."""
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "models").mkdir(parents=True)
        for name, model in self.models.items():
            (folder / "models" / f"{name}.js").write_text(model_script(model), "utf-8")
        for name, text in self.files().items():
            (folder / name).write_text(text, "utf-8")

    def files(self) -> dict[str, str]:
        """Every file but the models, by name."""
        scripts = {path.name: path.read_text("utf-8") for path in SITE.glob("*.js")}
        lab = {name: model for name, model in self.models.items() if model.in_lab}
        return scripts | {
            "style.css": (SITE / "style.css").read_text("utf-8"),
            "look.css": look(),
            "plotly.js": get_plotlyjs(),
            "texts.js": texts_script(),
            "lab-data.js": lab_script(lab),
            LAB.file: document(LAB, list(self.models), app=self.app),
        }


def document(page: Page, models: Sequence[str], *, app: str, styles: Sequence[str] = STYLES) -> str:
    """The page's HTML; it knows the names of the models and where the app answers."""
    sheets = [f'<link rel="stylesheet" href="{name}">' for name in styles]
    scripts = [f'<script src="{name}"></script>' for name in page.scripts]
    return Template((SITE / "page.html").read_text("utf-8")).substitute(
        home=page.home,
        app=app,
        models=json.dumps(list(models)),
        title=translate("app.name", "en"),
        styles="\n".join(sheets),
        scripts="\n".join(scripts),
    )


def look() -> str:
    """The app's colours as CSS variables, light and dark."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    blocks = []
    for name in LOOKS:
        theme, own = THEMES[name], settings[name]
        colours = {
            "paper": theme.paper,
            "ink": theme.ink,
            "muted": theme.muted,
            "line": theme.grid,
            "panel": own["secondaryBackgroundColor"],
            "border": own["borderColor"],
            "accent": own["primaryColor"],
            "link": own["linkColor"],
            "dense": family_stroke("dense").colour(theme),
            "sinusoid": family_stroke("sinusoid").colour(theme),
        }
        listed = " ".join(f"--{key}: {value};" for key, value in colours.items())
        blocks.append(f':root[data-theme="{name}"] {{ color-scheme: {name}; {listed} }}\n')
    return "".join(blocks)
