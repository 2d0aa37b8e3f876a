"""Models of a setting by their pool: those that share all other data, and no others."""

from dataclasses import replace
from pathlib import Path

from icl_core.library import Library
from icl_core.library.finding import pool_models, pool_name, settings_with_pools
from icl_core.models import LinearAttention, Transformer
from icl_core.specs import Pretraining
from icl_core.training import Trained
from icl_core.training.loop import initial_network

BASE = Pretraining(
    dimension=3, context_length=4, label_noise=0.5, model=Transformer(layers=1, heads=1, width=16)
)


def add(library: Library, spec: Pretraining, name: str) -> None:
    library.add(Trained(spec, initial_network(spec), (), 0.0, "float32"), name)


def test_models_are_found_by_their_pool(tmp_path: Path) -> None:
    library = Library(tmp_path / "shipped", tmp_path / "own")
    add(library, replace(BASE, task_pool=4), "four")
    add(library, replace(BASE, task_pool=4, seed=1), "four again")
    add(library, BASE, "fresh")
    add(library, replace(BASE, task_pool=16, label_noise=0.25), "less noise")
    add(library, replace(BASE, task_pool=16, context_length=5), "longer")
    add(library, replace(BASE, task_pool=16, model=LinearAttention()), "linear attention")
    found = pool_models(library, replace(BASE, task_pool=1024))
    assert {size: card.name for size, card in found.items()} == {4: "four", None: "fresh"}
    assert len(settings_with_pools(library)) == 3


def test_usual_names() -> None:
    assert pool_name(BASE, 4) == "pool-4-d3"
    assert pool_name(BASE, None) == "pool-unlimited-d3"
