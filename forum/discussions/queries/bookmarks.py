"""What somebody keeps: theirs alone. Of a post that is no longer open to them there is only that they kept one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, encode_cursor
from forum.discussions.models import Bookmark, Post, Topic
from forum.discussions.queries.posts import PostView, view_of
from forum.markup import show_quotes, words_of

EXCERPT = 240


@dataclass(frozen=True, slots=True)
class BookmarkRow:
    """A bookmark, with its post and topic where these may be read now."""

    bookmark: Bookmark
    post: PostView | None = None
    topic: Topic | None = None

    @property
    def excerpt(self) -> str:
        """How the post begins, in its author's own words."""
        html = self.post.body_html if self.post is not None else None
        return words_of(show_quotes(html, {}, ""), EXCERPT) if html is not None else ""


def find_bookmark(viewer: Viewer, bookmark_id: int) -> BookmarkRow | None:
    """The viewer's own bookmark."""
    mine = Bookmark.id == bookmark_id, Bookmark.user_id == viewer.id
    found = db.session.scalars(_with_posts().where(*mine)).all() if viewer.user is not None else ()
    return next(iter(_as_read_by(viewer, found)), None)


def bookmark_of(viewer: Viewer, post_id: int) -> Bookmark | None:
    """What the viewer keeps of a post, whether or not they may read it now."""
    mine = Bookmark.post_id == post_id, Bookmark.user_id == viewer.id
    return db.session.scalar(select(Bookmark).where(*mine))


def bookmarks_of(
    viewer: Viewer, *, after: str | None, limit: int, only_reminders: bool = False, words: str = ""
) -> Page[BookmarkRow]:
    """The viewer's bookmarks, the newest first; two statements."""
    found = _with_posts().where(Bookmark.user_id == viewer.id)
    if only_reminders:
        found = found.where(Bookmark.remind_at.is_not(None))
    if words:
        found = found.where(Bookmark.note.icontains(words, autoescape=True))
    if after:
        found = found.where(Bookmark.id < decode_cursor(after, [int])[0])
    found = found.order_by(Bookmark.id.desc()).limit(limit + 1)
    shown, more = cut(db.session.scalars(found).all(), limit)
    return Page(_as_read_by(viewer, shown), encode_cursor([shown[-1].id]) if more else None)


def _with_posts() -> Select[Any]:
    return select(Bookmark).options(joinedload(Bookmark.post).joinedload(Post.author))


def _as_read_by(viewer: Viewer, bookmarks: Sequence[Bookmark]) -> list[BookmarkRow]:
    wanted = sorted({bookmark.post.topic_id for bookmark in bookmarks})
    found = select(Topic).options(joinedload(Topic.audience), joinedload(Topic.place))
    topics = (
        {topic.id: topic for topic in db.session.scalars(found.where(Topic.id.in_(wanted)))} if wanted else {}
    )
    rows = []
    for bookmark in bookmarks:
        topic = topics[bookmark.post.topic_id]
        view = view_of(viewer, topic, bookmark.post) if judge(Permission.READ_TOPIC, viewer, topic) else None
        there = view is not None and not view.is_concealed
        rows.append(BookmarkRow(bookmark, view, topic) if there else BookmarkRow(bookmark))
    return rows
