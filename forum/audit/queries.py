"""Finding entries of the log."""

from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.core.db import db

MOST_TOGETHER = 2000  # acts that are looked for around one


def last_entry_about(kind: str, subject_id: int) -> AuditEntry | None:
    """What was done to a thing last."""
    found = select(AuditEntry).where(AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id)
    return db.session.scalar(found.order_by(AuditEntry.position.desc()).limit(1))


def recorded_with(entry: AuditEntry) -> list[AuditEntry]:
    """What was done at once with this, itself included, in order; alone where it was done alone.

    It was recorded in one transaction, without anything between.
    """
    together = entry.detail.get("together")
    if not together:
        return [entry]
    found = select(AuditEntry).where(
        AuditEntry.action == entry.action,
        AuditEntry.actor_id == entry.actor_id,
        AuditEntry.position.between(entry.position - MOST_TOGETHER, entry.position + MOST_TOGETHER),
    )
    near = db.session.scalars(found.order_by(AuditEntry.position))
    return [one for one in near if one.detail.get("together") == together]
