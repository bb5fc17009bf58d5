"""Discussions: topics, posts and what has been read of them. What else belongs to them has files of its own here."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.access.models import Audience, Place
from forum.accounts.models import User
from forum.core.db import Base
from forum.core.ids import new_id
from forum.discussions.models.reading import ReadAhead as ReadAhead
from forum.discussions.models.reading import ReadFloor as ReadFloor
from forum.discussions.models.reading import ReadMarker as ReadMarker
from forum.markup import SafeHTML, SafeHTMLText

DEEPEST = (
    64  # levels of replies that have a place of their own; deeper ones stand in time order under the last
)
NUMBER_BYTES = 3
# Under every seq. What was said elsewhere and imported has seqs below zero, which no floor is, in the order of its dates.
BELOW_ALL = -(2**62)
_VISIBLE = "hidden_at IS NULL AND deleted_at IS NULL"


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


class Draft(Base):
    """What somebody is writing and has not sent: a reply, an edit or a topic. `version` grows with every save.

    `target` says what for: "topic", "reply:<topic id>", "edit:<post id>". `fields` are the other fields of its form.
    """

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("user_id", "client_id"), Index(None, "user_id", "target"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    target: Mapped[str]
    client_id: Mapped[str]  # of the tab that began it
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def subject(self) -> tuple[str, int]:
        """What kind of thing it is for, and the id of that: ("reply", topic id), ("edit", post id), ("topic", 0)."""
        kind, _, which = self.target.partition(":")
        return kind, int(which or 0)

    def put(self, *, title: str, body: str, fields: dict[str, str], at: datetime) -> bool:
        if (title, body, fields) == (self.title, self.body, self.fields):
            return False
        self.title, self.body, self.fields = title, body, fields
        self.updated_at, self.version = at, self.version + 1
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


class AudienceCount(Base):
    """Topics and posts of a place, a person or a tag by audience: what is shown is the sum over what the viewer may read."""

    __tablename__ = "audience_counts"

    subject_kind: Mapped[str] = mapped_column(primary_key=True)  # place, user, tag
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    audience_id: Mapped[int] = mapped_column(ForeignKey("audiences.id"), primary_key=True)
    topic_count: Mapped[int] = mapped_column(default=0)
    post_count: Mapped[int] = mapped_column(default=0)
    last_topic_id: Mapped[int | None]
    last_seq: Mapped[int] = mapped_column(default=0)


from forum.discussions.models.taking_part import Bookmark as Bookmark  # noqa: E402 - it leans on the above
from forum.discussions.models.taking_part import Reaction as Reaction  # noqa: E402
