"""What readers do with posts: reactions, which all readers see, and bookmarks, which nobody else ever sees."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id
from forum.discussions.models import Post


class Reaction(Base):
    """One word of approval by one person on one post. How many there are of each stands in `posts.reaction_counts`."""

    __tablename__ = "reactions"
    __table_args__ = (Index(None, "user_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise_on_sql")


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
    created_at: Mapped[datetime]

    post: Mapped[Post] = relationship(lazy="raise_on_sql")

    def put(self, *, note: str, remind_at: datetime | None) -> bool:
        if (note, remind_at) == (self.note, self.remind_at):
            return False
        self.note, self.remind_at = note, remind_at
        return True
