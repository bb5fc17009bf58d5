"""Posts, how they read before, what they quote and where they stood."""

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id
from forum.discussions.models.topics import Topic
from forum.markup import SafeHTML, SafeHTMLText

DEEPEST = (
    64  # levels of replies that have a place of their own; deeper ones stand in time order under the last
)
NUMBER_BYTES = 3
# Under every seq. What was said elsewhere and imported has seqs below zero, which no floor is, in the order of its dates.
BELOW_ALL = -(2**62)
_VISIBLE = "hidden_at IS NULL AND deleted_at IS NULL"


class PostKind(enum.StrEnum):
    POST = "post"
    GAP = "gap"  # the place of a message that the archive does not have


class Post(Base):
    """One contribution. `path` is the parent's path and the number as three bytes: it sorts as the thread reads."""

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("topic_id", "number"),
        UniqueConstraint("topic_id", "path"),
        UniqueConstraint("author_id", "client_id"),  # the same submission again is the same post
        Index(None, "author_id", "id"),
        # All that tells whether a post is unread: counting looks at no post itself, which is long.
        Index("ix_posts_unread", "topic_id", "number", "seq", "author_id", "kind", "hidden_at", "deleted_at"),
        Index(
            "ix_posts_topic_concealed",
            "topic_id",
            "number",
            postgresql_where=text(f"NOT ({_VISIBLE})"),
            sqlite_where=text(f"NOT ({_VISIBLE})"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    number: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    path: Mapped[bytes]
    seq: Mapped[int]  # of the place, when it was posted: what floors are compared with
    kind: Mapped[PostKind] = mapped_column(default=PostKind.POST)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None for a gap
    body: Mapped[str] = mapped_column(default="")
    body_html: Mapped[SafeHTML] = mapped_column(SafeHTMLText)
    renderer: Mapped[int] = mapped_column(default=0)
    client_id: Mapped[str | None]
    score: Mapped[int | None]  # of votes, where it was imported from; none are given here
    # Of what was written elsewhere: .license .license_url .site .url .author_url, as far as they are known.
    origin: Mapped[dict[str, str] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_reason: Mapped[str] = mapped_column(default="")
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=0)
    has_poll: Mapped[bool] = mapped_column(default=False)
    reaction_counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # how many gave each name

    topic: Mapped[Topic] = relationship(lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    parent: Mapped["Post | None"] = relationship(remote_side="Post.id", lazy="raise_on_sql", viewonly=True)

    @property
    def is_visible(self) -> bool:
        return self.hidden_at is None and self.deleted_at is None and self.kind is PostKind.POST

    @property
    def is_concealed(self) -> bool:
        return self.hidden_at is not None or self.deleted_at is not None

    @property
    def depth(self) -> int:
        """0 for what answers nobody."""
        return len(self.path) // NUMBER_BYTES - 1


class Revision(Base):
    """How a post read before an edit."""

    __tablename__ = "revisions"
    __table_args__ = (Index(None, "post_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    body: Mapped[str]
    title: Mapped[str | None]
    edited_at: Mapped[datetime]
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="")
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    post: Mapped[Post] = relationship(lazy="raise_on_sql")
    edited_by: Mapped[User] = relationship(foreign_keys=[edited_by_id], lazy="raise_on_sql")

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    def hide(self, *, by: User, at: datetime) -> bool:
        if self.is_hidden:
            return False
        self.hidden_at, self.hidden_by_id = at, by.id
        return True

    def restore(self) -> bool:
        if not self.is_hidden:
            return False
        self.hidden_at = self.hidden_by_id = None
        return True


class PostQuote(Base):
    """That a post quotes another, wherever that stands."""

    __tablename__ = "post_quotes"
    __table_args__ = (Index(None, "quoted_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    quoted_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)


class PostAlias(Base):
    """Where a post used to be: old permalinks lead to where it is now."""

    __tablename__ = "post_aliases"

    topic_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
