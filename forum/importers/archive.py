"""What is to be imported and what has been: the messages of all files, their threads, and the order of writing."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from forum.importers.mail.identity import message_key
from forum.importers.mail.mbox import Record
from forum.importers.mail.message import Envelope
from forum.importers.mail.subjects import own_subject
from forum.importers.threads import ThreadIndex

_SCHEMA = """
CREATE TABLE entries (
    key INTEGER PRIMARY KEY,
    file INTEGER, number INTEGER, start INTEGER, length INTEGER,  -- none for a message imported before
    person TEXT, name TEXT,
    title TEXT NOT NULL,
    sent INTEGER,         -- milliseconds since 1970
    near INTEGER,         -- when the message before it in the file was sent
    body INTEGER,         -- what tells its text from others; none where that is not known
    post INTEGER,         -- of a message imported before
    parent_then INTEGER,  -- ... and its parent when it was
    names_more INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE said (person TEXT, name TEXT, times INTEGER NOT NULL);  -- the names of senders
CREATE TABLE shown (person TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
"""
# Threads with something to do, in the order of the files; then what is to be done in one.
_WORK = "messages JOIN entries USING (key) WHERE (post IS NULL OR parent IS NOT parent_then)"
_THREADS = f"SELECT root FROM {_WORK} GROUP BY root ORDER BY MIN(file), MIN(start), root"  # noqa: S608
_STEPS = (
    "SELECT key, parent, has_gap, file, number, start, length, title, sent, near, post, parent_then"  # noqa: S608
    f" FROM {_WORK} AND root = ?"
)
#: The name most used; of several, the longest of those with a space in it, which is whole; then the first by its letters.
_CHOOSE = """
INSERT INTO shown SELECT person, name FROM (
    SELECT person, name, ROW_NUMBER() OVER (
        PARTITION BY person ORDER BY SUM(times) DESC, INSTR(name, ' ') > 0 DESC, LENGTH(name) DESC, name
    ) AS place FROM said GROUP BY person, name
) WHERE place = 1
"""
#: A reply this much older than what it answers was dated by a broken clock.
_ABSURDLY_EARLY = 30 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: write a new message (`post_id` none), or hang one that is there under another parent."""

    key: int
    parent: int | None
    root: int
    has_gap: bool
    sent_at: datetime
    title: str
    #: The title, where it is another one than that of what is answered; as it is now, and as it was when it was last written.
    subject: str
    subject_then: str
    file: int = -1
    number: int = 0
    start: int = 0
    length: int = 0
    post_id: int | None = None
    #: Of a new root: the posts of earlier runs that began topics of their own and belong to its thread.
    stored_roots: tuple[int, ...] = ()


class Copy(Enum):
    """What a message found in a file is beside those known: the first, the same again, or another text under its id."""

    FIRST = 1
    SAME = 2
    DIFFERS = 3


class Archive(ThreadIndex):
    """The index of threads, with where each message stands and what is known of it."""

    def __init__(self, path: str = ":memory:") -> None:
        super().__init__(path)
        self.scratch.executescript(_SCHEMA)

    def add_stored(
        self,
        key: int,
        references: list[int],
        in_reply_to: list[int],
        *,
        post_id: int,
        parent: int | None,
        title: str,
        body_key: int | None,
        sent_at: datetime,
    ) -> None:
        """A message that an earlier run has imported."""
        self.add(key, references, in_reply_to)
        self.scratch.execute(
            "INSERT INTO entries (key, title, body, sent, post, parent_then) VALUES (?, ?, ?, ?, ?, ?)",
            (key, title, body_key, _milliseconds(sent_at), post_id, parent),
        )

    def add_found(self, envelope: Envelope, record: Record, file: int, *, near: datetime | None) -> Copy:
        """A message found in a file, which may be known already from an earlier run or another file."""
        key = envelope.key
        references = [message_key(identifier) for identifier in envelope.references]
        in_reply_to = [message_key(identifier) for identifier in envelope.in_reply_to]
        names_more = self.add(key, references, in_reply_to)
        new = self.scratch.execute(
            "INSERT OR IGNORE INTO entries (key, file, number, start, length, person, name, body, title, sent, near)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                file,
                record.number,
                record.offset,
                record.length,
                envelope.author.key,
                envelope.author.name,
                envelope.body_key,
                envelope.title,
                _milliseconds(envelope.sent_at) if envelope.sent_at else None,
                _milliseconds(near) if near else None,
            ),
        ).rowcount
        if not new and names_more:
            self.scratch.execute(
                "UPDATE entries SET names_more = 1 WHERE key = ? AND post IS NOT NULL", (key,)
            )
        if new:
            return Copy.FIRST
        (body,) = self.scratch.execute("SELECT body FROM entries WHERE key = ?", (key,)).fetchone()
        return Copy.SAME if body in (None, envelope.body_key) else Copy.DIFFERS

    def senders(self, size: int) -> Iterator[list[str]]:
        """All who wrote what is new, in lots."""
        self.scratch.execute(
            "INSERT INTO said SELECT person, name, COUNT(*) FROM entries WHERE post IS NULL GROUP BY person, name"
        )
        found = self.scratch.execute("SELECT DISTINCT person FROM said WHERE person IS NOT NULL")
        people = [person for (person,) in found]
        yield from (people[at : at + size] for at in range(0, len(people), size))

    def add_names(self, rows: list[tuple[str, str, int]]) -> None:
        """Names under which people wrote what was imported before: the person, the name, how often."""
        self.scratch.executemany("INSERT INTO said VALUES (?, ?, ?)", rows)

    def choose_names(self) -> None:
        self.scratch.execute(_CHOOSE)

    def name_of(self, person: str) -> str | None:
        """The name to show a person by."""
        row = self.scratch.execute("SELECT name FROM shown WHERE person = ?", (person,)).fetchone()
        return row[0] if row else None

    def count(self) -> tuple[int, int, list[str]]:
        """For a dry run: how many topics and posts there are to make, and the people who wrote them."""
        run = self.scratch.execute
        topics = run(
            "SELECT COUNT(*) FROM (SELECT root FROM messages JOIN entries USING (key) GROUP BY root HAVING MAX(post) IS NULL)"
        ).fetchone()[0]
        posts = run("SELECT COUNT(*) FROM entries WHERE post IS NULL").fetchone()[0]
        people = run("SELECT DISTINCT person FROM entries WHERE post IS NULL ORDER BY person")
        return topics, posts, [person for (person,) in people]

    def close_file(self, file: int, written_at: datetime) -> None:
        """A file has been read. What stands undated at its start is put before the first date in it, or else at its own."""
        self.scratch.execute(
            "UPDATE entries SET near = COALESCE((SELECT sent FROM entries WHERE file = ? AND sent IS NOT NULL"
            " ORDER BY start LIMIT 1), ?) - 2000 WHERE file = ? AND sent IS NULL AND near IS NULL",
            (file, _milliseconds(written_at), file),
        )

    def naming_more(self) -> list[tuple[int, list[int], list[int]]]:
        """Messages of earlier runs of which a copy has turned up that names more: key, References, In-Reply-To."""
        found: list[tuple[int, list[int], list[int]]] = []
        for (key,) in self.scratch.execute("SELECT key FROM entries WHERE names_more"):
            names = self.scratch.execute(
                "SELECT position, name FROM names WHERE message = ? ORDER BY position", (key,)
            ).fetchall()
            found.append((key, [n for at, n in names if at >= 0], [n for at, n in names if at < 0]))
        return found

    def threads(self) -> Iterator[list[Step]]:
        """What is to be done, thread by thread; within one, parents first, then by time."""
        for (root,) in self.scratch.execute(_THREADS):
            yield list(self._in_order(root))

    def _stored_roots(self, root: int) -> tuple[int, ...]:
        rows = self.scratch.execute(
            "SELECT post FROM messages JOIN entries USING (key)"
            " WHERE root = ? AND post IS NOT NULL AND parent_then IS NULL ORDER BY post",
            (root,),
        )
        return tuple(post for (post,) in rows)

    def _in_order(self, root: int) -> Iterator[Step]:
        rows = {row[0]: row for row in self.scratch.execute(_STEPS, (root,))}
        below: dict[int, list[int]] = {}
        ready: list[tuple[int, int, int, int]] = []
        moments: dict[int, int] = {}
        titles: dict[int, str] = {}

        def get_ready(key: int) -> None:
            row = rows[key]
            if row[1] is not None and row[1] not in moments:
                titles[row[1]], moments[row[1]] = self._stored(row[1])
            moments[key] = _moment(row[8], row[9], moments[row[1]] if row[1] is not None else None)
            titles[key] = row[7]
            heapq.heappush(ready, (moments[key], row[3] or 0, row[5] or 0, key))

        for key, row in rows.items():
            if row[1] in rows:
                below.setdefault(row[1], []).append(key)
        for key, row in rows.items():
            if row[1] not in rows:
                get_ready(key)
        while ready:
            _, _, _, key = heapq.heappop(ready)
            _, parent, has_gap, file, number, start, length, title, _, _, post, parent_then = rows[key]
            yield Step(
                key=key,
                parent=parent,
                root=root,
                has_gap=bool(has_gap),
                sent_at=_datetime(moments[key]),
                title=title,
                subject=own_subject(title, titles[parent]) if parent is not None else "",
                subject_then=own_subject(title, self._stored(parent_then)[0])
                if parent_then is not None
                else "",
                file=-1 if file is None else file,
                number=number or 0,
                start=start or 0,
                length=length or 0,
                post_id=post,
                stored_roots=self._stored_roots(root) if key == root and post is None else (),
            )
            for child in below.get(key, ()):
                get_ready(child)

    def _stored(self, key: int) -> tuple[str, int]:
        """Title and moment of a message that needs nothing done."""
        title, sent = self.scratch.execute("SELECT title, sent FROM entries WHERE key = ?", (key,)).fetchone()
        return title, sent


def _moment(sent: int | None, near: int | None, parent: int | None) -> int:
    """When a message was sent, or else what puts it in order: after its parent, or after its neighbor in the file."""
    if parent is not None and (sent is None or sent < parent - _ABSURDLY_EARLY):
        return parent + 1000
    if sent is not None:
        return sent
    return near + 1000 if near is not None else 0


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _datetime(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
