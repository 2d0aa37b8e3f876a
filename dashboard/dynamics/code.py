"""What can be taken away of a training: the whole trajectory, its spec, and code that computes it again."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from dashboard.frame.exports import Download, csv_text, spec_file
from dashboard.frame.texts import t
from icl_core.evaluation.dynamics import Trajectory

MOMENTS = 25  # rows of the table of numbers

CODE = """\
from icl_core.evaluation.dynamics import Dynamics, trajectory

spec = Dynamics.from_json({text!r})
trained = trajectory(spec)
print("loss", *trained.losses.round(4), "floor", round(trained.floor, 4))
for value, share in zip(trained.eigenvalues, trained.learned.T, strict=True):
    print("learned of eigenvalue", value.round(4), *share.round(4))
print("W^KQ, its block:", trained.path.U[-1], "limit", trained.limit.U, sep="\\n")
"""


def stem(trained: Trajectory) -> str:
    """A file name that says which training it holds."""
    return f"icl-{trained.spec.hash}"


def files(trained: Trajectory) -> list[Download]:
    """Numbers by time, the whole trajectory with its limit, and the spec."""
    return [
        Download("csv", lambda: _csv(trained), f"{stem(trained)}.csv"),
        Download("json", lambda: _json(trained), f"{stem(trained)}.json"),
        spec_file(trained.spec, stem(trained)),
    ]


def python_code(trained: Trajectory) -> str:
    """Code that computes the trajectory again."""
    return CODE.format(text=trained.spec.to_json(full=True))


def numbers_table(trained: Trajectory) -> pd.DataFrame:
    """The loss, its floor, u and the share learned of each direction, at some moments from first to last."""
    path, floor = trained.path, f"{trained.floor:.4f}"
    shares = {
        t("dynamics.figure.direction", value=f"{value:.3g}"): trained.learned[:, index]
        for index, value in enumerate(trained.eigenvalues)
    }
    columns = {t("dynamics.figure.loss"): trained.losses, "u": path.u, **shares}
    moments = np.unique(np.linspace(0, len(path.times) - 1, MOMENTS).round().astype(int))
    table = {name: [f"{value:.4f}" for value in values[moments]] for name, values in columns.items()}
    table[t("dynamics.figure.floor", value="").strip()] = [floor] * len(moments)
    times = pd.Index([f"{time:.3g}" for time in path.times[moments]], name=t("dynamics.figure.time"))
    return pd.DataFrame(table, index=times)


def _csv(trained: Trajectory) -> str:
    """One row for each time: loss, u, the share learned of each direction, the conserved quantity."""
    directions = [f"learned_{value:.6g}" for value in trained.eigenvalues]
    path = trained.path
    return csv_text(
        ["t", "loss", "u", *directions, "balance"],
        (
            [time, trained.losses[index], path.u[index], *trained.learned[index], path.balance[index]]
            for index, time in enumerate(path.times)
        ),
    )


def _json(trained: Trajectory) -> str:
    """The whole trajectory with its limit."""
    path, limit = trained.path, trained.limit
    data = {
        "spec": trained.spec.to_dict(full=True),
        "spec_hash": trained.spec.hash,
        "times": path.times.tolist(),
        "losses": trained.losses.tolist(),
        "floor": trained.floor,
        "u": path.u.tolist(),
        "U": path.U.tolist(),
        "limit": {"U": limit.U.tolist(), "u": limit.u},
        "largest_init_scale": trained.largest_init_scale,
    }
    return json.dumps(data) + "\n"
