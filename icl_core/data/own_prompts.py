"""Prompts of one's own: read from a CSV table or an NPZ file, for every predictor.

Dimensions: B prompts, N points of a prompt, D inputs.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from dataclasses import replace
from typing import IO

import numpy as np
import torch
from numpy.lib import format as npy
from numpy.typing import NDArray
from torch import Tensor

from icl_core.data.prompts import Prompts
from icl_core.data.tables import MOST_BYTES, read_table
from icl_core.specs import Pretraining, SpecError, require

Array = NDArray[np.float64]

MOST_NUMBERS = 4_000_000  # of an array, 32 MB: a packed file of few bytes may claim any number
ARRAYS = (
    "two arrays of finite numbers: xs of shape [prompts, points, inputs] and ys of shape [prompts, points]"
)
COLUMNS = "{wide} numbers: {inputs} inputs and a label, or the prompt's number before them"
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)
"""What a damaged or foreign archive raises, one packed by an unknown method included."""
LARGEST = 1e12  # whose square, and its sums, are still far from infinite


def read_prompts(data: bytes, pretraining: Pretraining) -> Prompts:
    """The prompts of a file: an NPZ with xs [B, N, D] and ys [B, N], or a table as text.

    A row of the table is a point: the inputs x_1 to x_D, then the label y. Before them stands the number of
    its prompt, where there are several; a table without is cut, in its order, into prompts of K + 1 points. A
    head names the columns 'prompt' and 'y', in any place. Every point is a query too, asked from those before
    it, and its label is what predictions are held to.

    Nothing is executed: arrays of Python objects are refused. Raises SpecError for anything else than at
    least two prompts of equally many points, at least two, of the model's D inputs.
    """
    require(len(data) <= MOST_BYTES, "file", len(data), "at most {most} bytes", most=MOST_BYTES)
    xs, ys = _packed(data) if data.startswith(b"PK") else _table(data, pretraining)
    require(xs.ndim == 3 and ys.shape == xs.shape[:2], "file", (xs.shape, ys.shape), ARRAYS)
    inputs = pretraining.dimension
    require(xs.shape[2] == inputs, "inputs", xs.shape[2], "{inputs}, which the model has", inputs=inputs)
    require(len(xs) >= 2, "prompts", len(xs), "2 or more: intervals are over prompts")
    require(xs.shape[1] >= 2, "points", xs.shape[1], "2 or more in every prompt: an example and a query")
    for values in (xs, ys):
        sound = bool(np.isfinite(values).all()) and float(np.abs(values).max()) <= LARGEST
        require(sound, "file", "numbers that are not finite, or beyond 10^12", ARRAYS)
    return _prompts(torch.from_numpy(xs), torch.from_numpy(ys))


def mean_squares(prompts: Prompts, pretraining: Pretraining) -> tuple[Tensor, float]:
    """The mean squares of the inputs [D] and of the labels, over those of pretraining.

    An input that pretraining has not, or that is 0 in every prompt, counts as 1.
    """
    trained = pretraining.covariates.second_moment(pretraining.dimension).diagonal()
    found = prompts.xs.square().mean((0, 1))
    inputs = torch.where((trained > 0) & (found > 0), found / trained, 1.0)
    return inputs, float(prompts.ys.square().mean()) / pretraining.label_variance


def scaled(prompts: Prompts, pretraining: Pretraining) -> Prompts:
    """The same with inputs and labels of pretraining's mean squares: each over a number of its own."""
    inputs, labels = mean_squares(prompts, pretraining)
    xs, ys = prompts.xs / inputs.sqrt(), prompts.ys / math.sqrt(labels or 1.0)
    return replace(prompts, xs=xs, ys=ys, queries=xs, targets=ys)


def _prompts(xs: Tensor, ys: Tensor) -> Prompts:
    return Prompts(xs, ys, xs, ys, torch.zeros(len(xs), dtype=torch.long))


# ---------------------------------------------------------------------------------------------- packed arrays


def _packed(data: bytes) -> tuple[Array, Array]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xs, ys = (_array(archive, name) for name in ("xs", "ys"))
    except SpecError:
        raise
    except UNREADABLE:
        raise SpecError("file", "an NPZ that cannot be read", ARRAYS) from None
    return xs, ys


def _array(archive: zipfile.ZipFile, name: str) -> Array:
    """One array, once its head says that it is of numbers and not too large."""
    with archive.open(f"{name}.npy") as file:
        shape, kind = _head(file)
    require(kind.kind in "iuf" and len(shape) in (2, 3), name, (shape, str(kind)), ARRAYS)
    count = math.prod(shape)
    require(0 < count <= MOST_NUMBERS, name, shape, "1 to {most} numbers", most=MOST_NUMBERS)
    with archive.open(f"{name}.npy") as file:
        return np.ascontiguousarray(npy.read_array(file, allow_pickle=False), dtype=np.float64)


def _head(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, kind = read(file)
    return shape, kind


# ----------------------------------------------------------------------------------------------------- tables


def _table(data: bytes, pretraining: Pretraining) -> tuple[Array, Array]:
    try:
        table = read_table(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SpecError("file", "no text", ARRAYS) from None
    inputs = pretraining.dimension
    wide = len(table.names) or max(map(len, table.rows), default=0)
    for line, row in zip(table.lines, table.rows, strict=True):
        whole = len(row) == wide and wide in (inputs + 1, inputs + 2) and None not in row
        require(whole, f"line {line}", row, COLUMNS, wide=inputs + 1, inputs=inputs)
    require(bool(table.rows), "table", 0, "a row of numbers a line")
    numbers = np.array(table.rows, dtype=np.float64)  # [rows, columns]
    label = table.names.index("y") if "y" in table.names else wide - 1
    key = table.names.index("prompt") if "prompt" in table.names else 0
    grouped = wide == inputs + 2
    left_out = {label, key} if grouped else {label}
    xs, ys = numbers[:, [column for column in range(wide) if column not in left_out]], numbers[:, label]
    if grouped:
        return _grouped(xs, ys, numbers[:, key])
    return _cut(xs, ys, pretraining.context_length + 1)


def _cut(xs: Array, ys: Array, points: int) -> tuple[Array, Array]:
    """Rows [R, D] in their order as prompts of so many points; what is left at the end is left out."""
    prompts = len(xs) // points
    require(
        prompts >= 2,
        "rows",
        len(xs),
        "at least {least}, for two prompts of {points} points, or a column 'prompt' before the inputs",
        least=2 * points,
        points=points,
    )
    kept = prompts * points
    return xs[:kept].reshape(prompts, points, -1), ys[:kept].reshape(prompts, points)


def _grouped(xs: Array, ys: Array, prompt: Array) -> tuple[Array, Array]:
    """Rows [R, D] as the prompts that they name, in the order of their first rows."""
    names, first, counts = np.unique(prompt, return_index=True, return_counts=True)
    points, short = int(counts.max()), int(counts.argmin())
    require(
        int(counts.min()) == points,
        f"prompt {names[short]:g}",
        int(counts[short]),
        "{points} points, as many as in every other prompt",
        points=points,
    )
    order = np.concatenate([np.flatnonzero(prompt == names[each]) for each in np.argsort(first)])
    return xs[order].reshape(len(names), points, -1), ys[order].reshape(len(names), points)
