"""The network in the page against the one in PyTorch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from dashboard.frame.site import SITE, Page, document
from dashboard.pack.models import PackedModel, packed_models
from dashboard.pack.weights import model_script
from icl_core.library import Card, Library
from icl_core.models import Transformer, TransformerNetwork
from icl_core.specs import Pretraining

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.browser

LIMIT = 1e-4  # of the labels' scale
PROMPTS, QUERIES = 3, 5
KINDS = [
    (layout, mlp, normalisation)
    for layout in ("paired", "interleaved")
    for mlp in ("glu", "gelu")
    for normalisation in ("rms", "layer")
]

PREDICT = """
async ([name, prompts]) => {
  await ICL.load(name);
  const found = prompts.map(({ xs, ys, queries }) => ICL.predict(name, xs, ys, queries));
  delete ICL.networks[name];
  return found;
}
"""
STEPWISE = """
async ([name, { xs, ys, queries }]) => {
  await ICL.load(name);
  const prompt = new Prompt(ICL.network(name)), found = [];
  const answered = (k) => prompt.read(xs.slice(0, k), ys.slice(0, k)).answer(queries);
  for (let k = 0; k <= xs.length; k++) found.push(answered(k));
  xs[1] = xs[1].map((x) => x + 1); // a pair in the middle moves, and the last one goes
  found.push(answered(xs.length - 1));
  return found;
}
"""
REFUSED = """
async ([name, count, inputs]) => {
  await ICL.load(name);
  const nothing = Array(inputs).fill(0);
  try {
    ICL.predict(name, Array(count).fill(nothing), Array(count).fill(0), [nothing]);
  } catch (error) {
    return error.message;
  }
}
"""


def small(layout: str, mlp: str, normalisation: str) -> PackedModel:
    """A network of random weights, no part of which is the identity or zero."""
    model = Transformer(layers=3, heads=2, width=24, layout=layout, mlp=mlp, normalisation=normalisation)  # type: ignore[arg-type]
    spec = Pretraining(dimension=3, context_length=6, model=model)
    network = model.build(3, 6, spec.label_variance**0.5)
    assert isinstance(network, TransformerNetwork)
    generator = torch.Generator().manual_seed(7)
    for parameter in network.parameters():
        drawn = torch.randn(parameter.shape, generator=generator)
        parameter.data = drawn / math.sqrt(parameter.shape[-1])
    count = sum(parameter.numel() for parameter in network.parameters())
    return PackedModel(Card(f"{layout}-{mlp}-{normalisation}", spec, 0.0, "float32", count, "", ()), network)


@pytest.fixture(scope="module")
def models(shipped: Library) -> dict[str, PackedModel]:
    """Every shipped transformer, and one small network of each kind."""
    names = [card.name for card in shipped.cards() if isinstance(card.spec.model, Transformer)]
    ours = (small(*kind) for kind in KINDS)
    return {**packed_models(shipped, names), **{each.name: each for each in ours}}


@pytest.fixture(scope="module")
def page_with_all(models: dict[str, PackedModel], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address, on the disk, of a page without anything but the models."""
    folder = tmp_path_factory.mktemp("all")
    (folder / "models").mkdir()
    for name, model in models.items():
        (folder / "models" / f"{name}.js").write_text(model_script(model), "utf-8")
    for script in ("transformer.js", "models.js"):
        (folder / script).write_text((SITE / script).read_text("utf-8"), "utf-8")
    (folder / "drawn.js").write_text("document.documentElement.dataset.drawn = '1'", "utf-8")
    page = Page("page.html", ("transformer.js", "models.js", "drawn.js"))
    (folder / page.file).write_text(document(page, app="", models=list(models), styles=()), "utf-8")
    return (folder / page.file).as_uri()


def random_prompts(model: PackedModel) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Prompts of several lengths, up to the trained one: xs, ys and queries of each."""
    spec, found = model.card.spec, []
    generator = torch.Generator().manual_seed(11)
    for number in range(PROMPTS):
        k = spec.context_length * (number + 1) // PROMPTS
        xs = torch.randn(k, spec.dimension, generator=generator)
        slope = torch.randn(spec.dimension, generator=generator)
        noise = spec.label_variance**0.5 * torch.randn(k, generator=generator)
        queries = torch.randn(QUERIES, spec.dimension, generator=generator)
        found.append((xs, xs @ slope if number % 2 else noise, queries))
    return found


def expected(model: PackedModel, xs: Tensor, ys: Tensor, queries: Tensor) -> Tensor:
    count = len(queries)
    with torch.no_grad():
        return model.network.answer(xs.expand(count, *xs.shape), ys.expand(count, *ys.shape), queries)


def as_json(xs: Tensor, ys: Tensor, queries: Tensor) -> dict[str, object]:
    return {"xs": xs.tolist(), "ys": ys.tolist(), "queries": queries.tolist()}


def test_every_transformer_predicts_as_in_pytorch(
    models: dict[str, PackedModel], page_with_all: str, opened: Callable[..., Tab]
) -> None:
    page, gaps = opened(page_with_all), {}
    assert page.evaluate("ICL.models") == list(models)
    for name, model in models.items():
        prompts = random_prompts(model)
        found = page.evaluate(PREDICT, [name, [as_json(*prompt) for prompt in prompts]])
        wanted = torch.stack([expected(model, *prompt) for prompt in prompts])
        assert float(wanted.std()) > 0.05
        gaps[name] = float((torch.tensor(found) - wanted).abs().max()) / model.card.spec.label_variance**0.5
    assert {name: gap for name, gap in gaps.items() if not gap <= LIMIT} == {}


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_what_is_kept_of_a_prompt_changes_nothing(
    kind: tuple[str, str, str],
    models: dict[str, PackedModel],
    page_with_all: str,
    opened: Callable[..., Tab],
) -> None:
    """Pairs read one by one, then one moved and one taken away, as in PyTorch without anything kept."""
    model = models["-".join(kind)]
    xs, ys, queries = random_prompts(model)[-1]
    found = opened(page_with_all).evaluate(STEPWISE, [model.name, as_json(xs, ys, queries)])
    wanted = [expected(model, xs[:k], ys[:k], queries) for k in range(len(xs) + 1)]
    moved = xs.clone()
    moved[1] += 1
    wanted.append(expected(model, moved[:-1], ys[:-1], queries))
    torch.testing.assert_close(torch.tensor(found), torch.stack(wanted), atol=1e-5, rtol=0)


def test_a_prompt_too_long_is_refused(
    models: dict[str, PackedModel], page_with_all: str, opened: Callable[..., Tab]
) -> None:
    model, page = models["interleaved-glu-rms"], opened(page_with_all)
    most, inputs = model.network.points - 1, model.card.spec.dimension
    assert page.evaluate(REFUSED, [model.name, most, inputs]) is None
    assert str(most) in page.evaluate(REFUSED, [model.name, most + 1, inputs])
