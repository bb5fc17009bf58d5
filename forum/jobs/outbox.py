"""The outbox: a delivery is written with the change it tells, and stays until its listener has taken it."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from forum.core import clock, signals
from forum.core.db import db
from forum.core.transactions import after_commit, transaction
from forum.jobs.models import OutboxRow

log = logging.getLogger(__name__)

LONGEST_PAUSE = 3600  # seconds between two attempts; the first pauses are shorter, each twice the one before
MOST_ATTEMPTS = 84  # a bit more than three days: a mail server that is away over a weekend loses nothing
LEASE = timedelta(seconds=60)  # how long one worker may take before another tries
BATCH = 100

_enqueue: Any = None


def use_queue(enqueue: Any) -> None:
    """Tell how a delivery is handed to the worker; without one the sweep finds it."""
    global _enqueue
    _enqueue = enqueue


def store(listener: str, signal: signals.Signal) -> None:
    """Write a delivery in the running transaction; hand it over once that is committed."""
    row = OutboxRow(listener=listener, payload=signal.payload(), created_at=clock.now(), due_at=clock.now())
    db.session.add(row)
    db.session.flush()
    row_id = row.id
    after_commit(lambda: _hand_over(row_id))


def _hand_over(row_id: int) -> None:
    if _enqueue is None:
        return
    try:
        _enqueue(row_id)
    except Exception:
        log.exception("could not enqueue; the sweep will find it")


def deliver(row_id: int) -> bool:
    """Deliver one row, at least once. False where it is gone, taken, or failed (it comes again, later each time)."""
    with transaction():
        taken = db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.due_at <= clock.now())
            .values(due_at=clock.now() + LEASE, attempts=OutboxRow.attempts + 1)
            .returning(OutboxRow.listener, OutboxRow.payload, OutboxRow.attempts)
        ).first()
    if taken is None:
        return False
    name, payload, attempts = taken
    found = signals.find_listener(name)
    try:
        if found is None:
            raise LookupError(f"no listener {name}")
        kind, listener = found
        listener(kind(**payload))
    except Exception as error:
        log.exception("delivery failed: %s", name)
        with transaction():
            pause = timedelta(seconds=min(2**attempts, LONGEST_PAUSE))
            db.session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row_id)
                .values(
                    due_at=clock.now() + pause if attempts < MOST_ATTEMPTS else None, error=repr(error)[:500]
                )
            )
        if attempts >= MOST_ATTEMPTS:
            log.error("delivery given up: %s, %s; see: forum outbox list", name, row_id)
        return False
    with transaction():
        db.session.execute(delete(OutboxRow).where(OutboxRow.id == row_id))
    return True


def sweep() -> int:
    """Deliver all that is due: what was never handed over, or failed. Answers how many were delivered."""
    delivered = 0
    while True:
        due = list(
            db.session.scalars(
                select(OutboxRow.id)
                .where(OutboxRow.due_at <= clock.now())
                .order_by(OutboxRow.due_at, OutboxRow.id)
                .limit(BATCH)
            )
        )
        done = sum(deliver(row_id) for row_id in due)
        delivered += done
        if done == 0 or len(due) < BATCH:
            return delivered


def troubled() -> list[OutboxRow]:
    """What has failed at least once and is still here, given up or to be tried again; oldest first."""
    failed = select(OutboxRow).where(OutboxRow.due_at.is_(None) | (OutboxRow.error != ""))
    return list(db.session.scalars(failed.order_by(OutboxRow.id)))


def given_up_count() -> int:
    count = select(func.count()).select_from(OutboxRow).where(OutboxRow.due_at.is_(None))
    return db.session.scalar(count) or 0


def retry(row_ids: Sequence[int] = ()) -> int:
    """Let the worker try these again from the start, or all that were given up. Answers how many."""
    which = OutboxRow.id.in_(row_ids) if row_ids else OutboxRow.due_at.is_(None)
    with transaction():
        again = update(OutboxRow).where(which).values(due_at=clock.now(), attempts=0)
        return len(list(db.session.scalars(again.returning(OutboxRow.id))))
