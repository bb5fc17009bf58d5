"""Counts in every open tab: each slice says how many of its own somebody has; all are sent together."""

from collections.abc import Callable

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
    """Send these people their counts, each worked out for them at delivery; after the commit."""
    broadcast([room("user", user_id) for user_id in user_ids], "counts", {})


def _counted_for(viewer: Viewer, _payload: Payload) -> Payload:
    return dict(counts_of(viewer))


declare_broadcast("counts", made_for=_counted_for)
