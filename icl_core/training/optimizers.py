"""Muon for stacked hidden matrices, Adam for the rest, or either alone; state as named tensors."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from icl_core.models import InContextNetwork
from icl_core.specs import Recipe

MOMENTUM = 0.95
BETAS = (0.9, 0.98)
EPSILON = 1e-8
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # Muon's quintic: drives singular values to about 1 in 5 steps


class Optimizer:
    """One step on all parameters of a network, by its recipe."""

    def __init__(self, network: InContextNetwork, recipe: Recipe) -> None:
        named = dict(network.named_parameters())
        stacked = {id(matrix) for matrix in network.matrices()} if recipe.optimizer == "muon" else set()
        rest = {name: value for name, value in named.items() if id(value) not in stacked}
        self.recipe = recipe
        plain = Sgd if recipe.optimizer == "sgd" else Adam
        self.parts: list[Muon | Adam | Sgd] = [plain(rest, recipe.rate)]
        if stacked:
            matrices = {name: value for name, value in named.items() if id(value) in stacked}
            self.parts.append(Muon(matrices, recipe.matrix_rate))

    def step(self, step: int) -> None:
        factor = self.recipe.rate_at(step)
        for part in self.parts:
            part.step(factor, step)

    def state(self) -> dict[str, Tensor]:
        """Every buffer by name; writing into them restores the state."""
        return {name: buffer for part in self.parts for name, buffer in part.state().items()}


class Adam:
    """Adam with bias correction counted from the start of training (no weight decay)."""

    def __init__(self, parameters: dict[str, nn.Parameter], rate: float) -> None:
        self.parameters, self.rate = parameters, rate
        self.first = {name: torch.zeros_like(value) for name, value in parameters.items()}
        self.second = {name: torch.zeros_like(value) for name, value in parameters.items()}

    @torch.no_grad()
    def step(self, factor: float, step: int) -> None:
        values, gradients = _gradients(self.parameters)
        first, second = list(self.first.values()), list(self.second.values())
        torch._foreach_lerp_(first, gradients, 1 - BETAS[0])
        torch._foreach_mul_(second, BETAS[1])
        torch._foreach_addcmul_(second, gradients, gradients, 1 - BETAS[1])
        root = torch._foreach_sqrt(second)
        torch._foreach_div_(root, (1 - BETAS[1] ** (step + 1)) ** 0.5)
        torch._foreach_add_(root, EPSILON)
        torch._foreach_addcdiv_(values, first, root, -self.rate * factor / (1 - BETAS[0] ** (step + 1)))

    def state(self) -> dict[str, Tensor]:
        return _prefixed("first", self.first) | _prefixed("second", self.second)


class Muon:
    """Momentum, orthogonalised by five Newton-Schulz steps, batched over the layers of a stack [L, out, in].

    Source: Jordan et al., 'Muon: an optimizer for hidden layers in neural networks' (2024).
    """

    def __init__(self, parameters: dict[str, nn.Parameter], rate: float) -> None:
        self.parameters, self.rate = parameters, rate
        self.momentum = {name: torch.zeros_like(value) for name, value in parameters.items()}

    @torch.no_grad()
    def step(self, factor: float, step: int) -> None:
        for name, value in self.parameters.items():
            assert value.grad is not None
            momentum = self.momentum[name].lerp_(value.grad, 1 - MOMENTUM)
            update = orthogonalise(value.grad.lerp(momentum, MOMENTUM))
            rows, columns = value.shape[1:]
            value.add_(update.to(value.dtype), alpha=-self.rate * factor * max(1, rows / columns) ** 0.5)

    def state(self) -> dict[str, Tensor]:
        return _prefixed("momentum", self.momentum)


class Sgd:
    """Plain gradient descent on half the squared error: time is rate times steps, as in gradient flow."""

    def __init__(self, parameters: dict[str, nn.Parameter], rate: float) -> None:
        self.parameters, self.rate = parameters, rate

    @torch.no_grad()
    def step(self, factor: float, step: int) -> None:
        values, gradients = _gradients(self.parameters)
        torch._foreach_add_(values, gradients, alpha=-self.rate * factor / 2)

    def state(self) -> dict[str, Tensor]:
        return {}


def orthogonalise(stack: Tensor) -> Tensor:
    """The stack [L, out, in] with singular values near 1 and the same singular vectors, in bfloat16."""
    first, third, fifth = NEWTON_SCHULZ
    tall = stack.shape[1] > stack.shape[2]
    values = (stack.mT if tall else stack).bfloat16()
    values = values / (values.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(5):
        gram = values @ values.mT
        values = torch.baddbmm(
            values, torch.baddbmm(gram, gram, gram, beta=third, alpha=fifth), values, beta=first
        )
    return values.mT if tall else values


def _gradients(parameters: dict[str, nn.Parameter]) -> tuple[list[Tensor], list[Tensor]]:
    gradients: Iterable[Tensor | None] = (value.grad for value in parameters.values())
    return [value.data for value in parameters.values()], [grad for grad in gradients if grad is not None]


def _prefixed(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}
