"""What a dump holds, in a scratch file of SQLite: so that memory does not grow with it, and its files may say things in any order."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from forum.importers.mail.identity import message_key
from forum.importers.mail.people import Person

QUESTION, ANSWER, COMMENT = 1, 2, 3
DUPLICATE = 3  # of the kinds of links
_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-16384;
CREATE TABLE users (id INTEGER PRIMARY KEY, account INTEGER, name TEXT NOT NULL, created INTEGER);
CREATE TABLE entries (  -- questions, answers and comments
    key INTEGER PRIMARY KEY, kind INTEGER NOT NULL, id INTEGER NOT NULL, above INTEGER, created INTEGER NOT NULL,
    place TEXT NOT NULL, data BLOB NOT NULL, post INTEGER, known INTEGER NOT NULL DEFAULT 0,
    told TEXT, body INTEGER  -- of what is known: what was told of it, and what its text was
);
CREATE UNIQUE INDEX entries_by_id ON entries (kind > 2, id);
CREATE UNIQUE INDEX entries_by_post ON entries (post);
CREATE INDEX entries_by_above ON entries (above, kind);
CREATE TABLE history (id INTEGER PRIMARY KEY, post INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX history_by_post ON history (post, id);
CREATE TABLE wikis (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE tags (name TEXT PRIMARY KEY, excerpt INTEGER, wiki INTEGER) WITHOUT ROWID;
CREATE TABLE links (post INTEGER NOT NULL, related INTEGER NOT NULL, kind INTEGER NOT NULL);
"""
_BITS_OLD, _BITS = 12, 22  # see core/ids.py


@dataclass(frozen=True, slots=True)
class Entry:
    """A question, an answer or a comment. `above` is the id of the post it stands under; none for a question."""

    key: int
    kind: int
    id: int
    above: int | None
    created_at: datetime
    place: str
    values: dict[str, str]
    post_id: int
    is_known: bool
    told: str | None = None  # of what is known: see told.py
    body_key: int | None = None  # ... and the key of its text, when it was last written by an import


