"""View settings: what a page shows of an experiment. They live in the URL and are no part of any hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from icl_core.specs import Spec, require


@dataclass(frozen=True)
class View(Spec):
    """Base of view settings: flags are 1 and 0 in the URL, lists are words with spaces between."""

    def to_query(self) -> dict[str, str]:
        return {name: _short(value) for name, value in self.to_dict().items()}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        flags = {"1": "true", "0": "false"}
        booleans = {name for name, kind in cls.__annotations__.items() if kind in ("bool", "bool | None")}
        return cls.from_dict(
            {name: flags.get(value, value) if name in booleans else value for name, value in query.items()}
        )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The URL parameters that belong to this view."""
        return tuple(cls.__dataclass_fields__)


@dataclass(frozen=True)
class Presentation(View):
    """How every page speaks and looks: language (None: the browser's), a lecture's large type, controls left
    out by name; the claim that it was opened from; the scene of a lecture that it is, from 0; and the query
    of a link to the same page whose curves stay on as faint ones."""

    lang: str | None = None
    present: bool = False
    hide: tuple[str, ...] = ()
    claim: str | None = None
    lecture: str | None = None
    scene: int = 0
    pin: str | None = None

    def __post_init__(self) -> None:
        from dashboard.frame.texts import languages
        from icl_core.claims import CLAIMS

        known = self.lang is None or self.lang in languages()
        require(known, "lang", self.lang, "one of {names}", names=", ".join(languages()))
        ids = [claim.id for claim in CLAIMS]
        require(
            self.claim is None or self.claim in ids,
            "claim",
            self.claim,
            "one of {names}",
            names=", ".join(ids),
        )
        plain = (self.lecture or "").replace("-", "").replace("_", "")
        named = self.lecture is None or (plain.isascii() and plain.isalnum())
        require(named, "lecture", self.lecture, "a lecture's name: letters, digits and hyphens")
        require(0 <= self.scene < 1000, "scene", self.scene, "the number of a scene, from 0")
        require(self.pin != "", "pin", self.pin, "the query of a link to this page")


Unit = Literal["here", "unshifted"]
UNITS: tuple[Unit, ...] = ("here", "unshifted")


@dataclass(frozen=True)
class CurveView(View):
    """A learning curve: read-out k (None: the trained length), methods shown (none: the usual), whether the
    error axis is logarithmic (None: where a linear one loses what the figure is about), whether the curves
    wait until they are asked for, and what errors are divided by: what predicting zero costs here, under the
    shift, or without it."""

    k: int | None = None
    log: bool | None = None
    show: tuple[str, ...] = ()
    predict: bool = False
    unit: Unit = "here"

    def __post_init__(self) -> None:
        require(self.k is None or self.k >= 0, "k", self.k, "0 or more examples")


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value)
