"""Pages that need no server: the scripts of `site/`, their texts and colours, put together as HTML.

A folder of such pages is built by `dashboard.pack`; one state of one page is a single file.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Template
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboard.frame.bootstrap import ROOT
from dashboard.frame.shown import Shown
from dashboard.frame.texts import catalogue, languages, translate
from icl_core.figures.dark import dark_colours
from icl_core.figures.palette import THEMES, family_stroke

SITE = ROOT / "site"
LOOKS = ("light", "dark")
STYLES = ("look.css", "style.css")
DIGITS = 5  # of every number in a figure: far finer than a pixel

CALL = re.compile(r"""\bt\(\s*(?:"([^"]+)"|`([^`]+)`)""")
PLACE = re.compile(r"\\\$\\{.*?\\}")
OWN = ("language.name", "language.tag")
"""Texts that pages read of every language, whichever is spoken."""


@dataclass(frozen=True)
class Page:
    """A page of a folder: its file, the scripts it loads in turn, where its name leads home ('': nowhere)."""

    file: str
    scripts: Sequence[str]
    home: str = "index.html"


SCENE = ("texts.js", "page.js", "plotly.js", "scene.js")
"""Scripts of a page that shows figures."""


def document(page: Page, *, app: str, models: Sequence[str] = (), styles: Sequence[str] = STYLES) -> str:
    """The page's HTML, which loads its scripts; it knows the models and where the app answers."""
    sheets = [f'<link rel="stylesheet" href="{name}">' for name in styles]
    scripts = [f'<script src="{name}"></script>' for name in page.scripts]
    return _filled(page.home, app, models, "", sheets, scripts)


def single_file(shown: Shown, app: str, language: str) -> str:
    """One state of a page as one HTML file, in the language that it is shown in."""
    state = {language: {"wide": [state_of(shown, app)]}}
    scripts = {**shared(), "texts.js": texts_script((language,))}
    scene = f"showScene({json.dumps(packed(state))});"
    return standalone([*(scripts[name] for name in SCENE), scene], app=app)


def standalone(
    scripts: Sequence[str],
    *,
    app: str,
    models: Sequence[str] = (),
    state: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """A page as one HTML file, its scripts within; `state` is what its address would say."""
    sheets = [f"<style>\n{shared()[name]}</style>" for name in STYLES]
    within = [f"<script>\n{_within_html(text)}\n</script>" for text in scripts]
    return _filled("", app, models, urlencode(state), sheets, within)


@cache
def shared() -> Mapping[str, str]:
    """Scripts and styles that every folder has, by file."""
    written = {
        path.name: path.read_text("utf-8") for kind in ("js", "css") for path in SITE.glob(f"*.{kind}")
    }
    return written | {"look.css": look(), "plotly.js": get_plotlyjs(), "texts.js": texts_script()}


def state_of(shown: Shown, app: str) -> dict[str, Any]:
    """What a page shows, as plain values."""
    return {
        "title": shown.title,
        "sentence": shown.sentence,
        "provenance": shown.provenance,
        "link": f"{app}/{'' if shown.page == 'explore' else shown.page}?{urlencode(shown.query)}",
        "charts": [plain_figure(chart.figure) | {"alt": chart.alt} for chart in shown.charts],
    }


def packed(data: Any) -> str:
    """Data as compressed text, which `unpacked` in `site/scene.js` reads."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8"), mtime=0)).decode("ascii")


def plain_figure(figure: go.Figure) -> dict[str, Any]:
    """A figure's data, layout and frames as plain values."""
    parts = figure.to_plotly_json()
    return {name: _plain(parts[name]) for name in ("data", "layout", "frames") if parts.get(name)}


def _plain(value: Any) -> Any:
    """The same as lists and rounded numbers; what JSON has no word for is null."""
    if isinstance(value, Mapping) and "bdata" in value:  # numbers as Plotly packs them
        numbers = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        shape = [int(size) for size in str(value.get("shape", numbers.size)).split(",")]
        return _plain(numbers.reshape(shape))
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
    return value


def asked_for() -> Iterator[str]:
    """The texts that the scripts' calls of t() ask for, as regular expressions."""
    for path in sorted(SITE.glob("*.js")):
        for plain, template in CALL.findall(path.read_text("utf-8")):
            yield re.escape(plain) if plain else PLACE.sub("[a-z_0-9]+", re.escape(template))


def texts_script(spoken: Sequence[str] = ()) -> str:
    """`TEXTS`: by language and key, whatever the scripts ask for; of all languages unless some are named."""
    patterns = [re.compile(pattern) for pattern in {*asked_for(), *map(re.escape, OWN)}]
    keys = [key for key in catalogue("en") if any(pattern.fullmatch(key) for pattern in patterns)]
    english = catalogue("en")
    texts = {
        each: {key: catalogue(each).get(key, english[key]) for key in keys} for each in spoken or languages()
    }
    return f'"use strict";\nconst TEXTS = {json.dumps(texts, ensure_ascii=False, indent=0)};\n'


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


def _filled(
    home: str, app: str, models: Sequence[str], state: str, sheets: Sequence[str], scripts: Sequence[str]
) -> str:
    return Template((SITE / "page.html").read_text("utf-8")).substitute(
        home=html.escape(home),
        app=html.escape(app),
        state=html.escape(state),
        models=html.escape(json.dumps(list(models))),
        dark=html.escape(json.dumps(dark_colours())),
        title=translate("app.name", "en"),
        styles="\n".join(sheets),
        scripts="\n".join(scripts),
    )


def _within_html(script: str) -> str:
    """A script that may stand between tags: nothing in it ends them."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
