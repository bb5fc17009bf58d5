"""Posts of one topic: pages by time and by thread, each as quick deep inside as at the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from forum.access.rules.discussions import moderates
from forum.access.viewer import Viewer, current_viewer
from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.models import NUMBER_BYTES, Post, PostAlias, PostKind, Topic
from forum.discussions.queries.paging import View, stored_page
from forum.discussions.queries.quotes import Sources, sources_of, text_for
from forum.discussions.queries.topics import find_topic
from forum.discussions.writing import in_words
from forum.markup import SafeHTML, show_quotes, without_quotes, words_of

EXCERPT = 400  # characters


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as one viewer may see it. Of what is concealed from them only the number is left."""

    id: int
    topic_id: int
    number: int
    parent_id: int | None
    depth: int
    path: bytes
    kind: PostKind
    created_at: datetime
    version: int
    author_id: int | None = None
    author: User | None = None
    body: str = ""
    body_html: SafeHTML | None = None
    edited_at: datetime | None = None
    hidden_at: datetime | None = None
    hidden_reason: str = ""
    deleted_at: datetime | None = None
    deleted_by_id: int | None = None
    score: int | None = None  # of votes where it was imported from
    origin: Mapping[str, str] | None = None  # where that is; see models
    has_poll: bool = False
    reaction_counts: Mapping[str, int] = field(default_factory=dict)
    is_concealed: bool = False  # a tombstone for this viewer
    topic: Topic | None = field(default=None, repr=False)
    sources: Sources | None = (
        None  # of its quotes, where they have been looked up with others (`with_sources`)
    )

    @property
    def is_gap(self) -> bool:
        return self.kind is PostKind.GAP

    @property
    def answers(self) -> int:
        """The number of the post that this one answers, as its place in the thread tells; 0 where it answers none."""
        return int.from_bytes(self.path[-2 * NUMBER_BYTES : -NUMBER_BYTES], "big")

    @property
    def is_visible(self) -> bool:
        return not (self.is_concealed or self.is_gap or self.hidden_at or self.deleted_at)

    @property
    def html(self) -> SafeHTML | None:
        """The body with the few words it needs in the reader's language."""
        if self.body_html is None:
            return None
        return in_words(self.body_html, within=f"post-{self.id}", sources=self.sources)

    @property
    def excerpt(self) -> str:
        """The beginning of it in its author's own words."""
        return words_of(show_quotes(self.body_html, {}, ""), EXCERPT) if self.body_html else ""

    @property
    def text(self) -> str:
        """The body as Markdown, without quotes of what is not there for the reader."""
        return (
            text_for(current_viewer(), self.body)
            if self.sources is None
            else without_quotes(self.body, self.sources.keys())
        )


@dataclass(frozen=True, slots=True)
class PostPage:
    """A page of posts; `before` and `after` are numbers for the neighboring pages, or None."""

    posts: Sequence[PostView]
    before: int | None = None
    after: int | None = None

    @property
    def first(self) -> int:
        return self.posts[0].number if self.posts else 0


def view_of(viewer: Viewer, topic: Topic, post: Post) -> PostView:
    """What of a post this viewer may see."""
    base: dict[str, Any] = {
        "id": post.id,
        "topic_id": post.topic_id,
        "number": post.number,
        "parent_id": post.parent_id,
        "depth": post.depth,
        "path": post.path,
        "kind": post.kind,
        "created_at": post.created_at,
        "version": post.version,
        "topic": topic,
    }
    concealed = post.hidden_at is not None or post.deleted_at is not None
    if post.kind is PostKind.GAP:
        return PostView(**base)
    if concealed and not (post.author_id == viewer.id or moderates(viewer, topic)):
        bare = {**base, "created_at": topic.created_at, "version": 0}
        return PostView(**bare, hidden_at=topic.created_at, is_concealed=True)
    return PostView(
        **base,
        author_id=post.author_id,
        author=post.author,
        body=post.body,
        body_html=post.body_html,
        edited_at=post.edited_at,
        hidden_at=post.hidden_at,
        hidden_reason=post.hidden_reason,
        deleted_at=post.deleted_at,
        deleted_by_id=post.deleted_by_id,
        score=post.score,
        origin=post.origin,
        has_poll=post.has_poll,
        reaction_counts=post.reaction_counts,
    )


