"""What people report, and what becomes of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id
from forum.discussions.models import Post
from forum.markup import SafeHTML, SafeHTMLText
from forum.moderation.kinds import ANSWERED, FlagReason, Outcome

_OPEN = text("judged_at IS NULL")


class Review(Base):
    """The flags of a post that are judged together. A post has at most one that is open; it stands in the queue of its place."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("uq_reviews_open", "post_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_reviews_oldest", "opened_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    opened_at: Mapped[datetime]
    flag_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[Outcome | None]
    reason: Mapped[str] = mapped_column(default="")
    judged_at: Mapped[datetime | None]
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    post: Mapped[Post] = relationship(lazy="raise_on_sql")
    judged_by: Mapped[User | None] = relationship(lazy="raise_on_sql")
    flags: Mapped[list["Flag"]] = relationship(
        lazy="raise_on_sql", order_by="Flag.id", back_populates="review"
    )

    @property
    def is_open(self) -> bool:
        return self.judged_at is None

    @property
    def answer(self) -> str:
        """What those who reported are told beside the outcome: why nothing was done with the post, or what was done else.

        Why a post was hidden or deleted its author and moderators alone are told.
        """
        return self.reason if self.outcome in ANSWERED else ""

    def judge(self, outcome: Outcome, *, by_id: int, at: datetime, reason: str) -> None:
        self.outcome, self.reason = outcome, reason
        self.judged_by_id, self.judged_at = by_id, at
        self.version += 1


class Flag(Base):
    """That somebody reports a post, and why. Who it was, moderators alone know."""

    __tablename__ = "flags"
    __table_args__ = (UniqueConstraint("review_id", "reporter_id"), Index(None, "reporter_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    reason: Mapped[FlagReason]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    review: Mapped[Review] = relationship(lazy="raise_on_sql", back_populates="flags")
    reporter: Mapped[User] = relationship(lazy="raise_on_sql")


class MessageFlag(Base):
    """That somebody reports a private message. Of it, and of what they chose around it, a copy is kept here: whoever judges
    reads that copy, and nothing of the conversation.
    """

    __tablename__ = "message_flags"
    __table_args__ = (
        UniqueConstraint("reporter_id", "message_id"),
        Index("ix_message_flags_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[int]  # no key: what was reported may be gone
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))  # of the message
    reason: Mapped[FlagReason]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    outcome: Mapped[Outcome | None]
    answer: Mapped[str] = mapped_column(default="")  # what whoever reported it is told
    judged_at: Mapped[datetime | None]
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id], lazy="raise_on_sql")
    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    judged_by: Mapped[User | None] = relationship(foreign_keys=[judged_by_id], lazy="raise_on_sql")
    copies: Mapped[list["MessageCopy"]] = relationship(lazy="raise_on_sql", order_by="MessageCopy.position")

    @property
    def is_open(self) -> bool:
        return self.judged_at is None


class MessageCopy(Base):
    """What a message said when it was reported, as whoever reported it saw it."""

    __tablename__ = "message_copies"

    flag_id: Mapped[int] = mapped_column(ForeignKey("message_flags.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str]
    body_html: Mapped[SafeHTML] = mapped_column(SafeHTMLText)
    said_at: Mapped[datetime]
    is_reported: Mapped[bool] = mapped_column(default=False)

    author: Mapped[User] = relationship(lazy="raise_on_sql")
