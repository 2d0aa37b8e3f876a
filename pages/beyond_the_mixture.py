"""Beyond the mixture: functions that pretraining had not, drawn with what each learner makes of them."""

from __future__ import annotations

from dashboard import frame
from dashboard.beyond import knobs, show, words
from dashboard.beyond.ladder import found_ladder
from dashboard.beyond.numbers import Learners
from dashboard.beyond.view import Picture, fitted, read_out, start
from dashboard.say.cited import cited
from dashboard.say.learners import learner_names

with frame.net():
    state, library = frame.begin("beyond_the_mixture", lambda library: start(library.specs()))
    cited(state.presentation, library)
    experiment = fitted(state.experiment, state.default.experiment)
    main = experiment.pretraining
    learners, names = Learners.of(main, library), learner_names(main, library)
    ladder, faults = found_ladder(experiment, state.view, library)
    picture: Picture = "sweep" if ladder is None else "ladder"

    frame.sidebar(
        state,
        evaluation=lambda: knobs.tested_on(state, experiment, picture),
        pretraining=lambda: knobs.pretrained_on(state, experiment, state.models, ladder),
    )
    frame.warn((*state.notices, *words.notices(state, main)), (*learners.faults, *faults))

    if not state.presentation.present:
        knobs.pictures(state, experiment, picture)
    if ladder is None:
        show.sweep_picture(state, experiment, learners, names, library)
    else:
        show.ladder_picture(state, experiment, ladder, learners, names, library)

    k = read_out(experiment, state.view)
    frame.end(state, cfg=experiment.hash, picture=picture, k=k, prompt=state.view.prompt)
