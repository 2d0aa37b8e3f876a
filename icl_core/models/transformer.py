"""A decoder-only, pre-norm transformer over prompts of (x, y) pairs, top to bottom.

Dimension letters: B prompts, N points, D inputs, T tokens, W width, H heads, C channels of a head, L layers.
The weights of all layers stand in one tensor [L, out, in]: an optimiser can treat them in one batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from icl_core.models.network import InContextNetwork
from icl_core.specs import Model, require

Affine = tuple[Tensor, Tensor | None]
"""A matrix [out, in] and its bias [out], where there is one."""


@dataclass(frozen=True)
class Transformer(Model, kind="transformer"):
    """Architecture of a transformer.

    `layout`: 'interleaved' feeds x_0, y_0, x_1, y_1, ... and predicts at the x tokens, as in Garg et al.
    (arXiv 2208.01066); 'paired' feeds N context tokens (x, y) and N query tokens (x, -), where query k sees
    the pairs before it and itself. `mlp`: 'glu' gates with SiLU (hidden 8/3 of the width), 'gelu' has 4, and
    'gelu_tanh' is its usual approximation. `normalisation` has no parameters; `biases` of the blocks' four
    maps hold the shifts that GPT-2 has there. The position table has rows for `positions` points (default
    2K + 1); rows beyond the trained length stay as initialised.
    """

    grows: ClassVar[bool] = True

    layers: int = 6
    heads: int = 4
    width: int = 96
    layout: Literal["paired", "interleaved"] = "paired"
    mlp: Literal["glu", "gelu", "gelu_tanh"] = "glu"
    normalisation: Literal["rms", "layer"] = "rms"
    positions: int | None = None
    biases: bool = False

    def __post_init__(self) -> None:
        require(1 <= self.layers <= 48, "layers", self.layers, "1 to 48")
        require(1 <= self.heads <= 32, "heads", self.heads, "1 to 32")
        require(8 <= self.width <= 2048, "width", self.width, "8 to 2048")
        require(
            self.width % self.heads == 0,
            "width",
            self.width,
            "a multiple of the {heads} heads",
            heads=self.heads,
        )
        if self.positions is not None:
            require(2 <= self.positions <= 4096, "positions", self.positions, "2 to 4096 points")

    @property
    def hidden(self) -> int:
        """Hidden units of the MLP."""
        return 8 * self.width // 3 // 16 * 16 if self.mlp == "glu" else 4 * self.width

    def longest_context(self, context_length: int) -> int:
        return self.positions - 1 if self.positions else 2 * context_length

    def build(self, dimension: int, context_length: int, scale: float) -> TransformerNetwork:
        """Raises SpecError where the position table is shorter than the trained prompts."""
        points, rows = context_length + 1, self.longest_context(context_length) + 1
        require(
            rows >= points,
            "positions",
            rows,
            "at least the {points} points of a training prompt",
            points=points,
        )
        return TransformerNetwork(self, dimension, rows, scale)


class TransformerNetwork(InContextNetwork):
    """The network of a `Transformer`: predictions for all prefixes of a prompt in one pass.

    `compute` is the type of products and attention (bfloat16 speeds up training on processors that have it);
    parameters, embedding and read-out are float32. Labels are divided by `scale` on the way in.
    """

    def __init__(self, spec: Transformer, dimension: int, positions: int, scale: float) -> None:
        super().__init__()
        self.spec, self.scale, self.compute = spec, scale, torch.float32
        layers, width, hidden = spec.layers, spec.width, spec.hidden
        gates = 2 if spec.mlp == "glu" else 1
        tokens = 2 if spec.layout == "interleaved" else 1
        self.embed = nn.Linear(dimension + 2, width)  # x, y, and whether y is asked for
        self.position = nn.Parameter(0.02 * torch.randn(tokens * positions, width))
        self.attend = _matrices(layers, 3 * width, width)
        self.project = nn.Parameter(torch.zeros(layers, width, width))  # each block starts as the identity
        self.widen = _matrices(layers, gates * hidden, width)
        self.narrow = nn.Parameter(torch.zeros(layers, width, hidden))
        if spec.biases:
            outputs = {"attend": 3 * width, "project": width, "widen": gates * hidden, "narrow": width}
            self.biases = nn.ParameterDict({name: torch.zeros(layers, out) for name, out in outputs.items()})
        self.read = nn.Linear(width, 1)

    @property
    def inputs(self) -> int:
        return self.embed.in_features - 2

    @property
    def points(self) -> int:
        """The longest prompt that the position table has rows for."""
        return len(self.position) // (2 if self.spec.layout == "interleaved" else 1)

    def matrices(self) -> list[nn.Parameter]:
        """The stacked hidden matrices [L, out, in], which Muon trains; all else goes to Adam."""
        return [self.attend, self.project, self.widen, self.narrow]

    def grow_from(self, smaller: InContextNetwork) -> None:
        """Takes over the weights of a network of at most as many inputs and positions.

        The first inputs and positions keep theirs. Further inputs get weights of zero, so that the prediction
        is the smaller network's until they have learned something; further positions stay as they are.
        """
        known = smaller.state_dict()
        embed, position = torch.zeros_like(self.embed.weight), self.position.detach().clone()
        columns, rows = known["embed.weight"], known["position"]  # [W, inputs, y and the flag], [rows, W]
        embed[:, : columns.shape[1] - 2] = columns[:, :-2]
        embed[:, -2:] = columns[:, -2:]
        position[: len(rows)] = rows
        self.load_state_dict(known | {"embed.weight": embed, "position": position})

    def forward(self, xs: Tensor, ys: Tensor, queries: Tensor | None = None) -> Tensor:
        """Predictions [B, N] for xs [B, N, D], ys [B, N]; entry k answers queries[:, k] (default xs[:, k])
        from the pairs before k. Raises ValueError for more points than the position table has rows."""
        self._check(xs.shape[1])
        assemble = _paired if self.spec.layout == "paired" else _interleaved
        tokens, rows, visible, asked = assemble(xs.float(), ys.float() / self.scale, queries)
        return self._run(tokens, rows, visible, asked)

    def answer(self, xs: Tensor, ys: Tensor, query: Tensor) -> Tensor:
        """Predictions [B] for query [B, D] from all pairs of xs [B, k, D], ys [B, k]: entry k of `forward`.

        One query costs one token beside the pairs. Raises ValueError as `forward` does.
        """
        self._check(xs.shape[1] + 1)
        inputs, labels = xs.float(), ys.float() / self.scale
        paired = self.spec.layout == "paired"
        known = _token(inputs, labels, False) if paired else _in_turn(inputs, labels)
        tokens = torch.cat([known, _token(query[:, None].float(), None, True)], 1)  # [B, T, D + 2]
        order = torch.arange(tokens.shape[1])
        return self._run(tokens, order, order[:, None] >= order, order[-1:])[:, 0]

    def _check(self, points: int) -> None:
        if points > self.points:
            raise ValueError(
                f"The prompt has {points} points, but this model has positions for {self.points}: "
                f"choose a context length of at most {self.points - 1}."
            )

    def _run(self, tokens: Tensor, rows: Tensor, visible: Tensor, asked: Tensor) -> Tensor:
        """Read-outs at the tokens `asked` of tokens [B, T, D + 2], at these rows of the position table."""
        rows, visible, asked = (index.to(tokens.device) for index in (rows, visible, asked))
        residual = self.embed(tokens) + self.position[rows]  # [B, T, W]
        residual = self._blocks(residual.to(self.compute), visible, asked)
        return self.read(self._norm(residual.float()))[..., 0] * self.scale

    def _blocks(self, residual: Tensor, visible: Tensor, asked: Tensor) -> Tensor:
        """The residual stream of the tokens asked: in the last layer the others only lend keys and values."""
        bias = torch.zeros_like(visible, dtype=self.compute).masked_fill_(~visible, -1e4)
        maps = [matrix.to(self.compute) for matrix in self.matrices()]
        for layer in range(self.spec.layers):
            tokens = asked if layer == self.spec.layers - 1 else slice(None)
            attend, project, widen, narrow = zip(
                (each[layer] for each in maps), self._shifts(layer), strict=True
            )
            mixed = self._attention(self._norm(residual), tokens, bias[tokens], attend)
            residual = residual[:, tokens] + functional.linear(mixed, *project)
            residual = residual + self._mlp(self._norm(residual), widen, narrow)
        return residual

    def _shifts(self, layer: int) -> list[Tensor | None]:
        """The biases of a layer's four maps, in the order of `matrices`."""
        if not self.spec.biases:
            return [None] * len(self.matrices())
        return [
            self.biases[name][layer].to(self.compute) for name in ("attend", "project", "widen", "narrow")
        ]

    def _norm(self, values: Tensor) -> Tensor:
        shape = values.shape[-1:]
        return (
            functional.rms_norm(values, shape)
            if self.spec.normalisation == "rms"
            else functional.layer_norm(values, shape)
        )

    def _attention(self, values: Tensor, asked: Tensor | slice, bias: Tensor, attend: Affine) -> Tensor:
        """Heads' outputs [B, Q, W] side by side, for the tokens `asked` of values [B, T, W]; bias [Q, T]."""
        B, T, W = values.shape
        H, C = self.spec.heads, W // self.spec.heads
        parts = functional.linear(values, *attend).view(B, T, 3, H, C)
        query, key, value = parts.permute(2, 0, 3, 1, 4).flatten(1, 2).unbind(0)  # each [B H, T, C]
        scores = torch.baddbmm(bias, query[:, asked], key.transpose(1, 2), alpha=C**-0.5)  # [B H, Q, T]
        weights = scores.float().softmax(-1).to(values.dtype)  # float32: bfloat16 rows take five times longer
        return torch.bmm(weights, value).view(B, H, -1, C).transpose(1, 2).reshape(B, -1, W)

    def _mlp(self, values: Tensor, widen: Affine, narrow: Affine) -> Tensor:
        hidden = functional.linear(values, *widen)
        if self.spec.mlp == "glu":
            gate, value = hidden.chunk(2, -1)
            return functional.linear(functional.silu(gate) * value, *narrow)
        smooth = "tanh" if self.spec.mlp == "gelu_tanh" else "none"
        return functional.linear(functional.gelu(hidden, approximate=smooth), *narrow)


