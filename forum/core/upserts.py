"""Insert or, where the key is taken, update: one statement, the same on both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from forum.core.db import Base, db


def insert(model: type[Base]) -> Any:
    """The insert statement of this database's dialect, which knows ON CONFLICT."""
    return (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(model)


def insert_or_ignore(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert what is not there yet."""
    if rows:
        db.session.execute(insert(model).on_conflict_do_nothing(), list(rows))
