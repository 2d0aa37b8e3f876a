"""Results measured ahead of the knob that will ask for them, in one thread beside the pages."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

MOST_WAITING = 4  # more are not taken: what is asked for is measured then
MOST_KNOWN = 1024
FIRST_DRAW = 0.3  # seconds that the page which asks has to itself, to draw what it knows

log = logging.getLogger(__name__)
_thread = ThreadPoolExecutor(1, "ahead")
_lock = Lock()
_begun: OrderedDict[Hashable, bool] = OrderedDict()  # what was taken, and whether it is done


def measure(key: Hashable, tasks: Sequence[Callable[[], object]]) -> None:
    """Has the tasks done soon, one after the other, unless this key was taken before or many others wait."""
    with _lock:
        if key in _begun or sum(not done for done in _begun.values()) >= MOST_WAITING:
            return
        _begun[key] = False
        if len(_begun) > MOST_KNOWN:
            _begun.popitem(last=False)
    _thread.submit(_run, key, tasks)


def wait() -> None:
    """Until all that was taken is done."""
    _thread.submit(lambda: None).result()


def _run(key: Hashable, tasks: Sequence[Callable[[], object]]) -> None:
    try:
        time.sleep(FIRST_DRAW)
        for task in tasks:
            task()
    except Exception:  # the page measures it when asked, and says what is wrong
        log.warning("What was to be measured ahead could not be.", exc_info=True)
    finally:
        with _lock:
            if key in _begun:
                _begun[key] = True
