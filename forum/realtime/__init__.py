"""The live line: who is connected, what may be asked there, who hears what."""

from flask import Flask

from forum.config import Config
from forum.realtime.broadcasts import broadcast, declare_broadcast
from forum.realtime.counts import counter, push_counts
from forum.realtime.events import on
from forum.realtime.live import look_again
from forum.realtime.presence import PresenceChanged, online
from forum.realtime.rooms import Room, declare_room, join, leave, own_sid, room

__all__ = [
    "PresenceChanged",
    "Room",
    "broadcast",
    "counter",
    "declare_broadcast",
    "declare_room",
    "join",
    "leave",
    "look_again",
    "on",
    "online",
    "own_sid",
    "push_counts",
    "register",
    "room",
]


def register(app: Flask) -> None:
    """The Socket.IO server in front of the pages, at /socket.io."""
    from forum.observability.health import add_check
    from forum.realtime.live import Live
    from forum.realtime.server import make_server

    config: Config = app.extensions["forum_config"]
    live = app.extensions["forum_live"] = Live(app, config)
    make_server(app, config, live)
    add_check(app, live.faults)
