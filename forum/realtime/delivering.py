"""Delivering what was said: to whom among ours it concerns, who still may hear it, made for each of them.

In a process that serves, what is said waits for a moment in one queue: whoever said it goes on, and all that waits is
delivered together, so that sign-ins and rules are asked once for many. Elsewhere it is delivered where it is said.
"""

import logging
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from forum.realtime.broadcasts import BROADCASTS, SCOPES, Payload
from forum.realtime.connections import Connection
from forum.realtime.identity import SignIn, Standing, doubtful, standings_of
from forum.realtime.rooms import Room, hearers, key_of
from forum.web.token_scopes import TokenScope

if TYPE_CHECKING:
    from forum.realtime.live import Live

log = logging.getLogger(__name__)

Message = dict[str, Any]

MOST_WAITING = 5000
AT_ONCE = 100
LOOKED_AT_ONCE = 500


class Deliverer:
    """Of one process."""

    def __init__(self, live: "Live") -> None:
        self.live = live
        self.lost = False  # something was not delivered: those who are connected must be told to sync
        self._waiting: deque[Message] = deque()
        self._there: Any = None

    def start(self) -> None:
        """From here on in a greenlet of its own."""
        self._there = self.live.server.eio.create_event()
        self.live.server.start_background_task(self._run)

    def stop(self) -> None:
        """What waits is delivered, and after that each where it is said."""
        there, self._there = self._there, None
        if there is not None:
            there.set()

    def take(self, message: Message) -> None:
        """What was said, here or in another process. Never raises: the change is made."""
        if self._there is None:
            self._deliver([message])
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self.lost = True
        self._waiting.append(message)
        self._there.set()

    def look_at(self, connections: Sequence[Connection], reason: str = "") -> None:
        """Hang up on those among these whose sign-in is over: some at a time, and closely where a glance leaves a doubt."""
        for start in range(0, len(connections), LOOKED_AT_ONCE):
            some = connections[start : start + LOOKED_AT_ONCE]
            with self.live.context():
                unsure = doubtful({connection.sign_in for connection in some})
                closer = [connection for connection in some if connection.sign_in in unsure]
                self._standings(closer, reason)
            if start:
                self.live.server.sleep(0)

    def _run(self) -> None:
        while True:
            there = self._there
            if there is None:
                return
            there.wait()
            there.clear()
            while self._waiting:
                self._deliver([self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))])
                self.live.server.sleep(0)

    def _deliver(self, messages: list[Message]) -> None:
        try:
            for message in messages:
                if "look" in message:
                    self.look_at(self.live.connections.of_users(message["look"]), message["reason"])
            self._tell([message for message in _merged(messages) if "look" not in message])
        except DBAPIError as error:
            self.lost = True
            log.error("a broadcast was not delivered: %s", type(error.orig).__name__)
        except Exception:
            self.lost = True
            log.exception("a broadcast was not delivered")

    def _tell(self, messages: list[Message]) -> None:
        heard = [
            (message, self.live.connections.in_rooms([Room(*one) for one in message["rooms"]]))
            for message in messages
        ]
        heard = [(message, listening) for message, listening in heard if listening]
        if not heard:
            return
        with self.live.context():
            everybody = {connection for _message, listening in heard for connection in listening}
            standings = self._standings(everybody)
            allowed = _allowed(heard, standings)
            for message, listening in heard:
                told = self._still_hearing(listening, standings, allowed)
                scope, but = SCOPES[message["name"]], message["but"]
                told = [
                    connection
                    for connection in told
                    if connection.sid != but and _is_good_for(standings[connection.sign_in], scope)
                ]
                self._emit(message["name"], message["payload"], told, standings)

    def _emit(
        self, name: str, payload: Payload, told: list[Connection], standings: dict[SignIn, Standing]
    ) -> None:
        """One packet for all, or one for each viewer where it is made for them."""
        server, made_for = self.live.server, BROADCASTS[name]
        if made_for is None:
            if told:
                server.emit(name, payload, to=[connection.sid for connection in told])
            return
        viewers = {key_of(viewer): viewer for viewer in (standings[one.sign_in].viewer for one in told)}
        made = dict(zip(viewers, made_for(list(viewers.values()), payload), strict=True))
        alike: dict[int, tuple[Payload, list[str]]] = {}  # what is the same for several is written once
        for connection in told:
            one = made[key_of(standings[connection.sign_in].viewer)]
            if one is not None:
                alike.setdefault(id(one), (one, []))[1].append(connection.sid)
        for one, sids in alike.values():
            server.emit(name, one, to=sids)

    def _standings(self, connections: Collection[Connection], reason: str = "") -> dict[SignIn, Standing]:
        """What the sign-ins of these are worth now; whose is over is hung up on."""
        standings = standings_of({connection.sign_in for connection in connections}, kept=True)
        for connection in list(connections):
            ended = standings[connection.sign_in].ended
            if ended:
                self.live.end([connection], reason or ended)
        return standings

    def _still_hearing(
        self,
        listening: dict[Connection, list[Room]],
        standings: dict[SignIn, Standing],
        allowed: dict[Room, set[Any]],
    ) -> list[Connection]:
        """Those who may; whoever may not any more has left the room."""
        told = []
        for connection, rooms in listening.items():
            standing = standings[connection.sign_in]
            if standing.ended:
                continue
            key, may = key_of(standing.viewer), False
            for where in rooms:
                if key in allowed[where]:
                    may = True
                else:
                    self.live.connections.leave(connection, where)
            if may:
                told.append(connection)
        return told


def _allowed(
    heard: Iterable[tuple[Message, dict[Connection, list[Room]]]], standings: dict[SignIn, Standing]
) -> dict[Room, set[Any]]:
    """Who may hear what is said in each room."""
    viewers: dict[Room, dict[object, Any]] = {}
    for _message, listening in heard:
        for connection, rooms in listening.items():
            standing = standings[connection.sign_in]
            if not standing.ended:
                for where in rooms:
                    viewers.setdefault(where, {})[key_of(standing.viewer)] = standing.viewer
    return {where: hearers(where, list(there.values())) for where, there in viewers.items()}


def _merged(messages: list[Message]) -> list[Message]:
    """Without those of which another one says the same to the same rooms later: counts are counted once."""
    last = {
        (message["name"], repr(message["rooms"])): number
        for number, message in enumerate(messages)
        if message.get("payload") == {}
    }
    return [
        message
        for number, message in enumerate(messages)
        if message.get("payload") != {} or last[message["name"], repr(message["rooms"])] == number
    ]


def _is_good_for(standing: Standing, scope: TokenScope) -> bool:
    """Whether a program may hear this with its token; people hear all that is theirs."""
    return standing.bearer is None or scope in standing.bearer.scopes
