"""Who is online. A line that was lost for a moment makes nobody go: ten seconds of grace."""

import threading
from collections.abc import Collection
from dataclasses import dataclass

from flask import current_app

from forum.core.signals import Signal, tell

GRACE = 10.0  # seconds


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
    """In this process: how many lines each person has, and since when none."""

    def __init__(self) -> None:
        self._lines: dict[int, int] = {}
        self._left: dict[int, float] = {}
        self._guard = threading.Lock()

    def came(self, user_id: int) -> None:
        with self._guard:
            self._lines[user_id] = self._lines.get(user_id, 0) + 1
            was_here = self._lines[user_id] > 1 or self._left.pop(user_id, None) is not None
        if not was_here:
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
        """Say of those whose grace is over that they are gone."""
        with self._guard:
            gone = [user_id for user_id, since in self._left.items() if at - since >= GRACE]
            for user_id in gone:
                del self._left[user_id]
        tell([PresenceChanged(user_id, online=False) for user_id in gone])

    def online(self, user_ids: Collection[int]) -> set[int]:
        return {user_id for user_id in user_ids if user_id in self._lines or user_id in self._left}
