"""Images: what many tests begin with is made once a worker, and afterwards put back as it was, rows and objects alike."""

import contextlib
import pickle
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask

from forum.core import clock
from forum.core.db import Base, db

T = TypeVar("T")
Rows = Any

# Of each database, by name: the rows, the moment, and what was made with them, pickled.
_images: dict[tuple[str, str], tuple[Rows, Any, bytes]] = {}
_untouched: set[str] = set()


def watch(app: Flask, database: str) -> None:
    """Notice each commit, so that an image is never put over what a test has written before."""
    with app.app_context():
        sa.event.listen(db.engine, "commit", lambda _connection: _untouched.discard(database))


def begun(database: str) -> None:
    """Nothing is in the database but what the migrations put there."""
    _untouched.add(database)


def made_or_put_back(app: Flask, database: str, name: str, make: Callable[[], T]) -> T:
    """What `make` answers, with the rows it writes; what it made the first time, wherever it would come out the same."""
    kept = _images.get((database, name))
    if database not in _untouched:
        with app.app_context():
            return make()
    with app.app_context():
        if kept is not None and kept[1] == clock.now():
            _put_back(database, kept[0])
            _untouched.discard(database)
            found: T = pickle.loads(kept[2])
            return found
        made = make()
        if kept is None:
            _images[database, name] = (_rows(database), clock.now(), pickle.dumps(made))
        return made


def _rows(database: str) -> Rows:
    if database.startswith("sqlite"):
        kept = sqlite3.connect(":memory:")
        with contextlib.closing(_sqlite(database)) as there:
            there.backup(kept)
        return kept
    found = []
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()
        for table in Base.metadata.sorted_tables:
            with cursor.copy(f'COPY "{table.name}" TO STDOUT (FORMAT BINARY)') as copy:
                rows = b"".join(bytes(part) for part in copy)
            cursor.execute(f'SELECT count(*) FROM "{table.name}"')
            if cursor.fetchone()[0]:
                found.append((table.name, rows))
    return found


def _put_back(database: str, rows: Rows) -> None:
    if database.startswith("sqlite"):
        with contextlib.closing(_sqlite(database)) as there:
            there.execute("PRAGMA synchronous=OFF")
            rows.backup(there)
        return
    with db.engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM scopes; DELETE FROM versions")
        for table, content in rows:
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)') as copy:
                copy.write(content)


def _sqlite(database: str) -> sqlite3.Connection:
    return sqlite3.connect(Path(database.removeprefix("sqlite:///")), timeout=5)
