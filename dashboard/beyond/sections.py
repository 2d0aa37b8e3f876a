"""The page around its figures: what is missing, pictures to start from, numbers, exports, networks."""

from __future__ import annotations

import json
from collections.abc import Mapping

import streamlit as st

from dashboard.beyond import charts, knobs
from dashboard.beyond.measured import Curves, Learners
from dashboard.beyond.scene import BeyondView, read_out, sweep_of
from dashboard.frame import exports
from dashboard.frame.page import explain
from dashboard.frame.texts import joined, t
from dashboard.frame.url_state import UrlState
from dashboard.one_input.models import is_main, waiting
from icl_core.data.function_classes import Dense, ReluNetwork
from icl_core.library import Library
from icl_core.specs import Experiment, Pretraining

State = UrlState[BeyondView]

SNIPPET = """\
from icl_core.evaluation.family_sweep import FamilySweep
from icl_core.library import default_library
from icl_core.library.sweeps import cached_ideal_sweep, cached_model_sweep

library = default_library()
sweep = FamilySweep.from_json('''{sweep}''')
bayes = cached_ideal_sweep(sweep, "bayes", library)
model = cached_model_sweep(sweep, library.find("{main}"), library)

for value, ideal, error in zip(sweep.values, bayes.mean, model.mean):
    print(f"{{value:5g}}  Bayes {{ideal[{k}]:.4f}}  transformer {{error[{k}]:.4f}}")
"""


def notices(state: State, main: Pretraining) -> list[str]:
    """Sentences about a link that this page cannot show as it is, and about models that are missing."""
    said = []
    if not is_main(state.experiment.pretraining):
        said.append(t("beyond.notice.other", name=t("page.explore")))
    if state.view.k is not None and state.view.k > main.context_length:
        said.append(t("notice.clamped", asked=state.view.k, k=main.context_length))
    return said


def below(
    state: State,
    experiment: Experiment,
    learners: Learners,
    curves: Curves,
    names: Mapping[str, str],
    library: Library,
) -> None:
    """Everything under the figures."""
    lacking = waiting(experiment.pretraining, library)
    if lacking:
        st.info(t("beyond.waiting", models=joined("names", lacking)), icon=":material/hourglass_empty:")
    knobs.shown_knobs(state, experiment, learners, names)
    explain(("what", t("beyond.what")), ("try", t("beyond.try")))
    exports.numbers_section(charts.numbers_table(experiment, curves, names, read_out(experiment, state.view)))
    with st.expander(t("beyond.networks"), icon=":material/hub:"):
        _networks(state, library)
    _take_away(experiment, curves, read_out(experiment, state.view))


def _networks(state: State, library: Library) -> None:
    """Linear functions and ReLU networks: their learning curves stand on the Explore page."""
    found = {
        name: spec
        for name, spec in library.specs().items()
        if [family.kind for family in spec.mixture.families] == [Dense.kind, ReluNetwork.kind]
    }
    st.markdown(t("beyond.networks.text"))
    if not found:
        st.caption(t("beyond.waiting", models="dense-relu-d8"))
    for name in found:
        for family in (Dense(), ReluNetwork()):
            st.page_link(
                "app.py",
                label=t("beyond.networks.link", name=name, family=t(f"beyond.family.{family.kind}")),
                query_params={
                    "model": name,
                    "evaluation.function_class": family.kind,
                    **state.presentation.to_query(),
                },
            )


def _take_away(experiment: Experiment, curves: Curves, k: int) -> None:
    sweep = sweep_of(experiment)
    data = {
        "sweep": sweep.to_dict(full=True),
        "sweep_hash": sweep.hash,
        "values": sweep.values,
        "error": "curves[learner][value][k], over v",
        "curves": {name: curve.to_dict() for name, curve in curves.items()},
    }
    text = json.dumps(data, indent=1, allow_nan=False) + "\n"
    exports.take_away(
        [exports.Download("json", text, f"{charts.sweep_stem(experiment)}.json")],
        python=SNIPPET.format(sweep=sweep.to_json(full=True), main=experiment.pretraining.hash, k=k),
    )
