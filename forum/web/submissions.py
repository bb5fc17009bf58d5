"""Requests that may come twice: what was answered the first time is kept for a day, under the sender's own key.

The key is taken in the very transaction that makes the change, and the answer is stored in it too: after a crash either
both are there or neither. Who comes at the same moment waits for the first, in this process by turns and in others at the
unique key, and is given the same answer.
"""

import hashlib
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, Index, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from forum.core import clock
from forum.core.db import Base, db, which_database
from forum.core.errors import KeyReused, Malformed, Unavailable
from forum.core.transactions import as_one, let_go, transaction
from forum.core.upserts import insert

HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
LONGEST = 255
KEPT = timedelta(days=1)
LARGEST = 400_000  # bytes of an answer; a larger one is not kept, only that it was given
PATIENCE = 10.0  # seconds for which a request waits for its twin
HEADERS = ("Location", "ETag")


class Submission(Base):
    """What was answered to one unsafe request of one person."""

    __tablename__ = "submissions"
    __table_args__ = (Index(None, "created_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(JSON)
    body: Mapped[bytes | None]  # compressed


@dataclass(frozen=True, slots=True)
class Keyed:
    """The key of this request, and what it must be sent with again."""

    user_id: int
    key_hash: bytes
    request_hash: bytes


class AnsweredBefore(Exception):
    """The same key has been taken meanwhile: nothing is changed here."""


def read_key(user_id: int, *, signed_in_by: str) -> Keyed | None:
    """The key this request was sent with. `signed_in_by` says with which rights: others are another request."""
    text = request.headers.get(HEADER)
    if text is None:
        return None
    if not 0 < len(text) <= LONGEST or not text.isascii() or not text.isprintable():
        raise Malformed(_("%(header)s takes 1 to 255 plain characters.", header=HEADER))
    parts = (request.method, request.full_path, signed_in_by)
    told = "\n".join(parts).encode("utf-8", "surrogatepass") + b"\n" + request.get_data()
    return Keyed(user_id, _hash(text.encode()), _hash(told))


def find_answered(keyed: Keyed) -> Submission | None:
    """What was answered under this key. Raises KeyReused where something else was sent under it."""
    found = db.session.scalar(
        select(Submission)
        .where(*_is(keyed), Submission.created_at > clock.now() - KEPT, Submission.status.is_not(None))
        .execution_options(populate_existing=True)
    )
    if found is not None and found.request_hash != keyed.request_hash:
        raise KeyReused(_("Another request was sent under this key. Take a new key for each new request."))
    return found


def answered(keyed: Keyed) -> Submission:
    """What a twin has answered meanwhile. Raises Unavailable where it has failed after all: the next try does it."""
    found = find_answered(keyed)
    if found is None:
        raise Unavailable(1, _("The same request is still under way. Send it again in a moment."))
    return found


def say_again(found: Submission) -> Response:
    """The same answer as the first time."""
    if found.body is None and found.status not in {204, 304}:
        raise KeyReused(_("This was done before; the answer was too large to be kept. Read it where it is."))
    response = Response(
        zlib.decompress(found.body) if found.body is not None else b"",
        status=found.status,
        mimetype="application/json" if found.body is not None else None,
    )
    for name, value in found.headers.items():
        response.headers[name] = value
    response.headers[REPEATED] = "true"
    return response


def once(keyed: Keyed, work: Callable[[], tuple[Response, bytes]]) -> Response:
    """Do the work in one transaction with its key, and keep what it answers. Raises AnsweredBefore.

    `work` gives the response, and the body to keep of it.
    """
    with as_one(lambda: _take(keyed)):
        response, body = work()
        with transaction():
            db.session.execute(
                update(Submission)
                .where(*_is(keyed))
                .values(
                    status=response.status_code,
                    headers={name: response.headers[name] for name in HEADERS if name in response.headers},
                    body=zlib.compress(body, 1) if body and len(body) <= LARGEST else None,
                )
                .execution_options(synchronize_session=False)
            )
    return response


def forget_old() -> int:
    """Drop what has been kept for a day. Answers how many."""
    with transaction():
        old = delete(Submission).where(Submission.created_at <= clock.now() - KEPT)
        return len(db.session.scalars(old.returning(Submission.user_id)).all())


def _take(keyed: Keyed) -> None:
    """Take the key, first thing in the transaction. Somebody who holds it and has not finished is waited for."""
    now = clock.now()
    db.session.execute(delete(Submission).where(*_is(keyed), Submission.created_at <= now - KEPT))
    row = {
        "user_id": keyed.user_id,
        "key_hash": keyed.key_hash,
        "request_hash": keyed.request_hash,
        "created_at": now,
        "headers": {},
    }
    taken = insert(Submission).values(row).on_conflict_do_nothing().returning(Submission.user_id)
    if db.session.execute(taken).first() is None:
        raise AnsweredBefore


def _is(keyed: Keyed) -> tuple[Any, Any]:
    return Submission.user_id == keyed.user_id, Submission.key_hash == keyed.key_hash


def _hash(told: bytes) -> bytes:
    return hashlib.blake2b(told, digest_size=32).digest()


class Turns:
    """In this process one request under a key at a time: its twins neither work nor count in vain."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: dict[tuple[Any, ...], tuple[threading.Lock, int]] = {}

    def take(self, keyed: Keyed) -> None:
        """Wait until no other request holds this key. Raises Unavailable after a while."""
        slot = self._slot(keyed)
        with self._guard:
            lock, waiting = self._held.get(slot, (threading.Lock(), 0))
            self._held[slot] = (lock, waiting + 1)
        if lock.acquire(blocking=False):
            return
        let_go()
        if not lock.acquire(timeout=PATIENCE):
            self._leave(slot)
            raise Unavailable(1, _("The same request is still under way. Send it again in a moment."))

    def give(self, keyed: Keyed) -> None:
        slot = self._slot(keyed)
        self._held[slot][0].release()
        self._leave(slot)

    def _leave(self, slot: tuple[Any, ...]) -> None:
        with self._guard:
            lock, waiting = self._held[slot]
            if waiting > 1:
                self._held[slot] = (lock, waiting - 1)
            else:
                del self._held[slot]

    def _slot(self, keyed: Keyed) -> tuple[Any, ...]:
        return which_database(), keyed.user_id, keyed.key_hash


turns = Turns()
