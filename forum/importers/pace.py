"""How an import writes: in batches so short that people who write beside it do not notice, and to the end or in good order."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError

from forum.core.errors import Unavailable
from forum.core.transactions import transaction
from forum.importers.report import Report

#: Called with what is being done, how much of it is done, and how much there is (0 where nobody knows).
Progress = Callable[[str, int, int], None]
T = TypeVar("T")

#: What a transaction does takes about this long on a machine that has time for it: people who write beside an import
#: wait no longer. It is processor time that counts: where many want the processor, smaller batches would only be more,
#: and each has its own price. What it takes to make it durable comes on top. The command leaves a running server its turns.
_SECONDS_PER_BATCH = 0.02
_SMALLEST, _LARGEST = 32, 64
_PATIENCE = 5


class Pace:
    """Batches whose size follows how long they take."""

    def __init__(self) -> None:
        self.seconds_per_post = 0.002
        self._took = 0.0

    @property
    def size(self) -> int:
        return int(min(_LARGEST, max(_SMALLEST, _SECONDS_PER_BATCH / self.seconds_per_post)))

    def write(self, posts: int, fill: Callable[[], T]) -> T:
        """Do this in a transaction; once more where somebody else is writing, or two random ids are the same."""
        for attempt in range(_PATIENCE):
            try:
                with transaction():
                    started = time.thread_time()
                    made = fill()
                    self._took = time.thread_time() - started
                break
            except (Unavailable, IntegrityError, OperationalError):
                if attempt == _PATIENCE - 1:
                    raise
        self.seconds_per_post = 0.7 * self.seconds_per_post + 0.3 * self._took / posts
        return made

    def rest(self) -> None:
        """A running server, too, has something to write."""
        time.sleep(min(self._took / 10, 0.005))


def to_the_end(work: Callable[[], None], report: Report, progress: Progress) -> bool:
    """Whether it was interrupted. `progress` is called between batches alone: what it raises stops the work in good order."""
    try:
        work()
    except KeyboardInterrupt:
        return True
    except BrokenProcessPool:
        time.sleep(0.5)
        try:
            # Who stops the processes may be about to stop this one, too.
            progress("Messages", report.posts, 0)
        except KeyboardInterrupt:
            return True
        raise
    return False
