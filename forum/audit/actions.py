"""Writing the log: in the transaction of what it tells, each entry sealed with the one before.

The seals are made with a key drawn from SECRET_KEY: whoever can write in the database alone cannot make them.
"""

import enum
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from forum.audit.models import AuditEntry, AuditPlace
from forum.core import clock
from forum.core.db import db
from forum.core.ids import new_id
from forum.core.transactions import current_transaction
from forum.core.versions import Version

HEAD = "audit"


class AuditAction(enum.StrEnum):
    TOPIC_LOCKED = "topic:locked"
    TOPIC_UNLOCKED = "topic:unlocked"
    TOPIC_PINNED = "topic:pinned"
    TOPIC_UNPINNED = "topic:unpinned"
    TOPIC_ARCHIVED = "topic:archived"
    TOPIC_UNARCHIVED = "topic:unarchived"
    TOPIC_SLOWED = "topic:slowed"
    TOPIC_MOVED = "topic:moved"
    TOPIC_SPLIT = "topic:split"
    TOPIC_MERGED = "topic:merged"
    POSTS_PUT_BACK = "topic:put_back"
    TOPIC_HIDDEN = "topic:hidden"
    TOPIC_DELETED = "topic:deleted"
    TOPIC_RESTORED = "topic:restored"
    TOPIC_RENAMED = "topic:renamed"
    ANSWER_ACCEPTED = "topic:answered"
    ANSWER_WITHDRAWN = "topic:unanswered"
    POLL_CLOSED = "post:poll_closed"
    TOPIC_TAGGED = "topic:tagged"
    AUDIENCE_CHANGED = "topic:audience_changed"
    POST_EDITED = "post:edited"
    POST_HIDDEN = "post:hidden"
    POST_DELETED = "post:deleted"
    POST_RESTORED = "post:restored"
    FILE_REMOVED = "post:file_removed"
    AUTHOR_CHANGED = "post:author_changed"
    FLAGS_DISMISSED = "flags:dismissed"
    FLAGS_UPHELD = "flags:upheld"
    REVISION_HIDDEN = "revision:hidden"
    REVISION_RESTORED = "revision:restored"
    CATEGORY_CREATED = "category:created"
    CATEGORY_CHANGED = "category:changed"
    TAG_CREATED = "tag:created"
    TAG_CHANGED = "tag:changed"
    TAG_MERGED = "tag:merged"
    TAG_DELETED = "tag:deleted"
    TAG_GROUP_CREATED = "tag_group:created"
    TAG_GROUP_CHANGED = "tag_group:changed"
    TAG_GROUP_DELETED = "tag_group:deleted"
    PREVIEW_STARTED = "preview:started"
    SETTINGS_CHANGED = "settings:changed"
    USER_CREATED = "user:created"
    STANDING_CHANGED = "user:standing_changed"
    ROLE_GRANTED = "user:role_granted"
    ROLE_REVOKED = "user:role_revoked"
    USER_SUSPENDED = "user:suspended"
    USER_REINSTATED = "user:reinstated"
    SESSIONS_ENDED = "user:sessions_ended"
    POSTS_CLAIMED = "user:posts_claimed"
    GROUP_CREATED = "group:created"
    GROUP_JOINED = "group:joined"
    GROUP_LEFT = "group:left"


_together: ContextVar[str] = ContextVar("together", default="")


@contextmanager
def recorded_together() -> Iterator[None]:
    """What is recorded in this block is done at once: the log keeps that, so that it can be undone together."""
    token = _together.set(str(new_id()))
    try:
        yield
    finally:
        _together.reset(token)


def record(
    action: AuditAction,
    *,
    subject_kind: str,
    subject_id: int,
    actor_id: int | None,
    place_id: int | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
    also_in: Iterable[int] = (),
) -> AuditEntry:
    """Append an entry; `also_in` are other places in whose log it stands. Raises RuntimeError outside a transaction: the log and
    the change stand or fall together."""
    if current_transaction() is None:
        raise RuntimeError("record() outside a transaction")
    position = db.session.scalar(
        update(Version).where(Version.name == HEAD).values(value=Version.value + 1).returning(Version.value)
    )
    if position is None:
        raise RuntimeError("the log has no head: run the migrations")
    before = db.session.scalar(select(AuditEntry.seal).where(AuditEntry.position == position - 1)) or b""
    entry = AuditEntry(
        position=position,
        at=clock.now(),
        action=action.value,
        actor_id=actor_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        place_id=place_id,
        reason=reason,
        detail={**(detail or {}), **({"together": _together.get()} if _together.get() else {})},
    )
    entry.seal = seal_of(entry, before, _keys()[0])
    db.session.add(entry)
    db.session.add_all(AuditPlace(place_id=other, position=position) for other in {*also_in} - {place_id})
    db.session.flush()
    return entry


def seal_of(entry: AuditEntry, before: bytes, key: bytes) -> bytes:
    """The keyed hash that ties an entry to the one before it (32 bytes)."""
    told = [
        entry.position,
        entry.at.isoformat(),
        entry.action,
        entry.actor_id,
        entry.subject_kind,
        entry.subject_id,
        entry.place_id,
        entry.reason,
        entry.detail,
    ]
    return hashlib.blake2b(
        before + json.dumps(told, sort_keys=True).encode(), digest_size=32, key=key
    ).digest()


def first_broken() -> int | None:
    """The position at which the chain of seals breaks, or None where the log is whole. Earlier keys are tried too."""
    before, expected, keys = b"", 1, _keys()
    every = select(AuditEntry).order_by(AuditEntry.position).execution_options(yield_per=500)
    with closing(db.session.scalars(every)) as entries:
        for entry in entries:
            holds = any(hmac.compare_digest(entry.seal, seal_of(entry, before, key)) for key in keys)
            if entry.position != expected or not holds:
                return expected
            before, expected = entry.seal, expected + 1
    head = db.session.scalar(select(Version.value).where(Version.name == HEAD)) or 0
    return None if head == expected - 1 else expected


def _keys() -> list[bytes]:
    """The key of new seals, then those of SECRET_KEY_FALLBACKS."""
    secrets = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [hashlib.blake2b(f"audit:seal:{secret}".encode(), digest_size=32).digest() for secret in secrets]
