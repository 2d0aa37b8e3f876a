"""The Training dynamics page: gradient flow of linear attention, animated, beside its exact limit."""

from __future__ import annotations

from dashboard import frame
from dashboard.dynamics import code, knobs, numbers, picture, words
from dashboard.dynamics.view import dynamics_of, start
from dashboard.frame import exports
from dashboard.frame.moment import follow
from dashboard.frame.texts import t
from dashboard.frame.url_state import sentence
from dashboard.lecture.stage import stage
from dashboard.say.cited import cited
from icl_core.specs import SpecError

with frame.net():
    state, library = frame.begin("training_dynamics", lambda _: start())
    cited(state.presentation, library)
    notices = list(state.notices)
    try:
        spec = dynamics_of(state.settings)
    except SpecError as error:
        notices.append(t("dynamics.refused", fault=sentence(error)))
        spec = dynamics_of(start())
    trained = numbers.trajectory_of(spec)

    frame.sidebar(
        state,
        pretraining=lambda: knobs.prompt_knobs(state),
        evaluation=lambda: knobs.start_knobs(state, trained.largest_init_scale),
    )
    frame.warn(notices)

    run = picture.sgd_run(state, trained)
    sentence = words.reading(trained)
    if not state.presentation.present:
        knobs.pictures(state)
    frame.title(words.title(trained))
    with frame.figure_place(state.presentation.present):
        picture.animation(state, trained, run, sentence)
    stage(state)
    frame.read_aloud(sentence, words.provenance(trained))
    follow(words.moments(trained, state.view.log_time(trained)))
    picture.sgd_sentence(trained, run)

    if not state.presentation.present:
        picture.scale_and_balance(state, trained)
        picture.formulas(trained)
        frame.explain(
            state, ("detail", t("dynamics.what")), ("try", t("dynamics.try")), ("paper", t("dynamics.paper"))
        )
        exports.numbers_section(code.numbers_table(trained))
        exports.take_away(code.files(trained), python=code.python_code(trained))

    frame.end(state, cfg=spec.hash)
