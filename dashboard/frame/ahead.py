"""Results measured ahead of the knob that will ask for them, in one thread beside the pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from queue import Queue
from threading import Lock, Thread

import streamlit as st

MOST_WAITING = 4  # more are not taken: what is asked for is measured then
FIRST_DRAW = 0.3  # seconds that the page which asks has to itself, to draw what it knows

log = logging.getLogger(__name__)


@dataclass
class Ahead:
    """Tasks by key, done one after the other. The thread is a daemon: an app that stops waits for none."""

    queue: Queue[tuple[Hashable, Sequence[Callable[[], object]]]] = field(default_factory=Queue)
    waiting: set[Hashable] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def measure(self, key: Hashable, tasks: Sequence[Callable[[], object]]) -> None:
        """Has the tasks done soon, unless this key waits already or many others do."""
        with self.lock:
            if key in self.waiting or len(self.waiting) >= MOST_WAITING:
                return
            self.waiting.add(key)
        self.queue.put((key, tasks))

    def wait(self) -> None:
        """Until all that was taken is done."""
        self.queue.join()

    def serve(self) -> None:
        """The thread's life."""
        while True:
            key, tasks = self.queue.get()
            try:
                time.sleep(FIRST_DRAW)
                for task in tasks:
                    task()
            except Exception:  # the page measures it when asked, and says what is wrong
                log.warning("What was to be measured ahead could not be.", exc_info=True)
            finally:
                with self.lock:
                    self.waiting.discard(key)
                self.queue.task_done()


@st.cache_resource(show_spinner=False)
def shared() -> Ahead:
    """The one of this process."""
    ahead = Ahead()
    Thread(target=ahead.serve, name="ahead", daemon=True).start()
    return ahead