def page_of_posts(
    viewer: Viewer,
    topic: Topic,
    *,
    view: View,
    limit: int,
    after: int | None = None,
    before: int | None = None,
    around: int | None = None,
) -> PostPage:
    """One page. `after` and `before` are post numbers; `around` is a number the page must show."""
    page = stored_page(topic, view=view, limit=limit, after=after, before=before, around=around)
    views = [view_of(viewer, topic, post) for post in page.posts]
    return PostPage(with_sources(viewer, topic, views), page.before, page.after)


def with_sources(viewer: Viewer, topic: Topic, views: Sequence[PostView]) -> list[PostView]:
    """Posts of one topic with the sources of what they quote, all looked up at once."""
    sources = sources_of(viewer, [v.body_html for v in views if v.body_html is not None], topic_id=topic.id)
    return [replace(view, sources=sources) for view in views]


def find_post(viewer: Viewer, post_id: int) -> Post | None:
    """The post with its topic, if the topic is there for this viewer."""
    post = db.session.scalar(select(Post).options(joinedload(Post.author)).where(Post.id == post_id))
    topic = find_topic(viewer, post.topic_id) if post is not None else None
    if post is None or topic is None:
        return None
    set_committed_value(post, "topic", topic)
    return post


def find_author(viewer: Viewer, post_id: int) -> User | None:
    """Who wrote a post, for those who may know."""
    post = find_post(viewer, post_id)
    return view_of(viewer, post.topic, post).author if post is not None else None


def find_numbered(topic: Topic, number: int) -> Post | None:
    """The post with that number, or the one that used to have it in this topic."""
    post = db.session.scalar(
        select(Post).options(joinedload(Post.author)).where(Post.topic_id == topic.id, Post.number == number)
    )
    if post is not None:
        set_committed_value(post, "topic", topic)
        return post
    alias = select(PostAlias.post_id).where(PostAlias.topic_id == topic.id, PostAlias.number == number)
    moved = select(Post).options(joinedload(Post.author)).where(Post.id == alias.scalar_subquery())
    post = db.session.scalar(moved)
    if post is not None and post.topic_id == topic.id:
        set_committed_value(post, "topic", topic)
    return post


def posts_of(topic: Topic, ids: Sequence[int]) -> list[Post]:
    """These posts of a topic that has been found, by number; what is no longer in it is left out."""
    found = select(Post).options(joinedload(Post.author)).where(Post.topic_id == topic.id, Post.id.in_(ids))
    posts = list(db.session.scalars(found.order_by(Post.number)))
    for post in posts:
        set_committed_value(post, "topic", topic)
    return posts


def numbered_post_id(topic: Topic, number: int) -> int:
    """The id of the post with that number; 0 where there is none."""
    return db.session.scalar(select(Post.id).where(Post.topic_id == topic.id, Post.number == number)) or 0


def alias_of(topic_id: int, number: int) -> int | None:
    """The id of the post that used to stand at this number of a topic that may be gone."""
    return db.session.scalar(
        select(PostAlias.post_id).where(PostAlias.topic_id == topic_id, PostAlias.number == number)
    )


def number_at(topic: Topic, day: date, zone: tzinfo) -> int:
    """The number of the first post on a day (as that zone has it) or after it; the last where nothing came after it."""
    moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    found = db.session.scalar(
        select(func.min(Post.number)).where(Post.topic_id == topic.id, Post.created_at >= moment)
    )
    return found or topic.last_number
