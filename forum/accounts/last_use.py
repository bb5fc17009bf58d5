"""When sessions and tokens were last used and people last seen: gathered in memory, written in batches, so that a page view writes nothing."""

import threading
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, update

from forum.accounts.models import PersonalToken, Session, User
from forum.core import clock
from forum.core.db import db, which_database
from forum.core.transactions import transaction

STAMP = timedelta(minutes=5)  # how coarsely the last use is kept
BATCH = 500
KINDS: tuple[type[Session] | type[PersonalToken], ...] = (Session, PersonalToken)

Slot = tuple[str, str, int]

_guard = threading.Lock()
_noted: dict[Slot, tuple[int, datetime]] = {}


def note(used: Session | PersonalToken) -> None:
    """Remember that a session or token is used now, if what is stored is older than a few minutes."""
    last = of(used)
    if last is None or clock.now() - last >= STAMP:
        with _guard:
            _noted[_slot(type(used), used.id)] = (used.user_id, clock.now())


def of(used: Session | PersonalToken) -> datetime | None:
    """When it was last used: as stored, or as noted since."""
    noted = _noted.get(_slot(type(used), used.id))
    if noted is None or used.used_at is None:
        return noted[1] if noted else used.used_at
    return max(noted[1], used.used_at)


def of_session(session: Session) -> datetime:
    return of(session) or session.used_at


def write() -> int:
    """Store what was noted; short transactions. Answers how many sessions and tokens."""
    done = 0
    for kind in KINDS:
        here = _slot(kind, 0)[:2]
        with _guard:
            mine = {slot: _noted.pop(slot) for slot in [s for s in _noted if s[:2] == here]}
        rows = [{"used": slot[2], "user": user_id, "at": at} for slot, (user_id, at) in mine.items()]
        for start in range(0, len(rows), BATCH):
            _store(kind, rows[start : start + BATCH])
        done += len(rows)
    return done


def forget() -> None:
    """Drop what was noted; for tests that put another database in place of this one."""
    with _guard:
        _noted.clear()


def _store(kind: type[Session] | type[PersonalToken], rows: list[dict[str, object]]) -> None:
    with transaction():
        connection = db.session.connection()
        connection.execute(
            update(kind.__table__)  # type: ignore[arg-type]
            .where(kind.id == bindparam("used"), or_(kind.used_at.is_(None), kind.used_at < bindparam("at")))
            .values(used_at=bindparam("at")),
            [{"used": row["used"], "at": row["at"]} for row in rows],
        )
        seen: dict[object, object] = {}
        for row in sorted(rows, key=lambda row: str(row["at"])):
            seen[row["user"]] = row["at"]
        connection.execute(
            update(User.__table__).where(User.id == bindparam("user")).values(last_seen_at=bindparam("at")),  # type: ignore[arg-type]
            [{"user": user_id, "at": at} for user_id, at in sorted(seen.items(), key=str)],
        )


def _slot(kind: type[Session] | type[PersonalToken], used_id: int) -> Slot:
    return which_database(), kind.__tablename__, used_id
