"""The file of a lecture: its scenes in order, each a link, a question, minutes and notes.

`docs/lectures/FORMAT.md` describes it for those who write one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from dashboard.frame.navigation import GROUPS
from dashboard.frame.texts import FALLBACK, catalogue, spoken
from icl_core.specs import Spec, require

FOLDER = Path(__file__).resolve().parent.parent / "lectures"
PAGES = tuple(link.name for links in GROUPS.values() for link in links if link.name != "lecture")
MOST_SCENES, MOST_STOPS = 60, 24
LONGEST = 20_000  # letters of one text


@dataclass(frozen=True)
class Stop(Spec):
    """A stop of a scene's slider: what it is called, and what of the scene's link is otherwise there."""

    label: str
    query: str

    def __post_init__(self) -> None:
        require(0 < len(self.label) <= 40, "label", self.label, "1 to 40 letters")
        _check_query(self.query)


@dataclass(frozen=True)
class Slider(Spec):
    """The one thing that is turned in a scene: its name, its stops, and the number of the first one shown."""

    label: str
    stops: tuple[Stop, ...]
    start: int = 0

    def __post_init__(self) -> None:
        count = len(self.stops)
        require(2 <= count <= MOST_STOPS, "stops", count, "2 to {most} stops", most=MOST_STOPS)
        require(
            0 <= self.start < count, "start", self.start, "0 to {most}, the number of a stop", most=count - 1
        )


@dataclass(frozen=True)
class Scene(Spec):
    """A moment of a lecture. `link` is a page of the explorer and a query, as in its address bar."""

    link: str
    title: str
    minutes: float
    question: str = ""
    notes: str = ""
    slider: Slider | None = None

    def __post_init__(self) -> None:
        require(
            self.page in PAGES,
            "link",
            self.link,
            "one of {names}, then ? and a query",
            names=", ".join(PAGES),
        )
        _check_query(self.link.partition("?")[2])
        require(bool(self.title.strip()), "title", self.title, "a text")
        require(0 < self.minutes <= 240, "minutes", self.minutes, "a number up to 240")
        for name in ("title", "question", "notes"):
            text = getattr(self, name)
            require(len(text) <= LONGEST, name, text, "at most {most:,} letters", most=LONGEST)

    @property
    def page(self) -> str:
        """The page's name, as `dashboard.frame.navigation` has it."""
        return self.link.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the link."""
        return dict(parse_qsl(self.link.partition("?")[2], keep_blank_values=True))

    @property
    def states(self) -> tuple[dict[str, str], ...]:
        """The parameters at each stop of the slider; of a scene without one, its own alone."""
        if self.slider is None:
            return (self.query,)
        turned = (dict(parse_qsl(stop.query, keep_blank_values=True)) for stop in self.slider.stops)
        return tuple(self.query | change for change in turned)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is said, as the file has it."""
        return (self.title, self.question, self.notes, *((self.slider.label,) if self.slider else ()))

    @property
    def start(self) -> int:
        """The number of the state that is shown first."""
        return self.slider.start if self.slider else 0


@dataclass(frozen=True)
class Lecture(Spec):
    """A lecture by its name, which is also its file's. A text is a key of the catalogues or said as it is."""

    name: str
    title: str
    scenes: tuple[Scene, ...]
    text: str = ""

    def __post_init__(self) -> None:
        plain = self.name.replace("-", "").replace("_", "")
        require(plain.isascii() and plain.isalnum(), "name", self.name, "letters, digits and hyphens")
        require(bool(self.title.strip()), "title", self.title, "a text")
        require(
            1 <= len(self.scenes) <= MOST_SCENES,
            "scenes",
            len(self.scenes),
            "1 to {most} scenes",
            most=MOST_SCENES,
        )

    @property
    def minutes(self) -> float:
        """How long all scenes take."""
        return sum(scene.minutes for scene in self.scenes)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is said, as the file has it."""
        own = (self.title, self.text)
        return own + tuple(text for scene in self.scenes for text in scene.texts)


def said(text: str, language: str | None = None) -> str:
    """A text of a lecture: of the catalogue where it is one of its keys, else as it stands."""
    return catalogue(language or spoken()).get(text) or catalogue(FALLBACK).get(text, text)


def link_to(page: str, query: dict[str, str]) -> str:
    """The inverse of `Scene.page` and `Scene.query`."""
    return f"{page}?{urlencode(query)}" if query else page


@cache
def shipped() -> tuple[Lecture, ...]:
    """The lectures that come with the explorer, shortest first."""
    found = [Lecture.from_json(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    return tuple(sorted(found, key=lambda lecture: lecture.minutes))


def _check_query(query: str) -> None:
    try:
        parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        require(False, "query", query, "parameters as in a link: name=value&name=value")
