"""The folder itself: pages and the scripts that they share; none asks a server for anything else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.frame.site import SCENE, Page, document, shared
from dashboard.lecture.format import Lecture
from dashboard.pack.lab import NETWORK, lab_script
from dashboard.pack.learn import Training, trainings_script
from dashboard.pack.models import PackedModel
from dashboard.pack.scenes import Visitor, everyone, lectures_script, scene_scripts
from dashboard.pack.weights import model_script

LAB = (*NETWORK, "lab-data.js", "lab.js")
PAGES = (
    Page("index.html", ("texts.js", "page.js", "lectures.js", "transformer.js", "models.js", "index.js")),
    Page("lab.html", ("texts.js", "page.js", "plotly.js", *LAB, "lab-page.js")),
    Page("lecture.html", (*SCENE, *LAB, "lectures.js", "lecture.js")),
    Page("learn.html", (*SCENE, "trainings.js", "learn.js")),
)


@dataclass(frozen=True)
class Pack:
    """What goes into a folder. `app` is where the live dashboard answers, `visitors` see the scenes."""

    models: Mapping[str, PackedModel]
    lectures: tuple[Lecture, ...]
    trainings: tuple[Training, ...]
    app: str
    visitors: tuple[Visitor, ...] = field(default_factory=everyone)

    def write(self, folder: Path, told: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Writes the folder anew; `told` hears how many of the app's pages are there, and of how many.

        Raises PageFault for a scene that the app cannot show, FileExistsError for a folder that is no pack.
        """
        if folder.exists() and any(folder.iterdir()) and not (folder / NETWORK[0]).exists():
            raise FileExistsError(f"{folder} holds something else than a pack: name another folder.")
        shown = [scene for lecture in self.lectures for scene in lecture.scenes]
        replayed = [training.scene for training in self.trainings]
        scenes = scene_scripts([*shown, *replayed], self.visitors, self.app, told)
        shutil.rmtree(folder, ignore_errors=True)
        models = {f"{name}.js": model_script(model) for name, model in self.models.items()}
        for place, files in (
            (folder, self.files()),
            (folder / "models", models),
            (folder / "scenes", scenes),
        ):
            place.mkdir(parents=True)
            for name, text in files.items():
                (place / name).write_text(text, "utf-8")

    def files(self) -> dict[str, str]:
        """Every file but the models and the scenes, by name."""
        lab = {name: model for name, model in self.models.items() if model.in_lab}
        pages = {page.file: document(page, app=self.app, models=list(self.models)) for page in PAGES}
        made = {
            "lab-data.js": lab_script(lab),
            "lectures.js": lectures_script(self.lectures),
            "trainings.js": trainings_script(self.trainings, self.models),
        }
        return {**shared(), **made, **pages}
