"""Finding entries of the log."""

from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.core.db import db


def last_entry_about(kind: str, subject_id: int) -> AuditEntry | None:
    """What was done to a thing last."""
    found = select(AuditEntry).where(AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id)
    return db.session.scalar(found.order_by(AuditEntry.position.desc()).limit(1))
