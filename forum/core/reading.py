"""Reading past the ORM: statements that are built once, with `bindparam`, and sent as they are.

Building a statement anew, and the ORM's work around it, cost many times what the database takes for a page's reads.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.sql.base import Executable

from forum.core.db import db


def rows(statement: Executable, **values: Any) -> Sequence[Any]:
    """The rows of a statement, in the session's transaction; what is changed in it and not yet sent goes first."""
    session = db.session()
    if "transaction" in session.info:
        session.flush()
    return session.connection().execute(statement, values).all()


def first(statement: Executable, **values: Any) -> Any:
    """The first row, or None."""
    found = rows(statement, **values)
    return found[0] if found else None
