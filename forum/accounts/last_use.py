"""When sessions were last used and people last seen: gathered in memory, written in batches, so that a page view writes nothing."""

import threading
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update

from forum.accounts.models import Session, User
from forum.core import clock
from forum.core.db import db, which_database
from forum.core.transactions import transaction

STAMP = timedelta(minutes=5)  # how coarsely the last use is kept
BATCH = 500

_guard = threading.Lock()
_noted: dict[tuple[str, int], tuple[int, datetime]] = {}


def note(session: Session) -> None:
    """Remember that a session is used now, if what is stored is older than a few minutes."""
    if clock.now() - of(session) >= STAMP:
        with _guard:
            _noted[_slot(session.id)] = (session.user_id, clock.now())


def of(session: Session) -> datetime:
    """When a session was last used: as stored, or as noted since."""
    noted = _noted.get(_slot(session.id))
    return max(noted[1], session.used_at) if noted else session.used_at


def write() -> int:
    """Store what was noted; short transactions. Answers how many sessions."""
    here = _slot(0)[0]
    with _guard:
        mine = {slot: _noted.pop(slot) for slot in [s for s in _noted if s[0] == here]}
    rows = [{"session": slot[1], "user": user_id, "at": at} for slot, (user_id, at) in mine.items()]
    for start in range(0, len(rows), BATCH):
        _store(rows[start : start + BATCH])
    return len(rows)


def forget() -> None:
    """Drop what was noted; for tests that put another database in place of this one."""
    with _guard:
        _noted.clear()


def _store(rows: list[dict[str, object]]) -> None:
    with transaction():
        connection = db.session.connection()
        connection.execute(
            update(Session.__table__)  # type: ignore[arg-type]
            .where(Session.id == bindparam("session"), Session.used_at < bindparam("at"))
            .values(used_at=bindparam("at")),
            [{"session": row["session"], "at": row["at"]} for row in rows],
        )
        seen: dict[object, object] = {}
        for row in sorted(rows, key=lambda row: str(row["at"])):
            seen[row["user"]] = row["at"]
        connection.execute(
            update(User.__table__).where(User.id == bindparam("user")).values(last_seen_at=bindparam("at")),  # type: ignore[arg-type]
            [{"user": user_id, "at": at} for user_id, at in sorted(seen.items(), key=str)],
        )


def _slot(session_id: int) -> tuple[str, int]:
    return which_database(), session_id
