"""Groups and who is in them."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.core.ids import new_id


class GroupKind(enum.StrEnum):
    OPEN = "open"
    CLOSED = "closed"  # seen by name only
    SECRET = "secret"


class Group(Base):
    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[GroupKind] = mapped_column()
    created_at: Mapped[datetime]


class Membership(Base):
    """Somebody is in a group; the same row stands in `scope_people` for the audience rule."""

    __tablename__ = "memberships"
    __table_args__ = (Index(None, "user_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    joined_at: Mapped[datetime]
