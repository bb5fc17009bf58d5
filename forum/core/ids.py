"""Ids that tell nothing: 63 bits, 41 of milliseconds since 2020 and 22 random, so that no gap speaks of hidden things."""

import secrets
import threading
from datetime import UTC, datetime

from forum.core import clock

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
RANDOM_BITS = 22
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLD_RANDOM_BITS = 12

_guard = threading.Lock()
_last = 0


def new_id() -> int:
    """A fresh id, growing within this process, positive and below 2**63."""
    global _last
    with _guard:
        _last = max(id_at(clock.now()), _last + 1)
        return _last


def id_at(moment: datetime) -> int:
    """A random id of that moment, for rows that come with a time of their own. Two may collide: retry on a conflict.

    Before 2020 time runs slower: all seconds since 1970 share the ids of 2020's first half hour, so that
    ids of archives, too, sort by time.
    """
    if moment < EPOCH:
        seconds = max(int((moment - _UNIX_EPOCH).total_seconds()), 0)
        return seconds << _OLD_RANDOM_BITS | secrets.randbits(_OLD_RANDOM_BITS)
    milliseconds = int((moment - EPOCH).total_seconds() * 1000)
    return (milliseconds << RANDOM_BITS | secrets.randbits(RANDOM_BITS)) & (2**63 - 1)
