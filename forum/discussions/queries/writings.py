"""What one person wrote: as others may read it, and as they find it again themselves."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from forum.access.audience import allows_reading, readable_by
from forum.access.models import Audience
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.counting import USER, visible_posts, visible_topics
from forum.discussions.models import AudienceCount, Post, PostKind, Topic
from forum.discussions.queries.quotes import Sources, sources_of
from forum.discussions.queries.topics import with_authors
from forum.discussions.writing import in_words
from forum.markup import SafeHTML

LOOKED_THROUGH = 100  # posts for one page of the topics they stand in


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of one's own. `topic` is None where one may no longer read what it stands in."""

    post: Post
    topic: Topic | None
    sources: Sources = field(default_factory=dict)  # of its quotes

    @property
    def html(self) -> SafeHTML:
        """What was written, with the few words it needs in the reader's language."""
        return in_words(self.post.body_html, within=f"post-{self.post.id}", sources=self.sources)


def counts_of_person(viewer: Viewer, user_id: int) -> tuple[int, int]:
    """Topics started and posts written, as far as the viewer may read them."""
    row = db.session.execute(
        select(func.sum(AudienceCount.topic_count), func.sum(AudienceCount.post_count))
        .join(Audience, Audience.id == AudienceCount.audience_id)
        .where(
            AudienceCount.subject_kind == USER,
            AudienceCount.subject_id == user_id,
            allows_reading(viewer.scopes),
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


def topics_written_in(
    viewer: Viewer, user_id: int, *, after: str | None = None, limit: int = 20
) -> Page[Topic]:
    """Where a person wrote lately, newest first, as far as the viewer may read; each topic once on a page."""
    found = (
        select(Post.id, Post.topic_id)
        .join(Topic, Topic.id == Post.topic_id)
        .where(
            Post.author_id == user_id,
            visible_posts(),
            visible_topics(),
            readable_by(viewer, Topic.audience_id),
        )
        .order_by(Post.id.desc())
        .limit(LOOKED_THROUGH + 1)
    )
    if after:
        found = found.where(Post.id < decode_cursor(after, [int])[0])
    rows, more = cut(db.session.execute(found).all(), LOOKED_THROUGH)
    topic_ids: dict[int, int] = {}  # each with the last of its posts that was looked at
    for post_id, topic_id in rows:
        if topic_id not in topic_ids and len(topic_ids) == limit:
            more = True
            break
        topic_ids[topic_id] = post_id
        last = post_id
    cursor = encode_cursor([last]) if more and topic_ids else None
    return Page(with_authors(list(topic_ids)), cursor)


def own_posts(viewer: Viewer, *, after: str | None = None, limit: int = 30) -> Page[OwnPost]:
    """Everything the viewer wrote, newest first, wherever it stands: it stays readable to them whatever becomes of it."""
    found = (
        select(Post)
        .options(
            joinedload(Post.topic).joinedload(Topic.audience), joinedload(Post.topic).joinedload(Topic.place)
        )
        .where(Post.author_id == viewer.id, Post.kind == PostKind.POST)
        .order_by(Post.id.desc())
        .limit(limit + 1)
    )
    if after:
        found = found.where(Post.id < decode_cursor(after, [int])[0])
    posts, more = cut(db.session.scalars(found).all(), limit)
    sources = sources_of(viewer, [post.body_html for post in posts])
    items = [
        OwnPost(post, post.topic if judge(Permission.READ_TOPIC, viewer, post.topic) else None, sources)
        for post in posts
    ]
    return Page(items, encode_cursor([posts[-1].id]) if more else None)
