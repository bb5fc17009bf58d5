"""The outbox: a delivery is written with the change it tells, and stays until its listener has taken it."""

import logging
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from forum.core import clock, signals
from forum.core.db import db
from forum.core.transactions import after_commit, transaction
from forum.jobs.models import OutboxRow

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 12
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
            pause = timedelta(seconds=min(2**attempts, 3600))
            db.session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row_id)
                .values(
                    due_at=clock.now() + pause if attempts < MOST_ATTEMPTS else None, error=repr(error)[:500]
                )
            )
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
                .order_by(OutboxRow.due_at)
                .limit(BATCH)
            )
        )
        done = sum(deliver(row_id) for row_id in due)
        delivered += done
        if done == 0 or len(due) < BATCH:
            return delivered
