"""What is live in one process: its connections, and everything that is said to them."""

import contextlib
import logging
import time
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy.exc import DBAPIError

from forum.config import Config
from forum.observability.health import Metrics
from forum.realtime.bus import Bus
from forum.realtime.connections import Connection, Connections
from forum.realtime.counts import Pushes
from forum.realtime.delivering import Deliverer
from forum.realtime.presence import Presence
from forum.realtime.wire import RESTARTING, Wire

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
BEAT_SECONDS = 2.0
COUNTS_SECONDS = 1.5  # between two pushes of counts to one person
SLICE, SLICE_SECONDS = 200, 0.05
LOOK_SECONDS = 4.0  # how often every sign-in is looked at, for what no signal told: time, or another program


class Live:
    """Of one process. `server` is python-socketio's."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.app, self.config = app, config
        self.metrics: Metrics = app.extensions["forum_metrics"]
        self.connections = Connections()
        self.deliverer = Deliverer(self)
        self.bus = Bus(config, self.deliverer.take, self.resync)
        self.presence = Presence(self.bus)
        self.wire = Wire(self)
        self.counts = Pushes(0.0 if config.testing else COUNTS_SECONDS)
        self.server: Any = None
        self.port: int | None = None  # where this process listens, once it does
        self._looked_at = self._beat_at = 0.0
        self._started = False

    @contextlib.contextmanager
    def context(self) -> Iterator[None]:
        """A context of its own for one thing that is done: it has its own database session and sees what is there now."""
        with self.app.app_context():
            g.counts_as_request = True
            yield

    def start(self) -> None:
        """Begin with what time brings; once, when the server does or the first line comes."""
        if not self._started:
            self._started = True
            self.bus.start(self.server.start_background_task, self.server.sleep)
            self.bus.beat()
            self.deliverer.start()
            self.server.start_background_task(self._run)

    def stop(self) -> None:
        self._started = False
        self.bus.stop()
        self.deliverer.stop()

    def faults(self) -> list[str]:
        """What keeps this process from being ready."""
        return ["live"] if self.bus.is_deaf else []

    def forget(self) -> None:
        """Nobody is connected; for tests that put another database in place of this one."""
        self.connections, self.presence = Connections(), Presence(self.bus)
        self.wire.forget()

    def send(self, message: dict[str, Any]) -> None:
        """Say it here, and in every other process."""
        self.deliverer.take(message)
        self.bus.publish(message)

    def resync(self) -> None:
        """Tell everybody here that something may have been missed; some at a time, since all of them will ask."""
        self._looked_at = 0.0
        self.server.start_background_task(self._tell_to_sync)

    def tick(self) -> None:
        """Once a second: what time brings."""
        now = time.monotonic()
        if now - self._beat_at >= BEAT_SECONDS:
            self._beat_at = now
            self.bus.beat()
        with self.context():
            self.presence.sweep(now)
            self.counts.push_due(now)
        self.wire.sweep()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self.look_at_all()
            if self.deliverer.lost:  # the database answers again
                self.deliverer.lost = False
                self.resync()

    def look_at_all(self) -> None:
        """Hang up on everybody here whose sign-in is over by now."""
        self.deliverer.look_at(self.connections.all())

    def end(self, connections: Iterable[Connection], reason: str) -> None:
        """Tell these that their sign-in is over, and hang up."""
        for connection in connections:
            if self.connections.by_sid.get(connection.sid) is connection:
                self.connections.remove(connection.sid)
                self._left(connection)
                self.server.emit("session:ended", {"reason": reason}, to=connection.sid)
                self.server.disconnect(connection.sid)

    def hang_up_on_all(self) -> None:
        """Before the process ends: some at a time, so that they do not all come back at once."""
        for number, eio_sid in enumerate(list(self.wire.gates)):
            self.wire.cut(eio_sid, "stopping", RESTARTING)
            if number % SLICE == SLICE - 1:
                self.server.sleep(SLICE_SECONDS)

    def add(self, connection: Connection) -> None:
        self.connections.add(connection, capped=self.config.rate_limits)
        self.wire.known(connection.eio_sid)
        self.metrics.lines.set(len(self.connections))
        if connection.sign_in.user_id is not None:
            self.presence.came(connection.sign_in.user_id)

    def remove(self, sid: str) -> None:
        connection = self.connections.remove(sid)
        if connection is not None:
            self._left(connection)

    def _run(self) -> None:
        while self._started:
            self.server.sleep(TICK_SECONDS)
            try:
                self.tick()
            except DBAPIError as error:
                log.error("live: the database does not answer: %s", type(error.orig).__name__)
            except Exception:
                log.exception("tick failed")

    def _tell_to_sync(self) -> None:
        for number, connection in enumerate(self.connections.all()):
            self.server.emit("server:resync", {}, to=connection.sid)
            if number % SLICE == SLICE - 1:
                self.server.sleep(SLICE_SECONDS)

    def _left(self, connection: Connection) -> None:
        self.wire.silent(connection.eio_sid)
        self.metrics.lines.set(len(self.connections))
        if connection.sign_in.user_id is not None:
            self.presence.went(connection.sign_in.user_id, time.monotonic())


def look_again(user_ids: Collection[int], *, reason: str = "") -> None:
    """Hang up, in every process, on the connections of these people whose sign-in is over; after the commit."""
    current_app.extensions["forum_live"].send({"look": list(user_ids), "reason": reason})
