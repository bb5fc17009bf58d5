"""Pages of stored posts, by time and by thread, each as quick deep inside as at the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from forum.core.db import db
from forum.core.errors import Malformed
from forum.discussions.models import Post, Topic
from forum.discussions.threads import ancestors_of

View = Literal["flat", "threaded"]


@dataclass(frozen=True, slots=True)
class StoredPage:
    """Posts as they are stored, with authors; `before` and `after` are numbers for the neighboring pages, or None."""

    posts: Sequence[Post]
    before: int | None = None
    after: int | None = None


def stored_page(
    topic: Topic,
    *,
    view: View,
    limit: int,
    after: int | None = None,
    before: int | None = None,
    around: int | None = None,
) -> StoredPage:
    """Nothing is concealed in it: only `posts.view_of` shows a post to a viewer."""
    read = _threaded if view == "threaded" else _flat
    return read(topic, limit, after, before, around)


def _flat(topic: Topic, limit: int, after: int | None, before: int | None, around: int | None) -> StoredPage:
    if around is not None:
        after = (around - 1) // limit * limit
    posts = select(Post).options(joinedload(Post.author)).where(Post.topic_id == topic.id)
    if before is not None:
        found = list(
            db.session.scalars(
                posts.where(Post.number < before).order_by(Post.number.desc()).limit(limit + 1)
            )
        )
        more, found = len(found) > limit, found[:limit][::-1]
        has_before, has_after = more, bool(found) and found[-1].number < topic.last_number
    else:
        found = list(
            db.session.scalars(posts.where(Post.number > (after or 0)).order_by(Post.number).limit(limit + 1))
        )
        has_after, found = len(found) > limit, found[:limit]
        has_before = bool(found) and found[0].number > 1
    return _page(found, has_before, has_after)


def _threaded(
    topic: Topic, limit: int, after: int | None, before: int | None, around: int | None
) -> StoredPage:
    posts = select(Post).options(joinedload(Post.author)).where(Post.topic_id == topic.id)
    if before is not None:
        start = _path_of(topic, before)
        found = list(
            db.session.scalars(posts.where(Post.path < start).order_by(Post.path.desc()).limit(limit + 1))
        )
        has_before, found = len(found) > limit, found[:limit][::-1]
        return _page(found, has_before, bool(found))
    if around is not None:
        posts = posts.where(Post.path >= _start_around(topic, _path_of(topic, around), limit))
    elif after:
        posts = posts.where(Post.path > _path_of(topic, after))
    found = list(db.session.scalars(posts.order_by(Post.path).limit(limit + 1)))
    has_after, found = len(found) > limit, found[:limit]
    return _page(found, bool(found) and found[0].number != 1, has_after)


def _start_around(topic: Topic, path: bytes, limit: int) -> bytes:
    """Where a page begins that shows the post at `path`: as far up its branch as leaves the post on the page."""
    back = select(Post.path).where(Post.topic_id == topic.id, Post.path <= path)
    farthest = db.session.scalars(back.order_by(Post.path.desc()).limit(limit)).all()[-1]
    return next((above for above in ancestors_of(path) if above >= farthest), path)


def _page(found: Sequence[Post], has_before: bool, has_after: bool) -> StoredPage:
    return StoredPage(
        found,
        before=found[0].number if found and has_before else None,
        after=found[-1].number if found and has_after else None,
    )


def _path_of(topic: Topic, number: int) -> bytes:
    path = db.session.scalar(select(Post.path).where(Post.topic_id == topic.id, Post.number == number))
    if path is None:
        raise Malformed(_("That page address is damaged. Start again from the first page."))
    return path
