"""'Watch it learn': trainings of the library, replayed by the app's own pages checkpoint by checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.frame.texts import languages, speaking, translate
from dashboard.lecture.format import Scene
from dashboard.pack.scenes import identifier
from dashboard.say.describe import pretraining_data
from icl_core.library import Card, Library
from icl_core.library.finding import is_main

FLOW = "linear-attention"
"""Linear attention, whose training is a flow that can be computed."""

USUAL = ("narrow", "linear-sinusoid-small", "identity-d8", FLOW)
"""Models that began from nothing, so that there is something to watch."""


@dataclass(frozen=True)
class Training:
    """A training by its name: the scene that replays it, and what it is by language."""

    name: str
    scene: Scene
    title: dict[str, str]
    about: dict[str, str]
    in_lab: bool


def trainings(library: Library, names: Iterable[str] = USUAL) -> tuple[Training, ...]:
    """The named trainings, in that order; models without checkpoints on their cards are passed over."""
    found = []
    for name in names:
        entry = library.find(name)
        if name == FLOW:
            found.append(_of_flow())
        elif entry is not None and entry.card is not None and entry.card.history:
            found.append(_of_model(entry.card))
    return tuple(found)


def trainings_script(found: Iterable[Training], in_pack: Iterable[str]) -> str:
    """`TRAININGS`: names and texts, and which scene replays each; `in_pack` are the models that run there."""
    there = set(in_pack)
    told = [
        {
            "name": training.name,
            "id": identifier(training.scene),
            "title": training.title,
            "about": training.about,
            "in_lab": training.in_lab and training.name in there,
        }
        for training in found
    ]
    return (
        f'"use strict";\nconst TRAININGS = {json.dumps(told, ensure_ascii=False, separators=(",", ":"))};\n'
    )


def _of_model(card: Card) -> Training:
    about = {}
    for language in languages():
        with speaking(language):
            about[language] = pretraining_data(card.spec)
    title = dict.fromkeys(languages(), card.name)
    scene = Scene(f"library?played={card.name}", card.name, minutes=1)
    return Training(card.name, scene, title, about, is_main(card.spec))


def _of_flow() -> Training:
    title = {language: translate("navigation.linear_attention", language) for language in languages()}
    about = {language: translate("pack.learn.flow", language) for language in languages()}
    scene = Scene("training_dynamics?sigma=0.1", "page.training_dynamics", minutes=1)
    return Training(FLOW, scene, title, about, in_lab=False)
