"""The time, always aware and in UTC. The only reader of the wall clock."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_frozen: datetime | None = None


def now() -> datetime:
    return _frozen or datetime.now(UTC)


def wall() -> float:
    """Seconds since the epoch by the real clock, for counters that other programs keep by it."""
    return time.time()


def freeze(at: datetime | None) -> None:
    """Stop the clock at a moment, or let it run again with None. For tests and the demo."""
    global _frozen
    _frozen = at.astimezone(UTC) if at else None


def advance(by: timedelta) -> None:
    """Move a stopped clock on."""
    freeze(now() + by)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Stop the clock for a while, then let it be as it was."""
    before = _frozen
    freeze(moment)
    try:
        yield
    finally:
        freeze(before)
