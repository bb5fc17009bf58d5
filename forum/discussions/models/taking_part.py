"""What readers do with posts: reactions, which all readers see, and bookmarks, which nobody else ever sees."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id
from forum.discussions.models.posts import Post


class Reaction(Base):
    """One word of approval by one person on one post. How many there are of each stands in `posts.reaction_counts`."""

    __tablename__ = "reactions"
    __table_args__ = (Index(None, "user_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise_on_sql")


LOOK_AGAIN = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=90)


class Bookmark(Base):
    """A post that somebody keeps for themselves, with a note, and a moment at which they want to be reminded."""

    __tablename__ = "bookmarks"
    __table_args__ = (
        UniqueConstraint("user_id", "post_id"),
        Index(None, "user_id", "id"),
        Index(None, "post_id"),
        Index(
            "ix_bookmarks_due",
            "remind_at",
            sqlite_where=text("remind_at IS NOT NULL"),
            postgresql_where=text("remind_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    note: Mapped[str] = mapped_column(default="")
    remind_at: Mapped[datetime | None]  # None again as soon as the reminder has been given
    waits_since: Mapped[datetime | None]  # when it fell due, and the post could not be read
    created_at: Mapped[datetime]

    post: Mapped[Post] = relationship(lazy="raise_on_sql")

    def put(self, *, note: str, remind_at: datetime | None) -> bool:
        if (note, remind_at) == (self.note, self.remind_at):
            return False
        if remind_at != self.remind_at:
            self.waits_since = None
        self.note, self.remind_at = note, remind_at
        return True

    def wait(self, now: datetime) -> None:
        """Its post cannot be read now: look again later, and not for ever."""
        self.waits_since = self.waits_since or self.remind_at
        is_over = self.waits_since is None or now >= self.waits_since + LONGEST_WAIT
        self.remind_at = None if is_over else now + LOOK_AGAIN
        if is_over:
            self.waits_since = None
