"""Published weights give the published network's predictions, on every page."""

from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from torch import Tensor, nn

from icl_core.__main__ import main
from icl_core.library import default_library
from icl_core.library.garg import imported, specified
from icl_core.specs import SpecError

CONFIG: dict[str, Any] = {
    "model": {"family": "gpt2", "n_dims": 5, "n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 21},
    "training": {
        "data": "gaussian",
        "task": "linear_regression",
        "task_kwargs": {},
        "train_steps": 500001,
        "batch_size": 64,
        "learning_rate": 0.0001,
        "curriculum": {"dims": {"start": 5, "end": 5}, "points": {"start": 11, "end": 11}},
    },
}
D, POINTS = 5, 11


class Published(nn.Module):
    """GPT-2 between two linear maps, as the paper describes it, by Hugging Face's backbone."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import GPT2Config, GPT2Model

        sizes = {"n_positions": 42, "n_embd": 32, "n_layer": 3, "n_head": 4}
        self._read_in = nn.Linear(D, 32)
        self._backbone = GPT2Model(GPT2Config(**sizes, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0))
        self._read_out = nn.Linear(32, 1)

    def forward(self, xs: Tensor, ys: Tensor) -> Tensor:
        labels = torch.cat([ys[..., None], torch.zeros(*ys.shape, D - 1)], -1)
        tokens = torch.stack([xs, labels], 2).flatten(1, 2)  # [B, N, 2, D] -> [B, 2N, D]
        hidden = self._backbone(inputs_embeds=self._read_in(tokens)).last_hidden_state
        return self._read_out(hidden)[:, ::2, 0]


@pytest.fixture(scope="module")
def published() -> Published:
    """Random weights, none of which is left at a value that hides it."""
    torch.manual_seed(1)
    network = Published().eval().requires_grad_(False)
    for name, parameter in network.named_parameters():
        gain = 1.0 if "ln_" in name and name.endswith("weight") else 0.0
        parameter.copy_(gain + 0.2 * torch.randn_like(parameter))
    return network


def files(folder: Path, state: object, **training: object) -> tuple[Path, Path]:
    config = {**CONFIG, "training": {**CONFIG["training"], **training}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    torch.save(state, folder / "state.pt")
    return folder / "state.pt", folder / "config.yaml"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "options", "ratio"),
    [
        ("linear_regression", {}, 1.0),
        ("sparse_linear_regression", {"sparsity": 2}, (2 / D) ** 0.5),
        ("relu_2nn_regression", {"hidden_layer_size": 7}, 1.0),
    ],
)
def test_predictions_are_those_of_the_published_network(
    published: Published, tmp_path: Path, task: str, options: dict[str, int], ratio: float
) -> None:
    """Our labels of a sparse function are its own over `ratio`: so are the predictions."""
    state = {"model_state_dict": published.state_dict(), "train_step": 3}
    trained = imported(*files(tmp_path, state, task=task, task_kwargs=options))
    xs, ys = torch.randn(4, POINTS, D), torch.randn(4, POINTS)
    with torch.no_grad():
        theirs, ours = published(xs, ys), trained.network(xs, ys / ratio) * ratio
        at_end = trained.network.answer(xs[:, :-1], ys[:, :-1] / ratio, xs[:, -1]) * ratio
    scale = theirs.std()
    assert (ours - theirs).abs().max() <= 1e-5 * scale
    assert (at_end - theirs[:, -1]).abs().max() <= 1e-5 * scale


@pytest.mark.slow
def test_the_command_adds_it_to_the_library(
    published: Published, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, config = files(tmp_path, published.state_dict())
    assert main(["import", "garg", str(state), str(config), "--name", "theirs", "--licence", "MIT"]) == 0
    entry = default_library().find("theirs")
    assert entry is not None
    assert entry.card is not None
    assert entry.card.note == (
        "Imported, not trained here: Garg et al., arXiv 2208.01066, file state.pt; licence: MIT."
    )
    assert entry.card.errors, "graded as a trained model is"
    assert entry.card.spec.context_length == POINTS - 1
    assert default_library().verify(entry) == ""
    assert "theirs is in" in capsys.readouterr().out


def test_faults_are_sentences(tmp_path: Path) -> None:
    state, config = files(tmp_path, {"_read_in.weight": torch.zeros(32, D)})
    with pytest.raises(ValueError, match=r"state.pt has no tensor '_backbone.h.0.attn.c_attn.weight'"):
        imported(state, config)
    with pytest.raises(ValueError, match="holds no state dict"):
        imported(files(tmp_path, [1, 2])[0], config)
    state.write_bytes(b"no weights")
    with pytest.raises(ValueError, match=r"state.pt is no file of weights alone"):
        imported(state, config)
    with pytest.raises(ValueError, match=r"training\.task = 'decision_tree': known are linear_regression"):
        specified(files(tmp_path, {}, task="decision_tree")[1])
    with pytest.raises(ValueError, match="lacks the field 'sparsity'"):
        specified(files(tmp_path, {}, task="sparse_linear_regression")[1])
    with pytest.raises(SpecError, match=r"positions = 21"):
        specified(files(tmp_path, {}, curriculum={"points": {"end": 41}})[1])
    config.write_text("[1, 2", "utf-8")
    with pytest.raises(ValueError, match=r"config.yaml is no YAML"):
        specified(config)
    config.write_text("3", "utf-8")
    with pytest.raises(ValueError, match="do not nest"):
        specified(config)


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path) -> None:
    class Runs:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    state, config = files(tmp_path, {"model_state_dict": Runs()})
    with pytest.raises(ValueError, match="no file of weights alone"):
        imported(state, config)
    assert not (tmp_path / "ran").exists()
