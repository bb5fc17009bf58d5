"""The log of what was done with power: appended to, never changed, each entry sealed with the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.core.ids import new_id


class AuditEntry(Base):
    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "place_id", "position"), Index(None, "subject_kind", "subject_id"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int] = mapped_column(unique=True)  # 1, 2, 3 … without gaps
    at: Mapped[datetime]
    action: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None: a command or the system
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    place_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seal: Mapped[bytes]


class AuditPlace(Base):
    """That an entry stands in the log of another place too: a move also where the topic came from."""

    __tablename__ = "audit_places"

    place_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # of the entry
