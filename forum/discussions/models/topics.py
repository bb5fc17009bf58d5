"""Topics, and what was done to them as it is told in their threads."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.access.models import Audience, Place
from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id

if TYPE_CHECKING:
    from forum.discussions.models.posts import Post


class Topic(Base):
    """A title, a first post and its replies. `post_count` and the `last_` columns speak of visible posts only."""

    __tablename__ = "topics"
    __table_args__ = (
        Index("ix_topics_audience_last", "audience_id", "last_seq", "id"),  # read backwards: newest first
        Index("ix_topics_audience_created", "audience_id", "created_seq", "id"),
        Index("ix_topics_audience_top", "audience_id", "post_count", "last_seq", "id"),
        Index("ix_topics_place_last", "place_id", "last_seq"),
        Index("ix_topics_last_post_at", "last_post_at"),
        Index(
            "ix_topics_pinned",
            "place_id",
            "pinned_at",
            postgresql_where=text("pinned_at IS NOT NULL"),
            sqlite_where=text("pinned_at IS NOT NULL"),
        ),
        Index(None, "author_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    audience_id: Mapped[int] = mapped_column(ForeignKey("audiences.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    slug: Mapped[str]
    created_at: Mapped[datetime]
    created_seq: Mapped[int]
    last_seq: Mapped[int]
    last_post_at: Mapped[datetime]
    last_post_id: Mapped[int | None]
    last_post_author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    last_number: Mapped[int] = mapped_column(default=0)
    post_count: Mapped[int] = mapped_column(default=0)
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    pinned_at: Mapped[datetime | None]
    pinned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    pinned_until: Mapped[datetime | None]  # None: until somebody ends it
    pinned_everywhere: Mapped[bool] = mapped_column(default=False)  # on home too, not only in its place
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer_id: Mapped[int | None]  # the reply that answers it, where its place is for questions
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    slow_seconds: Mapped[int] = mapped_column(default=0)  # between two posts of one person; 0: as they like
    # Where its posts are since it was merged. It counts as deleted from then on, and is there for nobody.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    tag_ids: Mapped[list[int]] = mapped_column(
        JSON, default=list
    )  # in the order they were given; see models/tags.py
    version: Mapped[int] = mapped_column(default=0)
    view_count: Mapped[int] = mapped_column(default=0)  # people who saw it, each once a day

    author: Mapped[User] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    last_post_author: Mapped[User | None] = relationship(
        foreign_keys=[last_post_author_id], lazy="raise_on_sql"
    )
    audience: Mapped[Audience] = relationship(lazy="raise_on_sql")
    place: Mapped[Place] = relationship(lazy="raise_on_sql")

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None

    @property
    def is_visible(self) -> bool:
        return self.hidden_at is None and self.deleted_at is None

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def accept(self, post: "Post", *, by: User, at: datetime) -> bool:
        if self.answer_id == post.id:
            return False
        self.answer_id, self.answered_at, self.answered_by_id = post.id, at, by.id
        return True

    def accept_none(self) -> bool:
        if self.answer_id is None:
            return False
        self.answer_id = self.answered_at = self.answered_by_id = None
        return True

    def is_pinned(self, at: datetime) -> bool:
        return self.pinned_at is not None and (self.pinned_until is None or at < self.pinned_until)

    def pin(self, *, by: User, at: datetime, until: datetime | None, everywhere: bool) -> bool:
        if self.is_pinned(at) and (self.pinned_until, self.pinned_everywhere) == (until, everywhere):
            return False
        self.pinned_at, self.pinned_by_id = at, by.id
        self.pinned_until, self.pinned_everywhere = until, everywhere
        return True

    def unpin(self) -> bool:
        if self.pinned_at is None:
            return False
        self.pinned_at = self.pinned_by_id = self.pinned_until = None
        self.pinned_everywhere = False
        return True

    def archive(self, *, by: User, at: datetime) -> bool:
        if self.is_archived:
            return False
        self.archived_at, self.archived_by_id = at, by.id
        return True

    def unarchive(self) -> bool:
        if not self.is_archived:
            return False
        self.archived_at = self.archived_by_id = None
        return True

    def slow_down(self, seconds: int) -> bool:
        if seconds == self.slow_seconds:
            return False
        self.slow_seconds = seconds
        return True

    def lock(self, *, by: User, at: datetime) -> bool:
        if self.is_locked:
            return False
        self.locked_at, self.locked_by_id = at, by.id
        return True

    def unlock(self) -> bool:
        if not self.is_locked:
            return False
        self.locked_at = self.locked_by_id = None
        return True


class TopicEvent(Base):
    """What was done to a topic, told in the thread after post `after_number`, which is always a post of that topic."""

    __tablename__ = "topic_events"
    __table_args__ = (Index(None, "topic_id", "after_number"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    after_number: Mapped[int]
    kind: Mapped[
        str
    ]  # locked, unlocked, hidden, deleted, restored, audience, renamed; post_hidden, post_deleted …
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]

    actor: Mapped[User] = relationship(lazy="raise_on_sql")

    @property
    def about_post(self) -> int:
        """The number of the post it is about; 0 where it is about the topic."""
        return int(self.detail.get("number") or 0)

    def is_told_why(self, viewer_id: int | None, *, moderates: bool) -> bool:
        """Why a topic was changed is for all its readers; why a post, for its author and moderators."""
        if self.kind in {"post_hidden", "post_deleted", "post_restored"}:
            return moderates or (viewer_id is not None and self.detail.get("author_id") == str(viewer_id))
        return True
