"""The folder itself: pages and the scripts that they share; none asks a server for anything else."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.frame.site import SCENE, Page, document, shared
from dashboard.lecture.format import Lecture
from dashboard.pack.lab import lab_script
from dashboard.pack.models import PackedModel
from dashboard.pack.scenes import lectures_script, scene_scripts
from dashboard.pack.weights import model_script

NETWORK = ("transformer.js", "models.js", "learners.js", "lab-data.js", "lab.js")
PAGES = (
    Page("index.html", ("texts.js", "page.js", "lectures.js", "transformer.js", "models.js", "index.js")),
    Page("lab.html", ("texts.js", "page.js", "plotly.js", *NETWORK, "lab-page.js")),
    Page("lecture.html", (*SCENE, *NETWORK, "lectures.js", "lecture.js")),
)


@dataclass(frozen=True)
class Pack:
    """What goes into a folder. `app` is where the live dashboard answers."""

    models: Mapping[str, PackedModel]
    lectures: tuple[Lecture, ...]
    app: str

    def write(self, folder: Path) -> None:
        """Writes the folder anew. Raises PageFault for a scene that the app cannot show."""
        scenes = scene_scripts(self.lectures, self.app)
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
        made = {"lab-data.js": lab_script(lab), "lectures.js": lectures_script(self.lectures)}
        return {**shared(), **made, **pages}
