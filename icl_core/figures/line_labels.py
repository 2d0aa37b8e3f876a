"""Labels at the ends of lines: which lines share one, and where they stand so that none covers another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def coinciding(heights: Mapping[str, Array], tolerance: float) -> list[tuple[str, ...]]:
    """Groups of lines that differ nowhere by more than `tolerance`, in the given order."""
    groups: list[tuple[str, ...]] = []
    for name, line in heights.items():
        for position, group in enumerate(groups):
            if float(np.max(np.abs(heights[group[0]] - line))) <= tolerance:
                groups[position] = (*group, name)
                break
        else:
            groups.append((name,))
    return groups


def spread(
    positions: Sequence[float], sizes: Sequence[float], low: float = 0.0, high: float = 1.0
) -> list[float]:
    """Centres of labels of these heights, nearest to the positions (least squares), without overlap.

    They stay within [low, high]; where they cannot all fit, they overlap evenly. Order is kept; ties keep the
    given order.
    """
    if not positions:
        return []
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    heights = np.array([sizes[index] for index in order], dtype=np.float64)
    heights *= min(1.0, (high - low) / heights.sum())
    centres = heights.cumsum() - heights / 2  # of labels stacked from 0
    wanted = np.array([positions[index] for index in order]) - centres
    placed = np.clip(_isotonic(wanted), low, high - heights.sum()) + centres
    result = [0.0] * len(positions)
    for index, position in zip(order, placed.tolist(), strict=True):
        result[index] = position
    return result


def _isotonic(values: Array) -> Array:
    """The non-decreasing sequence nearest to `values`: pool adjacent violators."""
    blocks: list[tuple[float, int]] = []
    for value in values.tolist():
        block = (value, 1)
        while blocks and blocks[-1][0] > block[0]:
            mean, size = blocks.pop()
            block = ((mean * size + block[0] * block[1]) / (size + block[1]), size + block[1])
        blocks.append(block)
    return np.repeat([mean for mean, _ in blocks], [size for _, size in blocks])
