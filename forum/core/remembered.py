"""Objects that stay the same as long as their rows do: read raw, compared, and loaded by the ORM only when they differ.

Only for requests that read. What comes from here belongs to no session and must not be changed; where something is to be
changed, the action loads it anew inside its transaction.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from flask import has_request_context, request
from sqlalchemy import ColumnElement, type_coerce
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import NullType

from forum.core.db import Base, db, which_database
from forum.core.transactions import current_transaction

T = TypeVar("T")
READS = {"GET", "HEAD"}


class Remembered(Generic[T]):
    """The newest `most` objects by key, each with the row it was loaded for."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, tuple[Any, T]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable, row: Any, load: Callable[[], T | None]) -> T | None:
        """What was loaded for this very row; else what `load` answers, taken out of the session."""
        whole = (which_database(), key)
        kept = self._kept.get(whole)
        if kept is not None and kept[0] == row:
            return kept[1]
        loaded = load()
        if loaded is None:
            return None
        with self._guard:
            self._kept[whole] = (row, loaded)
            self._kept.move_to_end(whole)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return loaded

    def holds(self, key: Hashable, row: Any) -> bool:
        """Whether something is kept that was loaded for this very row."""
        kept = self._kept.get((which_database(), key))
        return kept is not None and kept[0] == row

    def forget(self) -> None:
        """Drop what is kept; for tests that put another database in place of this one."""
        with self._guard:
            self._kept.clear()


def only_reads() -> bool:
    """Whether this is a request that changes nothing, outside of any transaction."""
    return has_request_context() and request.method in READS and current_transaction() is None


def raw(*models: Any, but: tuple[InstrumentedAttribute[Any], ...] = ()) -> list[ColumnElement[Any]]:
    """The columns of models as the driver gives them: for comparing, not for showing."""
    left_out = {attribute.key for attribute in but}
    return [
        type_coerce(column, NullType())
        for model in models
        for column in _table(model).columns
        if column.key not in left_out
    ]


def set_free(*things: Base | None) -> None:
    """Take loaded objects out of the session, so that no later rollback empties them."""
    for thing in things:
        if thing is not None and thing in db.session:
            db.session.expunge(thing)


def _table(model: Any) -> Any:
    return model.__table__
