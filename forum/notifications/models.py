"""Notifications: what somebody was told of, by which event, and whether they have seen it."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id


class NotificationKind(enum.StrEnum):
    MENTION = "mention"
    QUOTE = "quote"
    REPLY = "reply"  # to a post or a topic of theirs
    WATCHED = "watched"  # a post in a topic they watch
    FIRST_POST = "first_post"  # a topic in a place they watch
    ACCEPTED = "accepted"  # their answer was accepted, or their question has one
    MODERATED = "moderated"  # a moderator did something to what is theirs
    REMINDER = "reminder"  # they asked to be reminded of a post
    POLL = "poll"  # a poll in which they voted has closed
    FLAGGED = "flagged"  # a report of theirs was judged; or one waits for them, who moderate


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
