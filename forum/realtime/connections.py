"""Who is connected to this process, and where they listen."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from forum.core.errors import TooManyRequests
from forum.realtime.gate import BURST_OF_PERSON, PER_SECOND_OF_PERSON, Bucket
from forum.realtime.identity import SignIn
from forum.realtime.rooms import Room

MOST_OF_A_PERSON = 10
MOST_OF_A_NETWORK = 2000
MOST_ROOMS = 50  # of one connection

K = TypeVar("K")


@dataclass(eq=False, slots=True)
class Connection:
    """One line to one tab or program."""

    sid: str
    eio_sid: str  # of Engine.IO, which carries it
    sign_in: SignIn
    rooms: dict[Room, None] = field(default_factory=dict)


class Connections:
    """Those of this process."""

    def __init__(self) -> None:
        self.by_sid: dict[str, Connection] = {}
        self._of_user: defaultdict[int, dict[Connection, None]] = defaultdict(dict)
        self._in_room: defaultdict[Room, dict[Connection, None]] = defaultdict(dict)
        self.buckets: dict[int, Bucket] = {}  # of people

    def __len__(self) -> int:
        return len(self.by_sid)

    def add(self, connection: Connection, *, capped: bool = True) -> None:
        """Raises TooManyRequests where that person has too many already."""
        user_id = connection.sign_in.user_id
        if capped and user_id is not None and len(self._of_user.get(user_id, ())) >= MOST_OF_A_PERSON:
            raise TooManyRequests(30)
        self.by_sid[connection.sid] = connection
        if user_id is not None:
            self._of_user[user_id][connection] = None
            self.join(connection, Room("user", user_id))

    def remove(self, sid: str) -> Connection | None:
        connection = self.by_sid.pop(sid, None)
        if connection is None:
            return None
        for where in list(connection.rooms):
            self.leave(connection, where)
        user_id = connection.sign_in.user_id
        _drop(self._of_user, user_id, connection)
        if user_id is not None and user_id not in self._of_user:
            self.buckets.pop(user_id, None)
        return connection

    def take(self, connection: Connection) -> int:
        """Count one event of a person: how long they are to wait, or 0."""
        user_id = connection.sign_in.user_id
        if user_id is None:
            return 0
        if user_id not in self.buckets:
            self.buckets[user_id] = Bucket(BURST_OF_PERSON, PER_SECOND_OF_PERSON)
        bucket = self.buckets[user_id]
        return 0 if bucket.take() else bucket.wait

    def join(self, connection: Connection, where: Room) -> None:
        if where not in connection.rooms and len(connection.rooms) >= MOST_ROOMS:
            self.leave(connection, next(one for one in connection.rooms if one.kind != "user"))
        connection.rooms[where] = None
        self._in_room[where][connection] = None

    def leave(self, connection: Connection, where: Room) -> None:
        connection.rooms.pop(where, None)
        _drop(self._in_room, where, connection)

    def in_rooms(self, rooms: Iterable[Room]) -> dict[Connection, list[Room]]:
        """Who listens in any of these, and in which of them."""
        found: dict[Connection, list[Room]] = {}
        for where in rooms:
            for connection in self._in_room.get(where, ()):
                found.setdefault(connection, []).append(where)
        return found

    def of_users(self, user_ids: Collection[int]) -> list[Connection]:
        return [connection for user_id in user_ids for connection in self._of_user.get(user_id, ())]

    def all(self) -> list[Connection]:
        return list(self.by_sid.values())


def _drop(held: dict[K, dict[Connection, None]], key: K | None, connection: Connection) -> None:
    if key is None or key not in held:
        return
    held[key].pop(connection, None)
    if not held[key]:
        del held[key]
