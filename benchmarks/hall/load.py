"""A full hall: viewers who open one link within seconds and then move its sliders, beside a training.

    python -m benchmarks.hall.load [--viewers 200] [--minutes 2] [--every 10] [--url URL] [--json]

Half of the viewers move the read-out (states that all share), half the magnitude of a shift, each to values
of its own. Times are those of a viewer: from the message that a knob was moved to the last element of the
answer. Without --url a dashboard with empty stores is started, and one training in its service. Loopback
addresses only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

import psutil

from benchmarks.hall.dashboard import Dashboard, running
from benchmarks.hall.viewer import Viewer

OPENING_SECONDS = 10.0
LINK = {"evaluation.shift": "query_scale", "evaluation.shift.magnitude": "1"}
OWN_STATES = 400  # magnitudes that a viewer of the second half moves among
SEED = 1


@dataclass
class Tally:
    """What all viewers met: seconds to the first picture and of each move, and faults in words."""

    first: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    received: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """The hall in numbers; times in seconds, memory in MB, of the dashboard and all that it started."""

    viewers: int
    moves: int
    moves_a_second: float
    first_median: float
    first_longest: float
    move_median: float
    move_95: float
    move_longest: float
    megabytes_sent: float
    memory: float
    processor_share: float
    faults: tuple[str, ...]


async def visit(number: int, port: int, minutes: float, every: float, tally: Tally) -> None:
    """One viewer: opens the link at a moment of the first seconds, then moves a knob now and then."""
    # The same moves on every run.
    chance = random.Random(f"{SEED} {number}")  # nosec B311
    await asyncio.sleep(chance.uniform(0, OPENING_SECONDS))
    try:
        async with Viewer(port) as viewer:
            answer = await viewer.open(**LINK)
            tally.first.append(answer.seconds)
            tally.received += answer.received
            until = time.monotonic() + 60 * minutes
            while (pause := chance.uniform(0.5, 1.5) * every) < until - time.monotonic():
                await asyncio.sleep(pause)
                if number % 2:
                    answer = await viewer.slide("magnitude", chance.randrange(OWN_STATES) / 100 - 2)
                else:
                    answer = await viewer.slide("read_out", chance.randint(1, 16))
                tally.moves.append(answer.seconds)
                tally.received += answer.received
    except Exception as fault:  # a hall goes on without the one who dropped out; the report names why
        tally.faults.append(f"viewer {number}: {type(fault).__name__}: {fault}")


async def fill(dashboard_port: int, viewers: int, minutes: float, every: float) -> Tally:
    """All viewers at once."""
    tally = Tally()
    await asyncio.gather(*(visit(n, dashboard_port, minutes, every, tally) for n in range(viewers)))
    return tally


async def train_one(port: int) -> None:
    """Asks the dashboard for the model that a lecture trains in front of its class."""
    async with Viewer(port) as viewer:
        await viewer.open()
        await viewer.press("train_lecture")
        if "train_start" in viewer.keys:
            await viewer.press("train_start")


def share(times: Sequence[float], part: float) -> float:
    """The value below which this part of the times lies; nan without any."""
    return sorted(times)[min(len(times) - 1, int(part * len(times)))] if times else float("nan")


def report(tally: Tally, viewers: int, minutes: float, memory: int, processor: float) -> Report:
    return Report(
        viewers=viewers,
        moves=len(tally.moves),
        moves_a_second=len(tally.moves) / (60 * minutes),
        first_median=statistics.median(tally.first) if tally.first else float("nan"),
        first_longest=max(tally.first, default=float("nan")),
        move_median=share(tally.moves, 0.5),
        move_95=share(tally.moves, 0.95),
        move_longest=max(tally.moves, default=float("nan")),
        megabytes_sent=tally.received / 2**20,
        memory=memory / 2**20,
        processor_share=processor / (60 * minutes),
        faults=tuple(tally.faults),
    )


def lines(result: Report) -> str:
    """The report as a person reads it."""
    faults = "\n".join(("faults:", *result.faults[:10])) if result.faults else "no faults"
    return (
        f"{result.viewers} viewers, {result.moves} moves ({result.moves_a_second:.1f} a second)\n"
        f"first picture: median {result.first_median:.2f} s, longest {result.first_longest:.2f} s\n"
        f"move: median {result.move_median:.3f} s, 95% within {result.move_95:.3f} s, "
        f"longest {result.move_longest:.2f} s\n"
        f"sent {result.megabytes_sent:.0f} MB; memory {result.memory:.0f} MB; "
        f"{result.processor_share:.2f} cores used by the server\n{faults}"
    )


def measure(port: int, dashboard: Dashboard | None, viewers: int, minutes: float, every: float) -> Report:
    """Fills the hall of the dashboard on this port; memory and processor time where it is our own."""
    before = dashboard.processor_seconds() if dashboard else 0.0
    tally = asyncio.run(fill(port, viewers, minutes, every))
    spent = dashboard.processor_seconds() - before if dashboard else float("nan")
    return report(tally, viewers, minutes, dashboard.memory() if dashboard else 0, spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between a viewer's moves")
    parser.add_argument("--url", help="a dashboard that runs already, on a loopback address")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    address = urlsplit(chosen.url or "http://127.0.0.1:0")
    if address.hostname not in ("127.0.0.1", "localhost") or address.port is None:
        parser.error("--url has to be a loopback address with its port, e.g. http://127.0.0.1:8501")
    if not 1 <= chosen.viewers <= 1000 or not 0 < chosen.minutes <= 60 or not 0.1 <= chosen.every <= 600:
        parser.error("viewers have to be 1 to 1000, minutes up to 60, and the pause 0.1 to 600 seconds")
    with nullcontext() if chosen.url else running() as dashboard:
        port = dashboard.port if dashboard else address.port
        if dashboard:
            asyncio.run(train_one(port))
        result = measure(port, dashboard, chosen.viewers, chosen.minutes, chosen.every)
    print(json.dumps(asdict(result)) if chosen.json else f"{psutil.cpu_count()} cores; {lines(result)}")


if __name__ == "__main__":
    main()
