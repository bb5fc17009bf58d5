"""Who answers whom, worked out from ids alone: a pure function of the messages known, in whatever order they came.

A message's parent is the last id of its References that is known, else the last known one of its
In-Reply-To. A message that names nobody may be told its parent by another's References: where they say
`a … b`, `b` is known, and `b` names nobody itself, the nearest known id before `b` is taken for its parent.
Nobody becomes their own ancestor: of a circle the weakest link is cut. A parent that is not known joins
nobody: whoever answers it begins a thread of their own, marked with a gap.

The index lives in a scratch file of SQLite, so that memory does not grow with the archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-8192;
CREATE TABLE messages (
    key INTEGER PRIMARY KEY,
    names_somebody INTEGER NOT NULL,
    own INTEGER,     -- the parent by the message's own headers
    parent INTEGER,  -- ... or by another's
    root INTEGER,
    has_gap INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE names (message INTEGER, position INTEGER, name INTEGER, PRIMARY KEY (message, position)) WITHOUT ROWID;
CREATE INDEX names_by_name ON names (name, message, position);
"""
_BELOW = """
WITH RECURSIVE below (key, root) AS (
    SELECT key, key FROM messages WHERE root IS NULL AND own IS NULL
    UNION ALL SELECT messages.key, below.root FROM below JOIN messages ON messages.own = below.key
)
UPDATE messages SET root = below.root FROM below WHERE messages.key = below.key
"""


class ThreadIndex:
    """Messages by key, what they name, and, once resolved, the parent and the root of each."""

    def __init__(self, path: str = ":memory:") -> None:
        self.scratch = sqlite3.connect(path, isolation_level=None)
        self.scratch.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.scratch.close()

    def add(self, key: int, references: Sequence[int], in_reply_to: Sequence[int] = ()) -> bool:
        """A message and what it names, farthest first. False where it was known, and names no more than it did.

        Copies of one message may differ; the one that names most counts, whichever comes first.
        """
        named = [(at, name) for at, name in enumerate(in_reply_to, -len(in_reply_to)) if name != key]
        named += [(at, name) for at, name in enumerate(references) if name != key]
        new = self.scratch.execute(
            "INSERT OR IGNORE INTO messages (key, names_somebody) VALUES (?, ?)", (key, bool(named))
        ).rowcount
        if not new:
            before = self.scratch.execute(
                "SELECT position, name FROM names WHERE message = ? ORDER BY position", (key,)
            ).fetchall()
            if (len(named), named) <= (len(before), before):
                return False
            self.scratch.execute("DELETE FROM names WHERE message = ?", (key,))
            self.scratch.execute("UPDATE messages SET names_somebody = 1 WHERE key = ?", (key,))
        self.scratch.executemany(
            "INSERT INTO names VALUES (?, ?, ?)", ((key, at, name) for at, name in named)
        )
        return True

    def resolve(self) -> None:
        """Find the parent and the root of every message."""
        run = self.scratch.execute
        run("CREATE INDEX IF NOT EXISTS messages_by_own ON messages (own)")
        run(
            "UPDATE messages SET parent = NULL, root = NULL, own = (SELECT name FROM names JOIN messages AS other"
            " ON other.key = name WHERE message = messages.key ORDER BY position DESC LIMIT 1)"
        )
        run("UPDATE messages SET has_gap = names_somebody AND own IS NULL")
        run(_BELOW)
        # Whatever hangs under no root hangs under a circle.
        circling = dict(self._pairs("SELECT key, own FROM messages WHERE root IS NULL"))
        for key in weakest_links(circling):
            run("UPDATE messages SET own = NULL WHERE key = ?", (key,))
        if circling:
            run(_BELOW)
        run("UPDATE messages SET parent = own")
        self._infer()
        run("CREATE INDEX IF NOT EXISTS messages_by_root ON messages (root)")

    def parents(self) -> Iterator[tuple[int, int | None]]:
        """Every message with its parent."""
        yield from self.scratch.execute("SELECT key, parent FROM messages")

    def _infer(self) -> None:
        """Parents told by others, for roots that name nobody; then the roots they lead to."""
        told: dict[int, int] = {}
        root_above: dict[int, int] = {}
        candidates = self._pairs(
            "SELECT DISTINCT key, 0 FROM messages CROSS JOIN names ON name = key"
            " WHERE NOT names_somebody AND position > 0 ORDER BY key"
        )
        for key, _ in candidates:
            nearest = self.scratch.execute(
                "SELECT before.name, above.root, MIN(claim.position - before.position) AS distance"
                " FROM names AS claim"
                " JOIN names AS before ON before.message = claim.message AND before.position < claim.position"
                " JOIN messages AS above ON above.key = before.name"
                " WHERE claim.name = ? AND before.position >= 0 AND above.root <> ?"
                " GROUP BY before.name ORDER BY distance, before.name LIMIT 1",
                (key, key),
            ).fetchone()
            if nearest:
                told[key], root_above[key] = nearest[0], nearest[1]
        for key in weakest_links(root_above):
            del told[key], root_above[key]
        for key, parent in told.items():
            root = root_above[key]
            while root in root_above:
                root = root_above[root]
            self.scratch.execute("UPDATE messages SET parent = ? WHERE key = ?", (parent, key))
            self.scratch.execute("UPDATE messages SET root = ? WHERE root = ?", (root, key))

    def _pairs(self, statement: str) -> list[tuple[int, int]]:
        return self.scratch.execute(statement).fetchall()


def weakest_links(parents: Mapping[int, int]) -> list[int]:
    """Of every circle in the links, the child with the smallest key: where to cut it."""
    cuts: list[int] = []
    seen: dict[int, int] = {}
    for walk, start in enumerate(parents):
        at = start
        path: list[int] = []
        while at in parents and at not in seen:
            seen[at] = walk
            path.append(at)
            at = parents[at]
        if at in parents and seen[at] == walk:
            cuts.append(min(path[path.index(at) :]))
    return cuts