class Index:
    def __init__(self, path: str = ":memory:") -> None:
        self.scratch = sqlite3.connect(path, isolation_level=None)
        self.scratch.executescript(_SCHEMA)
        self._site = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.scratch.close()

    def add_user(self, user_id: int, account: int | None, name: str, created: int | None) -> None:
        row = (user_id, account, name, created)
        self.scratch.execute("INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?)", row)

    def add_entry(
        self, kind: int, entry_id: int, above: int | None, created: int, place: str, values: dict[str, str]
    ) -> bool:
        """Whether it is the first with this id."""
        name = f"stackexchange:{'comment' if kind == COMMENT else 'post'}:{entry_id}:{created}"
        row = (message_key(name), kind, entry_id, above, created, place, _packed(values))
        told = self.scratch.execute(
            "INSERT OR IGNORE INTO entries (key, kind, id, above, created, place, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        return told.rowcount > 0

    def add_history(self, history_id: int, post: int, values: dict[str, str]) -> None:
        row = (history_id, post, _packed(values))
        self.scratch.execute("INSERT OR IGNORE INTO history VALUES (?, ?, ?)", row)

    def add_wiki(self, post: int, html: str) -> None:
        """What somebody wrote of a tag."""
        self.scratch.execute("INSERT OR IGNORE INTO wikis VALUES (?, ?)", (post, _packed({"Body": html})))

    def add_tag(self, name: str, excerpt: int | None, wiki: int | None) -> None:
        self.scratch.execute("INSERT OR IGNORE INTO tags VALUES (?, ?, ?)", (name, excerpt, wiki))

    def told_of_tags(self) -> Iterator[tuple[str, str]]:
        """Each tag of which something was written, with that: the excerpt, or else the wiki."""
        rows = self.scratch.execute(
            "SELECT name, data FROM tags JOIN wikis ON wikis.id ="
            " CASE WHEN excerpt IN (SELECT id FROM wikis) THEN excerpt ELSE wiki END ORDER BY name"
        ).fetchall()
        for name, data in rows:
            yield name, _unpacked(data)["Body"]

    def add_link(self, post: int, related: int, kind: int) -> None:
        self.scratch.execute("INSERT INTO links VALUES (?, ?, ?)", (post, related, kind))

    def drop_orphans(self) -> Iterator[tuple[str, int]]:
        """Take out what stands under nothing that is there: where it stood, and its kind."""
        for kind, wanted in ((ANSWER, "kind = 1"), (COMMENT, "kind < 3")):
            gone = self.scratch.execute(
                "DELETE FROM entries WHERE kind = ? AND NOT EXISTS"  # noqa: S608 - one of two literals
                f" (SELECT 1 FROM entries AS a WHERE (a.kind > 2) = 0 AND a.id = entries.above AND a.{wanted})"
                " RETURNING place",
                (kind,),
            ).fetchall()
            yield from sorted(((place, kind) for (place,) in gone), key=lambda one: (len(one[0]), one[0]))

    def note_known(
        self, key: int, post_id: int, told: str | None = None, body_key: int | None = None
    ) -> None:
        """An earlier run has imported it."""
        self.scratch.execute(
            "UPDATE entries SET known = 1, post = ?, told = ?, body = ? WHERE key = ?",
            (post_id, told, body_key, key),
        )

    def count(self) -> Counter[tuple[int, bool]]:
        """How many entries there are of each kind, known and not."""
        rows = self.scratch.execute("SELECT kind, known, COUNT(*) FROM entries GROUP BY kind, known")
        return Counter({(kind, bool(known)): number for kind, known, number in rows})

    def choose_ids(self, place_id: int, stored: Callable[[list[int]], set[int]]) -> None:
        """Give every post an id of its moment, the same in each run: texts that were written name what is not yet.

        `stored` tells which of these ids are taken already, by whatever is there.
        """
        run, after = self.scratch.execute, (-1, -1)
        while True:
            lot = run(
                "SELECT created, key FROM entries WHERE post IS NULL AND (created, key) > (?, ?)"
                " ORDER BY created, key LIMIT 500",
                after,
            ).fetchall()
            if not lot:
                return
            wanted = {key: _id_of(place_id, key, created) for created, key in lot}
            taken = stored(list(wanted.values()))
            for key, chosen in wanted.items():
                while chosen in taken or not self._take_id(key, chosen):
                    chosen += 1
                    taken |= stored([chosen])
            after = lot[-1]

    def _take_id(self, key: int, chosen: int) -> bool:
        try:
            self.scratch.execute("UPDATE entries SET post = ? WHERE key = ?", (chosen, key))
        except sqlite3.IntegrityError:
            return False
        return True

    def questions(self) -> Iterator[int]:
        """Of which something is new, oldest first."""
        for question_id in self.all_questions():
            if any(not entry[-1] for entry in self._within(question_id)):
                yield question_id

    def all_questions(self) -> Iterator[int]:
        for (question_id,) in self.scratch.execute(
            "SELECT id FROM entries WHERE kind = 1 ORDER BY id"
        ).fetchall():
            yield question_id

    def thread(self, question_id: int) -> list[Entry]:
        """A question with all that stands under it, in the order of time, nothing before what it stands under."""
        found = self._within(question_id)
        told: dict[tuple[bool, int], int] = {}
        order = []
        for kind, entry_id, above, created, key, _known in sorted(found):
            moment = created if above is None else max(created, told.get((False, above), created))
            told.setdefault((kind == COMMENT, entry_id), moment)
            order.append((moment, kind, entry_id, key))
        return [self._entry(key) for *_order, key in sorted(order)]

    def history_of(self, post: int) -> list[dict[str, str]]:
        rows = self.scratch.execute("SELECT data FROM history WHERE post = ? ORDER BY id", (post,))
        return [_unpacked(data) for (data,) in rows]

    def post_ids(self, ids: set[int]) -> dict[int, int]:
        """Our ids of these posts, of those that are there."""
        found = {}
        for entry_id in ids:
            row = self.scratch.execute(
                "SELECT post FROM entries WHERE (kind > 2) = 0 AND id = ?", (entry_id,)
            ).fetchone()
            if row and row[0]:
                found[entry_id] = row[0]
        return found

    def title_of(self, post: int) -> str:
        row = self.scratch.execute(
            "SELECT data FROM entries WHERE (kind > 2) = 0 AND id = ?", (post,)
        ).fetchone()
        return _unpacked(row[0]).get("Title", "") if row else ""

    def duplicates_of(self, post: int) -> list[int]:
        rows = self.scratch.execute(
            "SELECT related FROM links WHERE post = ? AND kind = ?", (post, DUPLICATE)
        )
        return [related for (related,) in rows]

    def linked(self, most: int = 2000) -> Iterator[tuple[str, int]]:
        """The HTML of posts that link to others of the same site, and to which."""
        rows = self.scratch.execute(
            "SELECT data, related FROM links JOIN entries ON (entries.kind > 2) = 0 AND entries.id = links.post LIMIT ?",
            (most,),
        )
        for data, related in rows:
            yield _unpacked(data).get("Body", ""), related

    def person(self, user_id: str | None, name: str | None) -> Person:
        """Who it was: by the account that one has on all sites, by the user of this one, or by name alone."""
        number = whole(user_id)
        if number is not None:
            row = self.scratch.execute("SELECT account, name FROM users WHERE id = ?", (number,)).fetchone()
            account, shown = row or (None, name or f"user{number}")
            if account is not None and account > 0:
                return Person(f"stackexchange:account:{account}", shown, None)
            return Person(f"stackexchange:{self.site}:user:{number}", shown, None)
        if name and name.strip():
            return Person(f"stackexchange:{self.site}:name:{name.strip().casefold()}", name.strip(), None)
        return Person(f"stackexchange:{self.site}:nobody", "", None)

    @property
    def site(self) -> str:
        """What tells this site from others: the moment it began. No file names it."""
        if not self._site:
            row = self.scratch.execute(
                "SELECT MIN(created) FROM (SELECT created FROM users WHERE id = -1"
                " UNION ALL SELECT MIN(created) FROM entries)"
            ).fetchone()
            self._site = f"{row[0] or 0:x}"
        return self._site

    def _within(self, question_id: int) -> list[tuple[int, int, int | None, int, int, int]]:
        """(kind, id, above, created, key, known) of a question, its answers and all their comments."""
        columns = "kind, id, above, created, key, known"
        return self.scratch.execute(
            f"SELECT {columns} FROM entries WHERE (kind > 2) = 0 AND id = :q"  # noqa: S608 - fixed names
            f" UNION ALL SELECT {columns} FROM entries WHERE above = :q"
            f" UNION ALL SELECT {columns} FROM entries WHERE kind = 3 AND above IN (SELECT id FROM entries WHERE above = :q AND kind = 2)",
            {"q": question_id},
        ).fetchall()

    def _entry(self, key: int) -> Entry:
        columns = "kind, id, above, created, place, data, post, known, told, body"
        kind, entry_id, above, created, place, data, post, known, told, body = self.scratch.execute(
            f"SELECT {columns} FROM entries WHERE key = ?",  # noqa: S608 - fixed names
            (key,),
        ).fetchone()
        moment, values = moment_of(created), _unpacked(data)
        return Entry(key, kind, entry_id, above, moment, place, values, post or 0, bool(known), told, body)


def _id_of(place_id: int, key: int, created: int) -> int:
    """As `core.ids.id_at` would, with the entry itself in place of chance."""
    drawn = int.from_bytes(hashlib.blake2b(f"{place_id}:{key}".encode(), digest_size=4).digest(), "big")
    if created < _EPOCH:
        return max(created, 0) // 1000 << _BITS_OLD | drawn % (1 << _BITS_OLD)
    return created - _EPOCH << _BITS | drawn % (1 << _BITS)


_EPOCH = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000)


def whole(text: str | None) -> int | None:
    """A number of a dump; none where it is no number that a database holds."""
    try:
        number = int(text or "")
    except ValueError:
        return None
    return number if abs(number) < 2**53 else None


def milliseconds(text: str | None) -> int | None:
    """A moment of a dump, such as 2011-08-17T20:18:56.507, in milliseconds since 1970."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return int(moment.timestamp() * 1000) if 1970 <= moment.year < 2200 else None


def moment_of(created: int) -> datetime:
    return datetime.fromtimestamp(created / 1000, UTC)


def _packed(values: dict[str, str]) -> bytes:
    return zlib.compress(json.dumps(values, separators=(",", ":")).encode(), 1)


def _unpacked(data: bytes) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(zlib.decompress(data))
    return values
