"""Counts in every open tab: each slice says how many of its own somebody has; all are sent together."""

import time
from collections.abc import Callable, Iterable

from flask import current_app

from forum.access.viewer import Viewer
from forum.realtime.broadcasts import Payload, broadcast, declare_broadcast
from forum.realtime.rooms import room

COUNTERS: dict[str, Callable[[Viewer], int]] = {}


def counter(name: str, count: Callable[[Viewer], int]) -> None:
    """Under `name` goes what `count(viewer)` answers."""
    COUNTERS[name] = count


def counts_of(viewer: Viewer) -> dict[str, int]:
    return {name: count(viewer) for name, count in COUNTERS.items()}


def push_counts(*user_ids: int) -> None:
    """Send these people their counts, each worked out for them at delivery; after the commit.

    At once, and to whom they were sent a moment ago a moment later: many changes in a row are one.
    """
    pushes: Pushes = current_app.extensions["forum_live"].counts
    pushes.push(user_ids, time.monotonic())


class Pushes:
    """When counts were pushed to whom by this process."""

    def __init__(self, pause: float) -> None:
        self.pause = pause  # seconds
        self._pushed: dict[int, float] = {}
        self._due: dict[int, float] = {}

    def push(self, user_ids: Iterable[int], now: float) -> None:
        self._send([user_id for user_id in user_ids if not self._is_early(user_id, now)], now)

    def push_due(self, now: float) -> None:
        """Once a second."""
        due = [user_id for user_id, at in self._due.items() if at <= now]
        for user_id in due:
            del self._due[user_id]
        self._send(due, now)
        self._pushed = {user_id: at for user_id, at in self._pushed.items() if at > now - self.pause}

    def _is_early(self, user_id: int, now: float) -> bool:
        if now - self._pushed.get(user_id, -self.pause) >= self.pause:
            return False
        self._due.setdefault(user_id, self._pushed[user_id] + self.pause)
        return True

    def _send(self, user_ids: list[int], now: float) -> None:
        if user_ids:
            if self.pause:
                self._pushed.update(dict.fromkeys(user_ids, now))
            broadcast([room("user", user_id) for user_id in user_ids], "counts", {})


def _counted_for(viewer: Viewer, _payload: Payload) -> Payload:
    return dict(counts_of(viewer))


declare_broadcast("counts", made_for=_counted_for)
