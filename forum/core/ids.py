"""Ids that tell nothing: 63 bits, 41 of milliseconds since 2020 and 22 random, so that no gap speaks of hidden things."""

import secrets
import threading
from datetime import UTC, datetime

from forum.core import clock

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
RANDOM_BITS = 22

_guard = threading.Lock()
_last = 0


def new_id() -> int:
    """A fresh id, growing within this process, positive and below 2**63."""
    global _last
    with _guard:
        _last = max(id_at(clock.now()), _last + 1)
        return _last


def id_at(moment: datetime) -> int:
    """A random id of that moment, for rows that come with a time of their own. Two may collide: retry on a conflict."""
    milliseconds = int((moment - EPOCH).total_seconds() * 1000)
    return (max(milliseconds, 0) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)) & (2**63 - 1)
