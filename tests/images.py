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

# By database and names: the rows, the moment, and what was made with them, pickled.
_images: dict[tuple[str, str], tuple[Rows, Any, bytes]] = {}
# What stands in a database as it was put there, by the names of the images; not said once anything else is written.
_standing: dict[str, str] = {}


def watch(app: Flask, database: str) -> None:
    """Notice each commit, so that an image is never put over what a test has written before."""
    with app.app_context():
        sa.event.listen(db.engine, "commit", lambda _connection: _standing.pop(database, None))


def begun(database: str) -> None:
    """Nothing is in the database but what the migrations put there."""
    _standing[database] = ""


def made_or_put_back(app: Flask, database: str, name: str, make: Callable[[], T]) -> T:
    """What `make` answers, with the rows it writes; what it made the first time, wherever it would come out the same."""
    with app.app_context():
        before = _standing.get(database)
        if before is None:
            return make()
        here = (database, f"{before}/{name}")
        kept = _images.get(here)
        if kept is not None and kept[1] == clock.now():
            _put_back(database, before, kept[0])
            made: T = pickle.loads(kept[2])
        else:
            made = make()
            if kept is None:
                _images[here] = (_rows(database), clock.now(), pickle.dumps(made))
        if kept is None or kept[1] == clock.now():
            _standing[database] = here[1]
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


def _put_back(database: str, before: str, rows: Rows) -> None:
    if database.startswith("sqlite"):
        with contextlib.closing(_sqlite(database)) as there:
            there.execute("PRAGMA synchronous=OFF")
            rows.backup(there)
        return
    with db.engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SET LOCAL session_replication_role = replica")
        standing = _images.get((database, before))
        for table in [name for name, _rows in standing[0]] if standing else ("scopes", "versions"):
            cursor.execute(f'DELETE FROM "{table}"')
        for table, content in rows:
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)') as copy:
                copy.write(content)


def _sqlite(database: str) -> sqlite3.Connection:
    return sqlite3.connect(Path(database.removeprefix("sqlite:///")), timeout=5)
