"""What somebody was told of, by which event; and what they want to be told of: watch levels, preferences."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id
from forum.notifications.kinds import NotificationKind, WatchLevel, WatchReason


class Notification(Base):
    """One event, told to one person. `key` names the event: the same one again is told once.

    `post_id` decides which topic it is about, where there is one: the post may have moved since.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index(None, "user_id", "id"),
        Index(None, "post_id"),
        Index(None, "topic_id"),
        Index(
            "ix_notifications_unread",
            "user_id",
            "topic_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notifications_mail_due",
            "mail_due_at",
            sqlite_where=text("mail_due_at IS NOT NULL"),
            postgresql_where=text("mail_due_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column()
    key: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    in_app: Mapped[bool] = mapped_column(default=True)  # stands under the bell
    mail_due_at: Mapped[datetime | None]  # None: not to be mailed, or handed over already

    actor: Mapped[User | None] = relationship(foreign_keys=[actor_id], lazy="raise_on_sql")


class TopicWatch(Base):
    """The level of one topic for one person, where there is a reason of its own. What was chosen is raised by nothing."""

    __tablename__ = "topic_watches"
    __table_args__ = (Index(None, "topic_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[WatchLevel] = mapped_column()
    reason: Mapped[WatchReason] = mapped_column()
    changed_at: Mapped[datetime]


class PlaceWatch(Base):
    """The level somebody chose for a place: for what stands in it, and in the places within it that have none of their own."""

    __tablename__ = "place_watches"
    __table_args__ = (Index(None, "place_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[WatchLevel] = mapped_column()
    changed_at: Mapped[datetime]


class NotificationPreferences(Base):
    """What somebody wants to be told of, where it is not the usual. `channels`: kind -> the ways, of "app" and "mail"."""

    __tablename__ = "notification_preferences"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    posting: Mapped[WatchLevel] = mapped_column(default=WatchLevel.TRACKING)  # what writing raises a topic to
    reading: Mapped[WatchLevel] = mapped_column(
        default=WatchLevel.TRACKING
    )  # what reading for long raises it to
    mail: Mapped[bool] = mapped_column(default=True)  # False: no mail of any kind
    channels: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class MailStop(Base):
    """Somebody wants no mail about a topic any more."""

    __tablename__ = "mail_stops"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True)
    stopped_at: Mapped[datetime]


__all__ = [
    "MailStop",
    "Notification",
    "NotificationKind",
    "NotificationPreferences",
    "PlaceWatch",
    "TopicWatch",
    "WatchLevel",
    "WatchReason",
]
