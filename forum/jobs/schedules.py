"""What is done again and again while the program runs: every process does it, so each must bear being done by several."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from forum.core.db import db

log = logging.getLogger(__name__)

Work = Callable[[], object]


@dataclass
class Schedule:
    work: Work
    seconds: float
    due: float = 0.0


_guard = threading.Lock()
_schedules: dict[str, Schedule] = {}


def every(seconds: float) -> Callable[[Work], Work]:
    """Do this every so many seconds, about; the first time soon after the start."""

    def register(work: Work) -> Work:
        _schedules[f"{work.__module__}.{work.__qualname__}"] = Schedule(work, seconds)
        return work

    return register


def run_due() -> int:
    """Do what is due; one that fails is logged and comes again in its turn. Answers how many were done."""
    now, done = time.monotonic(), 0
    with _guard:
        due = [(name, schedule) for name, schedule in _schedules.items() if schedule.due <= now]
        for _name, schedule in due:
            schedule.due = now + schedule.seconds
    for name, schedule in due:
        try:
            schedule.work()
            done += 1
        except Exception:
            log.exception("scheduled work failed: %s", name)
        finally:
            db.session.remove()
    return done
