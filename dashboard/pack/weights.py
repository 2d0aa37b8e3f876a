"""A transformer of the library as a script that a page loads: its card's essentials, its weights as text.

A page opened from a disk may load scripts but read no other file, so the weights travel in base64. Each row
of a matrix has a scale and 24-bit integers: in 16 bits some predictions move by 1e-3 of the labels' scale.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dashboard.pack.models import PackedModel

LARGEST = 2**23 - 1

SCRIPT = 'ICL.add({header}, "{weights}");\n'


def model_script(model: PackedModel) -> str:
    """A script that makes the model known to `site/models.js`."""
    tensors = {
        name.replace(".", "_"): tensor.detach().numpy() for name, tensor in model.network.state_dict().items()
    }
    header = model.described() | {
        "tensors": [{"name": name, "shape": tensor.shape} for name, tensor in tensors.items()]
    }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return SCRIPT.format(header=text, weights=encoded(tensors))


def encoded(tensors: Mapping[str, NDArray[np.float32]]) -> str:
    """All tensors in turn: the scales of their rows in float32, then their entries over these in 3 bytes."""
    parts = []
    for tensor in tensors.values():
        rows = tensor.reshape(-1, tensor.shape[-1]).astype(np.float64)
        scales = (np.abs(rows).max(1) / LARGEST).astype(np.float32)
        scales[scales == 0] = 1
        numbers = np.rint(rows / scales[:, None]).astype("<i4") + LARGEST
        parts += [scales.astype("<f4").tobytes(), numbers.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()]
    return base64.b64encode(b"".join(parts)).decode("ascii")
