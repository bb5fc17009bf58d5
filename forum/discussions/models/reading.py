"""What each person has read."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base


class ReadMarker(Base):
    """All up to `number` has been read, and the ranges above it that stand in `read_ahead`. Grows within a generation."""

    __tablename__ = "read_markers"
    __table_args__ = (
        Index(
            "ix_read_markers_above_floor",
            "user_id",
            "topic_id",
            sqlite_where=text("above_floor >= 0"),
            postgresql_where=text("above_floor >= 0"),
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    generation: Mapped[int] = mapped_column(default=0)
    above_floor: Mapped[int] = mapped_column(
        default=-1
    )  # marked unread under this floor: only a higher one counts
    read_at: Mapped[datetime]
    seconds: Mapped[int] = mapped_column(default=0)  # spent with it, counted no further than they matter


class ReadAhead(Base):
    """Posts read above the marker, `first` to `last`: the threaded view shows number 4,800 on its first page."""

    __tablename__ = "read_ahead"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class ReadFloor(Base):
    """Everything in a place up to `seq` counts as read: where an account begins, and "mark all read"."""

    __tablename__ = "read_floors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int]
