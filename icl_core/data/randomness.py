"""Random numbers with an address, so that a prompt does not depend on how many others are drawn.

A stream is named by a seed and a path of names. Its 128-bit Philox key is the first half of the SHA-256 of
the path's names joined by '/', so no two streams share a generator and no order of calls matters: asking a
stream twice gives the same numbers. Draw once from a stream, and take a `child` for everything else.

Dimensions: B prompts, N points of a prompt.
"""

from __future__ import annotations

import hashlib
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri
from torch import Tensor

BLOCK = 64  # prompts that share one generator; part of the addresses, so never to be changed


@dataclass(frozen=True)
class Randomness(ABC):
    """A stream of standard normals and uniforms for a batch of prompts."""

    path: tuple[str, ...]
    dtype: torch.dtype = torch.float64  # of everything drawn

    @classmethod
    def of(cls, seed: int, *names: str | int) -> Self:
        """The stream of a seed and a path of names (a purpose, a step)."""
        return cls((str(seed), *map(str, names)))

    def child(self, name: str | int) -> Self:
        """A stream of its own below this one, independent of every other."""
        return replace(self, path=(*self.path, str(name)))

    @abstractmethod
    def point_normals(self, prompts: int, points: int, *shape: int) -> Tensor:
        """Standard normals [B, N, *shape]."""

    @abstractmethod
    def point_uniforms(self, prompts: int, points: int, *shape: int) -> Tensor:
        """Uniforms in (0, 1) [B, N, *shape]."""

    def prompt_normals(self, prompts: int, *shape: int) -> Tensor:
        """Standard normals [B, *shape]: those of a prompt's first point."""
        return self.point_normals(prompts, 1, *shape).squeeze(1)

    def prompt_uniforms(self, prompts: int, *shape: int) -> Tensor:
        """Uniforms in (0, 1) [B, *shape]: those of a prompt's first point."""
        return self.point_uniforms(prompts, 1, *shape).squeeze(1)

    def _generator(self, block: int = 0) -> np.random.Philox:
        digest = hashlib.sha256("/".join(self.path).encode()).digest()
        key = np.frombuffer(digest[:16], dtype="<u8").astype(np.uint64)
        return np.random.Philox(key=key, counter=np.array([0, 0, 0, block], dtype=np.uint64))


@dataclass(frozen=True)
class AddressedRandomness(Randomness):
    """For evaluation: what point i of prompt b gets depends on the path, b and i alone, bit for bit.

    So more prompts or more points extend a draw, and the prompts from `start` on are that slice of a larger
    draw. One generator serves BLOCK prompts, whose points follow one another; every number takes one 64-bit
    word. The words are NumPy's Philox 4x64, a stream that NumPy guarantees; normals are the normal
    quantiles of the uniforms.
    """

    start: int = 0

    def from_prompt(self, start: int) -> Self:
        """The same stream, its first prompt being number `start`."""
        return replace(self, start=start)

    def point_normals(self, prompts: int, points: int, *shape: int) -> Tensor:
        return torch.from_numpy(ndtri(self._uniforms(prompts, points, shape))).to(self.dtype)

    def point_uniforms(self, prompts: int, points: int, *shape: int) -> Tensor:
        uniforms = torch.from_numpy(self._uniforms(prompts, points, shape)).to(self.dtype)
        return uniforms.clamp(max=1 - torch.finfo(self.dtype).eps / 2)  # float32 would round the last to 1

    def _uniforms(self, prompts: int, points: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
        first, skipped = divmod(self.start, BLOCK)
        blocks = range(first, -(-(self.start + prompts) // BLOCK))
        size = points * BLOCK * math.prod(shape)
        words = [self._generator(block).random_raw(size).reshape(points, BLOCK, *shape) for block in blocks]
        chosen = np.concatenate(words, axis=1)[:, skipped : skipped + prompts]  # [N, B, *shape]
        # The upper 52 bits at the middle of their cell: never 0 or 1, and exact in float64.
        upper = np.ascontiguousarray(chosen.swapaxes(0, 1)) >> np.uint64(12)
        return (upper.astype(np.float64) + 0.5) * 2.0**-52


@dataclass(frozen=True)
class BatchRandomness(Randomness):
    """For training: a batch as a whole, float32; its numbers depend on its shape too, and come faster."""

    dtype: torch.dtype = torch.float32

    def point_normals(self, prompts: int, points: int, *shape: int) -> Tensor:
        generator = np.random.Generator(self._generator())
        normals = generator.standard_normal((prompts, points, *shape), dtype=np.float32)
        return torch.from_numpy(normals).to(self.dtype)

    def point_uniforms(self, prompts: int, points: int, *shape: int) -> Tensor:
        words = self._generator().random_raw(math.prod((prompts, points, *shape)))
        # The upper 23 bits at the middle of their cell: never 0 or 1, and exact in float32.
        uniforms = ((words >> np.uint64(41)).astype(np.float64) + 0.5) * 2.0**-23
        return torch.from_numpy(uniforms).to(self.dtype).reshape(prompts, points, *shape)
