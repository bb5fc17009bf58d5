"""Pages of stored posts, by time and by thread, each as quick deep inside as at the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import and_, select, union_all
from sqlalchemy.orm import joinedload

from forum.core.db import db
from forum.core.errors import Malformed
from forum.discussions.models import Post, Topic
from forum.discussions.threads import ancestors_of, end_of, number_of

View = Literal["flat", "threaded"]


@dataclass(frozen=True, slots=True)
class StoredPage:
    """Posts as they are stored, with authors; `before` and `after` are numbers for the neighboring pages, or None.

    `goes_on` are the numbers, outermost first, of the posts whose replies go on on the next page of a thread.
    """

    posts: Sequence[Post]
    before: int | None = None
    after: int | None = None
    goes_on: tuple[int, ...] = ()


def stored_page(
    topic: Topic,
    *,
    view: View,
    limit: int,
    after: int | None = None,
    before: int | None = None,
    around: int | None = None,
    folded: frozenset[int] = frozenset(),
) -> StoredPage:
    """Nothing is concealed in it: only `posts.view_of` shows a post to a viewer.

    A thread leaves out all that is below the posts whose numbers are `folded`, but for what the page must show.
    """
    if view == "flat":
        return _flat(topic, limit, after, before, around)
    return _threaded(topic, limit, after, before, around, folded)


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
    topic: Topic,
    limit: int,
    after: int | None,
    before: int | None,
    around: int | None,
    folded: frozenset[int],
) -> StoredPage:
    target = _path_of(topic, around) if around is not None else None
    shut = _shut(topic, folded, target) if folded else []
    if before is not None:
        start = _path_of(topic, before)
        found = _in_thread(topic, shut, Post.path < start, limit + 1, backwards=True)
        has_before, found = len(found) > limit, found[:limit][::-1]
        return _page(found, has_before, bool(found), start)
    criterion = Post.path > b""
    if target is not None:
        criterion = Post.path >= _start_around(topic, target, limit)
    elif after:
        criterion = Post.path > _path_of(topic, after)
    found = _in_thread(topic, shut, criterion, limit + 1)
    if not found and after and target is None:  # all that comes after it is folded away
        return _threaded(topic, limit, None, None, after, folded)
    onward = found[limit].path if len(found) > limit else b""
    return _page(found[:limit], bool(found) and found[0].number != 1, bool(onward), onward)


def _shut(topic: Topic, folded: frozenset[int], target: bytes | None) -> list[bytes]:
    """Where the folded branches begin, in order; without those inside another, and those that the target stands in.

    What answers the first post stands beside it, so that one is never folded.
    """
    heads = select(Post.path).where(
        Post.topic_id == topic.id, Post.number.in_(sorted(folded)), Post.number > 1
    )
    shut: list[bytes] = []
    for path in db.session.scalars(heads.order_by(Post.path)):
        leads_to_target = target is not None and path in ancestors_of(target)
        if not leads_to_target and not (shut and path.startswith(shut[-1])):
            shut.append(path)
    return shut


def _in_thread(
    topic: Topic, shut: Sequence[bytes], criterion: Any, limit: int, *, backwards: bool = False
) -> list[Post]:
    """Posts in the order of the thread. Each stretch between folded branches is read by key, none of what is folded."""
    posts = select(Post).options(joinedload(Post.author)).where(Post.topic_id == topic.id)
    order = Post.path.desc() if backwards else Post.path
    if not shut:
        return list(db.session.scalars(posts.where(criterion).order_by(order).limit(limit)))
    stretches = []
    for begin, end in zip([None, *shut], [*shut, None], strict=True):
        bounds = [Post.path > end_of(begin)] if begin else []
        bounds += [Post.path <= end] if end else []
        stretch = select(Post.id, Post.path).where(Post.topic_id == topic.id, and_(criterion, *bounds))
        stretches.append(select(stretch.order_by(order).limit(limit).subquery()))
    together = union_all(*stretches).subquery()
    first = together.c.path.desc() if backwards else together.c.path
    ids = select(select(together.c.id).order_by(first).limit(limit).subquery().c.id)
    return list(db.session.scalars(posts.where(Post.id.in_(ids)).order_by(order)))


def _start_around(topic: Topic, path: bytes, limit: int) -> bytes:
    """Where a page begins that shows the post at `path`: as far up its branch as leaves the post on the page."""
    back = select(Post.path).where(Post.topic_id == topic.id, Post.path <= path)
    farthest = db.session.scalars(back.order_by(Post.path.desc()).limit(limit)).all()[-1]
    return next((above for above in ancestors_of(path) if above >= farthest), path)


def _page(found: Sequence[Post], has_before: bool, has_after: bool, onward: bytes = b"") -> StoredPage:
    """`onward` is the place in the thread of the post that the next page begins with."""
    above = [number_of(path) for path in ancestors_of(onward)]
    return StoredPage(
        found,
        before=found[0].number if found and has_before else None,
        after=found[-1].number if found and has_after else None,
        goes_on=tuple(number for number in above if number > 1),
    )


def _path_of(topic: Topic, number: int) -> bytes:
    path = db.session.scalar(select(Post.path).where(Post.topic_id == topic.id, Post.number == number))
    if path is None:
        raise Malformed(_("That page address is damaged. Start again from the first page."))
    return path
