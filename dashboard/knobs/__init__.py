"""The knobs of an experiment: what the model was pretrained on, and what it is tested on.

Each group shows the few that a lecture needs and keeps the rest under 'More'. `hide=NAME` in the URL leaves a
visible knob out.
"""

from dashboard.knobs.changes import Acting, change_evaluation, change_pretraining
from dashboard.knobs.pretrained_on import pretraining_knobs
from dashboard.knobs.prompts import restart_buttons
from dashboard.knobs.reading import main_knobs, notices, read_out
from dashboard.knobs.tested_on import evaluation_knobs

__all__ = [
    "Acting",
    "change_evaluation",
    "change_pretraining",
    "evaluation_knobs",
    "main_knobs",
    "notices",
    "pretraining_knobs",
    "read_out",
    "restart_buttons",
]
