"""Who is online. A line that was lost for a moment makes nobody go: ten seconds of grace."""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app

from forum.core import clock
from forum.core.signals import Signal, tell

if TYPE_CHECKING:
    from forum.realtime.bus import Bus

GRACE = 10.0  # seconds
HOLDS, SAID_EVERY = 40.0, 15.0  # seconds that what a process says of people counts, and how often it says so

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PresenceChanged(Signal):
    """Somebody's first line began, or their last one ended a while ago. Told in the process that noticed."""

    user_id: int
    online: bool


def online(user_ids: Collection[int]) -> set[int]:
    """Which of these people are online, in any process."""
    found: set[int] = current_app.extensions["forum_live"].presence.online(user_ids)
    return found


class Presence:
    """In this process: how many lines each person has, and since when none. With Redis the other processes are asked as well:
    each says every few seconds whom it has, so that those of a process that was killed are gone before long."""

    def __init__(self, bus: "Bus") -> None:
        self.bus = bus
        self._lines: dict[int, int] = {}
        self._left: dict[int, float] = {}
        self._guard = threading.Lock()
        self._said_at = 0.0

    def came(self, user_id: int) -> None:
        with self._guard:
            self._lines[user_id] = self._lines.get(user_id, 0) + 1
            was_here = self._lines[user_id] > 1 or self._left.pop(user_id, None) is not None
        if not was_here:
            was_elsewhere = self._elsewhere([user_id])
            self._say([user_id])
            if not was_elsewhere:
                tell([PresenceChanged(user_id, online=True)])

    def went(self, user_id: int, at: float) -> None:
        with self._guard:
            left = self._lines.get(user_id, 1) - 1
            if left > 0:
                self._lines[user_id] = left
                return
            self._lines.pop(user_id, None)
            self._left[user_id] = at

    def sweep(self, at: float) -> None:
        """Say of those whose grace is over that they are gone; and now and then of the others that they are here."""
        with self._guard:
            gone = [user_id for user_id, since in self._left.items() if at - since >= GRACE]
            for user_id in gone:
                del self._left[user_id]
        if gone:
            self._take_back(gone)
            there = self._elsewhere(gone)
            tell([PresenceChanged(user_id, online=False) for user_id in gone if user_id not in there])
        if at - self._said_at >= SAID_EVERY:
            self._said_at = at
            self._say([*self._lines, *self._left])

    def online(self, user_ids: Collection[int]) -> set[int]:
        here = {user_id for user_id in user_ids if user_id in self._lines or user_id in self._left}
        return here | self._elsewhere([user_id for user_id in user_ids if user_id not in here])

    def _say(self, user_ids: Sequence[int]) -> None:
        def each(pipeline: Any, key: str) -> None:
            pipeline.zadd(key, {self.bus.name: clock.wall() + HOLDS})
            pipeline.expire(key, int(HOLDS) * 2)

        self._of_each(user_ids, each)

    def _take_back(self, user_ids: Sequence[int]) -> None:
        self._of_each(user_ids, lambda pipeline, key: pipeline.zrem(key, self.bus.name))

    def _elsewhere(self, user_ids: Sequence[int]) -> set[int]:
        counts = self._of_each(user_ids, lambda pipeline, key: pipeline.zcount(key, clock.wall(), "+inf"))
        return {user_id for user_id, count in zip(user_ids, counts, strict=False) if count}

    def _of_each(self, user_ids: Sequence[int], command: Callable[[Any, str], object]) -> list[Any]:
        """Done for each in one round trip; nothing where there is no Redis, or it does not answer."""
        if self.bus.url is None or self.bus.is_deaf or not user_ids:
            return []
        answers: list[Any] = []
        try:
            for start in range(0, len(user_ids), 500):
                pipeline = self.bus.connection().pipeline(transaction=False)
                for user_id in user_ids[start : start + 500]:
                    command(pipeline, f"{self.bus.channel}:online:{user_id}")
                answers += pipeline.execute()
        except Exception as error:  # noqa: BLE001 - then this process alone is known
            log.warning("presence: Redis does not answer: %s", type(error).__name__)
            return []
        return answers
