"""Processor time of a knob's move in a real session, beside that of the least page that Streamlit can serve.

    python -m benchmarks.move [--rounds 10] [--json]

Three viewers move in turn, so that other load on the machine meets all of them: one the slider of a page of
three elements, one the read-out of Explore, one a shift among magnitudes whose curves are known. Times are
those of the servers' own processes, through the websocket: AppTest leaves out what a session costs beside the
script. Aims: 25 ms for the read-out, 40 for the shift, on an idle core.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.hall.dashboard import Dashboard, running
from benchmarks.hall.viewer import Viewer

PLAIN = "benchmarks/hall/plain.py"
SHIFT = {"evaluation.shift": "query_scale", "evaluation.shift.magnitude": "1"}
TURNS = 8  # of each viewer in a round: the clock of a process counts in steps of 10 ms
PLACES = (4, 6, 8, 10)
MAGNITUDES = (0.5, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class Moves:
    """One kind of move: median processor time a move and its ratio to the plain page's, milliseconds that the
    viewer waited, bytes and elements that were sent."""

    name: str
    processor_ms: float
    of_plain: float
    waited_ms: float
    sent_bytes: int
    elements: int


@dataclass
class Mover:
    """A viewer, the slider that it moves, and where to."""

    name: str
    dashboard: Dashboard
    viewer: Viewer
    knob: str
    values: Sequence[float]

    async def moves(self) -> tuple[float, list[float], int, int]:
        """Processor seconds a move, the waits, and what one move sent."""
        before = self.dashboard.processor_seconds()
        answers = [
            await self.viewer.slide(self.knob, self.values[turn % len(self.values)]) for turn in range(TURNS)
        ]
        spent = (self.dashboard.processor_seconds() - before) / TURNS
        return spent, [each.seconds for each in answers], answers[-1].received, len(answers[-1].elements)


async def measure(plain: Dashboard, explorer: Dashboard, rounds: int) -> list[Moves]:
    """Rounds of moves of all three, after one in which everything is seen for the first time."""
    async with Viewer(plain.port) as first, Viewer(explorer.port) as second, Viewer(explorer.port) as third:
        await first.open()
        await second.open()
        await third.open(**SHIFT)
        movers = [
            Mover("plain page", plain, first, "level", PLACES),
            Mover("read-out", explorer, second, "read_out", PLACES),
            Mover("shift", explorer, third, "magnitude", MAGNITUDES),
        ]
        found = [[await mover.moves() for mover in movers] for _ in range(rounds + 1)][1:]
    spent = [statistics.median(turn[at][0] for turn in found) for at in range(len(movers))]
    return [
        Moves(
            mover.name,
            1000 * spent[at],
            spent[at] / spent[0],
            1000 * statistics.median(wait for turn in found for wait in turn[at][1]),
            *found[-1][at][2:],
        )
        for at, mover in enumerate(movers)
    ]


def run(rounds: int = 10) -> list[Moves]:
    """Both servers, and the rounds."""
    with running(PLAIN) as plain, running() as explorer:
        return asyncio.run(measure(plain, explorer, rounds))


def table(results: Sequence[Moves]) -> str:
    """A row for each kind of move."""
    head = f"{'move':12}{'processor':>12}{'of plain':>10}{'waited':>10}{'sent':>10}{'elements':>10}"
    rows = [
        f"{each.name:12}{each.processor_ms:>9.1f} ms{each.of_plain:>10.1f}{each.waited_ms:>7.0f} ms"
        f"{each.sent_bytes / 1000:>7.1f} kB{each.elements:>10}"
        for each in results
    ]
    return "\n".join((head, *rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    results = run(chosen.rounds)
    print(json.dumps([asdict(each) for each in results]) if chosen.json else table(results))


if __name__ == "__main__":
    main()