def _matrices(layers: int, rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(0.7 * columns**-0.5 * torch.randn(layers, rows, columns))


def _token(xs: Tensor, ys: Tensor | None, asked: bool) -> Tensor:
    """Tokens [B, N, D + 2]: inputs, label (0 where unknown), and a flag where the label is asked for."""
    label = xs.new_zeros(xs.shape[:2]) if ys is None else ys
    return torch.cat([xs, label[..., None], xs.new_full((*xs.shape[:2], 1), float(asked))], -1)


def _paired(xs: Tensor, ys: Tensor, queries: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Tokens [B, 2N - 1, D + 2]: the pairs but the last, which no query sees, then N queries; with their
    position rows, mask and the asked tokens."""
    asked = xs if queries is None else queries.float()
    tokens = torch.cat([_token(xs[:, :-1], ys[:, :-1], False), _token(asked, None, True)], 1)
    return tokens, *_paired_pattern(xs.shape[1])


def _paired_pattern(points: int) -> tuple[Tensor, Tensor, Tensor]:
    pairs, queries = torch.arange(points - 1), torch.arange(points)
    visible = torch.zeros(2 * points - 1, 2 * points - 1, dtype=torch.bool)
    visible[: points - 1, : points - 1] = pairs[:, None] >= pairs
    visible[points - 1 :, : points - 1] = queries[:, None] > pairs
    visible[points - 1 :, points - 1 :] = torch.eye(points, dtype=torch.bool)
    return torch.cat([pairs, queries]), visible, points - 1 + queries


def _in_turn(xs: Tensor, ys: Tensor) -> Tensor:
    """Tokens [B, 2N, D + 2], an input and then its label."""
    inputs, labels = _token(xs, None, True), _token(torch.zeros_like(xs), ys, False)
    return torch.stack([inputs, labels], 2).flatten(1, 2)  # [B, N, 2, D + 2] -> [B, 2N, D + 2]


def _interleaved(xs: Tensor, ys: Tensor, queries: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Tokens [B, 2N, D + 2] in turn, and [B, N, D + 2] more for queries other than the xs."""
    tokens = _in_turn(xs, ys)
    if queries is not None:
        tokens = torch.cat([tokens, _token(queries.float(), None, True)], 1)
    return tokens, *_interleaved_pattern(xs.shape[1], queries is not None)


def _interleaved_pattern(points: int, queried: bool) -> tuple[Tensor, Tensor, Tensor]:
    order, asked = torch.arange(2 * points), 2 * torch.arange(points)
    causal = order[:, None] >= order
    if not queried:
        return order, causal, asked
    visible = torch.zeros(3 * points, 3 * points, dtype=torch.bool)
    visible[: 2 * points, : 2 * points] = causal
    visible[2 * points :, : 2 * points] = asked[:, None] > order  # a query sees the pairs before it ...
    visible[2 * points :, 2 * points :] = torch.eye(points, dtype=torch.bool)  # ... and itself
    return torch.cat([order, asked]), visible, 2 * points + torch.arange(points)
