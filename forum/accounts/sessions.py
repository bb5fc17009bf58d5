"""Sessions: begun with a fresh token, known here by its hash, ended at once."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from flask import Response
from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, or_, select
from sqlalchemy.orm import joinedload

from forum.access.models import RoleAssignment, RoleName
from forum.access.viewer import Viewer
from forum.accounts import last_use
from forum.accounts.models import Session, User
from forum.accounts.signals import SessionsEnded
from forum.config import Config
from forum.core import clock, reading
from forum.core.db import db
from forum.core.remembered import Remembered, only_reads, raw, set_free
from forum.core.transactions import publish
from forum.core.versions import SITE, Version, note_site_version

IDLE = timedelta(days=14)
IDLE_STAFF = timedelta(hours=12)
ABSOLUTE = timedelta(days=30)
ABSOLUTE_STAFF = timedelta(hours=24)
ROTATION_GRACE = timedelta(seconds=30)  # how long requests with the old token that are under way still pass
PROOF = timedelta(minutes=10)  # how long a password that was given counts for what needs it
MOST_AT_ONCE = 50

_sessions: Remembered[Session] = Remembered(5000)
_by_id: Remembered[Session] = Remembered(12_000)  # of those who are connected


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def find_session(token: str) -> Session | None:
    """The live session of a token, with its user; the site's version comes along. One statement, or none for rubbish."""
    if not 20 <= len(token) <= 100 or not token.isascii():
        return None
    digest = token_hash(token)
    session = _known(digest) if only_reads() else _find(Session.token_hash == digest)
    if session is None:
        session = _find(Session.old_token_hash == digest, Session.rotated_at > clock.now() - ROTATION_GRACE)
    return session


def live_sessions(*criteria: ColumnElement[bool]) -> list[Session]:
    """Those of these that have not ended, with their users, in one statement; the site's version comes along."""
    rows = db.session.execute(
        select(Session, _VERSION)
        .options(joinedload(Session.user, innerjoin=True))
        .where(*criteria, Session.expires_at > clock.now())
    ).all()
    if rows:
        note_site_version(rows[0][1] or 0)
    return [row[0] for row in rows]


def known_sessions(ids: Sequence[int]) -> dict[int, Session]:
    """Those that have not ended, as they are kept in process where their rows and their users' are what they were: for
    looking alone. One statement, and one more for all that changed."""
    rows = {row[1]: row for row in map(tuple, reading.rows(_RAW_BY_ID, ids=list(ids), now=clock.now()))}
    for row in rows.values():
        note_site_version(row[0] or 0)
        break
    kept = {session_id: row[1:] for session_id, row in rows.items()}
    anew = [session_id for session_id, row in kept.items() if not _by_id.holds(session_id, row)]
    fresh = {session.id: session for session in live_sessions(Session.id.in_(anew))} if anew else {}
    found = {
        session_id: _by_id.get(session_id, row, partial(_free, fresh.get(session_id)))
        for session_id, row in kept.items()
    }
    return {session_id: session for session_id, session in found.items() if session is not None}


def sound_sessions(ids: Sequence[int]) -> set[int]:
    """Those about which there is nothing to think: live, lately used, in no preview, of people who are not suspended."""
    now = clock.now()
    fresh = and_(Session.created_at > now - ABSOLUTE_STAFF, Session.used_at > now - IDLE_STAFF)
    is_staff = exists().where(RoleAssignment.user_id == User.id, RoleAssignment.role == RoleName.STAFF)
    statement = (
        select(Session.id)
        .join(User, User.id == Session.user_id)
        .where(
            Session.id.in_(ids),
            Session.expires_at > now,
            Session.used_at > now - IDLE,
            or_(fresh, ~is_staff),
            Session.preview_guise == "",
            User.suspended_at.is_(None),
        )
    )
    return set(db.session.scalars(statement))


def is_over(session: Session, viewer: Viewer) -> bool:
    """Whether time has ended a session; for staff it ends sooner, also where they became staff since it began."""
    now, used_at = clock.now(), last_use.of_session(session)
    if viewer.is_staff:
        return used_at + IDLE_STAFF <= now or session.created_at + ABSOLUTE_STAFF <= now
    return used_at + IDLE <= now


def begin_session(user: User, *, is_staff: bool, device: str, network: str) -> str:
    """A new session, inside a transaction; answers its token, which stands nowhere but in the cookie."""
    token, now = secrets.token_urlsafe(32), clock.now()
    db.session.add(
        Session(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            used_at=now,
            proved_at=now,
            expires_at=now + lifetime(is_staff),
            device=device[:80],
            network=network,
        )
    )
    oldest = select(Session.id).where(Session.user_id == user.id).order_by(Session.used_at.desc())
    end_sessions(user, list(db.session.scalars(oldest.offset(MOST_AT_ONCE))), reason="too many")
    return token


def rotate_session(session: Session, *, at_once: bool = False) -> str:
    """Give a session another token. Requests with the old one that are under way still pass for a moment, unless `at_once`."""
    token = secrets.token_urlsafe(32)
    session.old_token_hash = None if at_once else session.token_hash
    session.token_hash, session.rotated_at, session.must_rotate = token_hash(token), clock.now(), False
    return token


def end_sessions(user: User, session_ids: Iterable[int] | None = None, *, reason: str) -> int:
    """End these sessions of a person, or all of them, inside a transaction. Answers how many."""
    of_user = Session.user_id == user.id
    which = of_user if session_ids is None else of_user & Session.id.in_(list(session_ids))
    ended = tuple(db.session.scalars(delete(Session).where(which).returning(Session.id)))
    if ended:
        publish(SessionsEnded(user_id=user.id, session_ids=ended, reason=reason))
    return len(ended)


def lifetime(is_staff: bool) -> timedelta:
    return ABSOLUTE_STAFF if is_staff else ABSOLUTE


def set_session_cookie(response: Response, token: str, config: Config, *, is_staff: bool) -> None:
    response.set_cookie(
        config.session_cookie,
        token,
        max_age=int(lifetime(is_staff).total_seconds()),
        secure=config.is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )


_VERSION = select(Version.value).where(Version.name == SITE).scalar_subquery()
_RAW = (
    select(_VERSION, *raw(Session, User))
    .join(User, User.id == Session.user_id)
    .where(Session.token_hash == bindparam("digest"), Session.expires_at > bindparam("now"))
)


_RAW_BY_ID = (
    select(_VERSION, Session.id, *raw(Session, User))
    .join(User, User.id == Session.user_id)
    .where(Session.id.in_(bindparam("ids", expanding=True)), Session.expires_at > bindparam("now"))
)


def _known(digest: bytes) -> Session | None:
    """The session as it is kept in process, where its row and its user's are what they were; for requests that only read."""
    row = reading.first(_RAW, digest=digest, now=clock.now())
    if row is None:
        return None
    note_site_version(row[0] or 0)
    return _sessions.get(digest, tuple(row)[1:], lambda: _free(_find(Session.token_hash == digest)))


def _free(session: Session | None) -> Session | None:
    if session is not None:
        set_free(session, session.user)
    return session


def _find(*criteria: ColumnElement[bool]) -> Session | None:
    found = live_sessions(*criteria)
    return found[0] if found else None
