"""Who looks at which training, so that a lecture hall does not ask for more than one process can answer."""

from __future__ import annotations

import threading
import time

STARTER_SECONDS = 2.0
VIEWERS_A_SECOND = 4  # polls that one process answers
FORGOTTEN_SECONDS = 90.0  # after which a viewer who was not seen again has left


class Audience:
    """The viewers of this process by job, with the time at which each was seen last."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, float]] = {}
        self._guard = threading.Lock()

    def size(self, job: str, viewer: str) -> int:
        """How many look at the job, this viewer among them."""
        now = time.monotonic()
        with self._guard:
            viewers = self._seen.get(job, {}) | {viewer: now}
            viewers = {name: at for name, at in viewers.items() if now - at < FORGOTTEN_SECONDS}
            self._seen = {name: seen for name, seen in self._seen.items() if now - max(seen.values()) < 3600}
            self._seen[job] = viewers
            return len(viewers)


def poll_seconds(viewers: int, starter: bool) -> float:
    """Seconds between two looks of one viewer at a job under way."""
    return STARTER_SECONDS if starter else max(STARTER_SECONDS, viewers / VIEWERS_A_SECOND)


def out_of_date(used: float, wanted: float) -> bool:
    """Whether the interval in use has become far too short, or too long."""
    return not 0.5 < wanted / used < 2
