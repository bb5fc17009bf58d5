"""Rooms: `kind:id`. Joining one is authorized, and whoever is in it is asked again at every broadcast."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

from flask import current_app, g

from forum.access.viewer import Viewer
from forum.core.errors import NotFound

MayHear = Callable[[Viewer, int], bool]
Many = Callable[[Collection[Viewer], int], Collection[Viewer]]


class Room(NamedTuple):
    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of room and its rule, for one viewer and for many."""

    may_hear: MayHear
    many: Many


KINDS: dict[str, Kind] = {}


def declare_room(kind: str, *, may_hear: MayHear, many: Many | None = None) -> None:
    """Rooms of this kind are heard by whoever the rule lets. `many` answers for several viewers at once, in one statement."""
    KINDS[kind] = Kind(may_hear, many or _one_by_one(may_hear))


def room(kind: str, room_id: int) -> Room:
    if kind not in KINDS:
        raise KeyError(f"no such kind of room: {kind}")
    return Room(kind, room_id)


def join(where: Room) -> None:
    """The connection that asks hears what is said there from now on. Raises NotFound where it may not."""
    if not KINDS[where.kind].may_hear(g.viewer, where.id):
        raise NotFound
    current_app.extensions["forum_live"].connections.join(g.connection, where)


def leave(where: Room) -> None:
    current_app.extensions["forum_live"].connections.leave(g.connection, where)


def own_sid() -> str | None:
    """The connection that asks, for `broadcast(…, but_sid=…)`; None where it came by another way."""
    connection = g.get("connection")
    return None if connection is None else str(connection.sid)


def hearers(where: Room, viewers: Collection[Viewer]) -> set[tuple[int | None, bool]]:
    """Which of these viewers may hear it now, by `key_of`."""
    return {key_of(viewer) for viewer in KINDS[where.kind].many(viewers, where.id)}


def key_of(viewer: Viewer) -> tuple[int | None, bool]:
    """What tells viewers apart: the same person may be there with roles and, through a program, without."""
    return viewer.id, viewer.with_roles


def _one_by_one(may_hear: MayHear) -> Many:
    def many(viewers: Collection[Viewer], room_id: int) -> Collection[Viewer]:
        return [viewer for viewer in viewers if may_hear(viewer, room_id)]

    return many


# Every device of a person.
declare_room("user", may_hear=lambda viewer, user_id: viewer.id == user_id)
