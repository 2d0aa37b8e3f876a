"""Beyond the mixture: functions that pretraining had not, drawn with what each learner makes of them."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from dashboard.beyond import claimed, code, knobs, numbers, picture, words
from dashboard.beyond.view import current, fitted, read_out, start
from dashboard.frame import exports
from dashboard.frame.texts import joined, t
from dashboard.say.cited import cited
from dashboard.say.learners import learner_names
from icl_core.library.finding import waiting

state, library = frame.begin("beyond_the_mixture", lambda library: start(library.specs()))
cited(state.presentation, library)
experiment = fitted(state.experiment, state.default.experiment)
main = experiment.pretraining
learners = numbers.Learners.of(main, library)
names = learner_names(main, library)
parameter, k = current(experiment).parameter, read_out(experiment, state.view)

frame.sidebar(
    state,
    evaluation=lambda: knobs.tested_on(state, experiment),
    pretraining=lambda: knobs.pretrained_on(state, experiment, state.models, learners),
)
frame.warn((*state.notices, *words.notices(state, main)), learners.faults)

with st.spinner(t("figure.waiting"), show_time=True):
    shown = learners.shown(parameter, state.view, swept=False)
    functions = numbers.drawn(experiment, state.view.prompt, learners, shown, library)
    swept = learners.shown(parameter, state.view, swept=True)
    curves = numbers.swept(experiment, learners, swept, library)

sentence = words.reading(experiment, curves, k)
if not state.presentation.present:
    knobs.pictures(state, experiment)
frame.title(words.title(experiment, curves, k))
left, right = st.columns([6, 5], gap="medium")
with left:
    picture.draw_functions(functions, names, state.presentation, k=k, shown=shown, alt=sentence)
with right:
    picture.draw_sweep(
        experiment, curves, names, state.presentation, k=k, log_axis=state.view.log, alt=sentence
    )
cards = learners.cards(swept)
frame.read_aloud(sentence, words.provenance(experiment, cards.pop("transformer", None), [*cards.values()]))
claimed.claims_line(experiment, curves, k)

if not state.presentation.present:
    lacking = waiting(main, library)
    if lacking:
        st.info(t("beyond.waiting", models=joined("names", lacking)), icon=":material/hourglass_empty:")
    knobs.shown_knobs(state, experiment, learners, names)
    frame.explain(("what", t("beyond.what")), ("try", t("beyond.try")))
    exports.numbers_section(picture.numbers_table(experiment, curves, names, k))
    knobs.networks(state, library)
    code.take_away(experiment, curves, k)

frame.end(state, cfg=experiment.hash, k=k, prompt=state.view.prompt)
