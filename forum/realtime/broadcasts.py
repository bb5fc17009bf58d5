"""Broadcasts: the only way out. Asked again at delivery, for everyone who listens, whether they still may."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import current_app

from forum.access.viewer import Viewer
from forum.realtime.rooms import Room
from forum.web.token_scopes import TokenScope

Payload = dict[str, Any]
MadeFor = Callable[[Viewer, Payload], Payload | None]
MadeForAll = Callable[[Sequence[Viewer], Payload], Sequence[Payload | None]]

# Every name that is ever sent, and how its payload is made for a viewer where it is not the same for all in the room.
BROADCASTS: dict[str, MadeForAll | None] = {}
# What a program's token must be good for to hear it.
SCOPES: dict[str, TokenScope] = {}


def declare_broadcast(
    name: str,
    *,
    made_for: MadeFor | None = None,
    made_for_all: MadeForAll | None = None,
    scope: TokenScope = TokenScope.READ,
) -> None:
    """Say that this is sent. `made_for(viewer, payload)` makes what one viewer is sent, or None where nothing is;
    `made_for_all(viewers, payload)` the same for several, in their order.

    `scope` is what a program's token must be good for to hear it.
    """
    BROADCASTS[name], SCOPES[name] = made_for_all or (_one_by_one(made_for) if made_for else None), scope


def _one_by_one(made_for: MadeFor) -> MadeForAll:
    return lambda viewers, payload: [made_for(viewer, payload) for viewer in viewers]


def broadcast(
    rooms: Room | Iterable[Room], name: str, payload: Payload, *, but_sid: str | None = None
) -> None:
    """Tell whoever listens in one of these rooms and may still hear it, in every process; after the commit.

    `payload` holds ids (as text, as everywhere in JSON) and facts that everyone in the room may know. It is a hint that
    something changed, never the only copy of a fact. `but_sid` is the connection that knows already.
    """
    if name not in BROADCASTS:
        raise KeyError(f"no such broadcast: {name}")
    where = [rooms] if isinstance(rooms, Room) else list(rooms)
    if where:
        current_app.extensions["forum_live"].send(
            {"rooms": [list(one) for one in where], "name": name, "payload": payload, "but": but_sid}
        )


# What the line itself says.
declare_broadcast("session:ended")
declare_broadcast("server:resync")
