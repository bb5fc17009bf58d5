"""Moving posts within and between topics: their places in the thread, their numbers, links to them, what was read.

All of it happens inside the caller's transaction, with the topics locked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update

from forum.accounts.models import User
from forum.core.db import db
from forum.core.ids import id_at
from forum.core.slugs import slugify
from forum.core.upserts import insert_or_ignore
from forum.discussions import counting
from forum.discussions.actions.reading import mark_read
from forum.discussions.models import Post, PostAlias, PostKind, ReadAhead, ReadMarker, Topic, TopicEvent
from forum.discussions.threads import path_of
from forum.markup import render


class Above(NamedTuple):
    """The post that something is hung under."""

    id: int
    path: bytes


class _Row(NamedTuple):
    id: int
    number: int
    parent_id: int | None
    kind: PostKind


def may_join(source: Topic, target: Topic) -> bool:
    """Whether posts may go from one topic to the other and be read by the same people as before."""
    same = (source.place_id, source.audience_id) == (target.place_id, target.audience_id)
    return same and source.is_visible and target.is_visible


def rehang(topic: Topic, post_id: int, above: Above) -> None:
    """Hang a post, and all below it, under another post of the same topic. Numbers stay."""
    rows = _rows_of(topic)
    parents = {row.id: row.parent_id for row in rows}
    parents[post_id] = above.id
    branch = _branch(rows, [post_id])
    _write_paths(branch, {row.id: row.number for row in branch}, parents, {above.id: above.path}, topic)
    topic.version += 1


def move_branch(source: Topic, target: Topic, post_id: int, above: Above | None) -> None:
    """Take a post, and all below it, into another topic, where they get the next numbers; old links lead there."""
    rows = _rows_of(source)
    parents = {row.id: row.parent_id for row in rows}
    parents[post_id] = above.id if above else None
    _move(source, target, _branch(rows, [post_id]), parents, above)


def split(
    source: Topic, post_id: int, *, title: str, author_id: int, at: datetime, seq: int, with_gap: bool = False
) -> Topic:
    """Make a topic of a post and all below it, for the same readers; with a gap above, for a post that answers nobody known."""
    topic = Topic(
        id=id_at(at),
        place_id=source.place_id,
        audience_id=source.audience_id,
        author_id=author_id,
        title=title,
        slug=slugify(title),
        created_at=at,
        created_seq=seq,
        last_seq=seq,
        last_post_at=at,
        last_number=0,
        post_count=0,
        version=0,
    )
    db.session.add(topic)
    db.session.flush()
    above = _add_gap(topic) if with_gap else None
    counting.add(counting.PLACE, topic.place_id, topic.audience_id, topics=1)
    counting.add(counting.USER, author_id, topic.audience_id, topics=1)
    move_branch(source, topic, post_id, above)
    counting.refill_last(topic.place_id, topic.audience_id)
    return topic


def merge(source: Topic, target: Topic, head_id: int, above: Above) -> None:
    """Take a whole topic into another, its head under a post there; what else stood at its top goes under the head."""
    rows = [row for row in _rows_of(source) if row.kind is not PostKind.GAP]
    there = {row.id for row in rows}
    parents: dict[int, int | None] = {}
    for row in rows:
        parents[row.id] = row.parent_id if row.parent_id in there else head_id
    parents[head_id] = above.id
    _move(source, target, rows, parents, above)
    _retire(source, above.id)


def refresh_last(topic: Topic) -> None:
    """Find the newest visible post of a topic again."""
    db.session.flush()
    last = db.session.execute(
        select(Post.id, Post.seq, Post.created_at, Post.author_id)
        .where(Post.topic_id == topic.id, counting.visible_posts())
        .order_by(Post.seq.desc(), Post.number.desc())
        .limit(1)
    ).first()
    if last:
        topic.last_post_id, topic.last_seq, topic.last_post_at, topic.last_post_author_id = last


def _move(
    source: Topic, target: Topic, rows: Sequence[_Row], parents: dict[int, int | None], above: Above | None
) -> None:
    """Give the posts numbers and places in the other topic."""
    if not may_join(source, target):
        raise ValueError("posts would be read by other people than before")
    rows = sorted(rows, key=lambda row: row.number)
    numbers = {row.id: target.last_number + at for at, row in enumerate(rows, 1)}
    moved = {row.number: numbers[row.id] for row in rows}
    marks = _read_marks(source)
    visible = db.session.scalar(
        select(func.count()).select_from(Post).where(Post.id.in_(numbers), counting.visible_posts())
    )
    _write_paths(rows, numbers, parents, {above.id: above.path} if above else {}, target)
    insert_or_ignore(
        PostAlias, [{"topic_id": source.id, "number": row.number, "post_id": row.id} for row in rows]
    )
    target.last_number += len(rows)
    target.post_count += visible or 0
    source.post_count -= visible or 0
    for topic in (source, target):
        topic.version += 1
        refresh_last(topic)
        counting.drop_lost_answer(topic)
    _carry_read_marks(marks, target, moved)
    _carry_events(source, target, moved)


def _add_gap(topic: Topic) -> Above:
    topic.last_number = 1
    gap = Post(
        topic_id=topic.id,
        number=1,
        path=path_of(None, 1),
        seq=topic.created_seq,
        kind=PostKind.GAP,
        body_html=render("").html,
        created_at=topic.created_at,
    )
    db.session.add(gap)
    db.session.flush()
    return Above(gap.id, gap.path)


def _rows_of(topic: Topic) -> list[_Row]:
    db.session.flush()
    rows = db.session.execute(
        select(Post.id, Post.number, Post.parent_id, Post.kind)
        .where(Post.topic_id == topic.id)
        .order_by(Post.number)
    )
    return [_Row(*row) for row in rows]


def _branch(rows: Sequence[_Row], heads: Sequence[int]) -> list[_Row]:
    """The rows of these posts and of all below them. Paths would not tell: they end at the deepest level."""
    below: dict[int | None, list[_Row]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found = [row for row in rows if row.id in heads]
    for row in found:
        found.extend(below.get(row.id, ()))
    return found


def _write_paths(
    rows: Sequence[_Row],
    numbers: dict[int, int],
    parents: dict[int, int | None],
    paths: dict[int, bytes],
    topic: Topic,
) -> None:
    """Work out the paths from those above, parents first, and write them with number, parent and topic."""
    below: dict[int | None, list[int]] = {}
    for row in rows:
        below.setdefault(parents[row.id], []).append(row.id)
    inside = {row.id for row in rows}
    ready = [row.id for row in rows if parents[row.id] not in inside]
    changes: list[dict[str, Any]] = []
    for post_id in ready:
        parent_id = parents[post_id]
        paths[post_id] = path_of(paths[parent_id] if parent_id is not None else None, numbers[post_id])
        changes.append(
            {
                "id": post_id,
                "topic_id": topic.id,
                "number": numbers[post_id],
                "parent_id": parent_id,
                "path": paths[post_id],
            }
        )
        ready.extend(below.get(post_id, ()))
    db.session.flush()
    db.session.execute(update(Post), changes)
    for post in [thing for thing in db.session if isinstance(thing, Post)]:
        db.session.expire(post)


def _read_marks(topic: Topic) -> dict[int, list[tuple[int, int]]]:
    """What each reader has read of a topic, as ranges of numbers."""
    marks: dict[int, list[tuple[int, int]]] = {}
    markers = db.session.execute(
        select(ReadMarker.user_id, ReadMarker.number).where(ReadMarker.topic_id == topic.id)
    )
    for user_id, number in markers:
        marks[user_id] = [(1, number)] if number else []
    ahead = db.session.execute(
        select(ReadAhead.user_id, ReadAhead.first, ReadAhead.last).where(ReadAhead.topic_id == topic.id)
    )
    for user_id, first, last in ahead:
        marks.setdefault(user_id, []).append((first, last))
    return marks


def _carry_read_marks(marks: dict[int, list[tuple[int, int]]], target: Topic, moved: dict[int, int]) -> None:
    """Who has read a post where it was has read it where it is."""
    before = sorted(moved)
    for user_id, ranges in sorted(marks.items()):
        read = [
            moved[number]
            for first, last in ranges
            for number in before[bisect_left(before, first) : bisect_right(before, last)]
        ]
        if read:
            mark_read(target, reader=db.session.get_one(User, user_id), numbers=read)


def _carry_events(source: Topic, target: Topic, moved: dict[int, int]) -> None:
    """What was done to a post goes with it. What was done to the topic is told after a post that is still there; where
    none is, it goes too."""
    events = db.session.scalars(select(TopicEvent).where(TopicEvent.topic_id == source.id)).all()
    if not events:
        return
    before = sorted(moved)
    rest = [row.number for row in _rows_of(source) if row.kind is not PostKind.GAP]
    for event in events:
        if event.about_post in moved:
            _tell_elsewhere(event, target, moved[event.about_post])
        elif not rest:
            _tell_elsewhere(event, target, moved[_at_or_below(before, event.after_number)])
        elif event.after_number in moved:
            event.after_number = _at_or_below(rest, event.after_number)
    db.session.flush()


def _tell_elsewhere(event: TopicEvent, target: Topic, number: int) -> None:
    event.topic_id, event.after_number = target.id, number
    if event.about_post:
        event.detail = {**event.detail, "number": str(number)}


def _at_or_below(numbers: Sequence[int], number: int) -> int:
    """The greatest of these that is not above it; the lowest where all are."""
    return numbers[max(0, bisect_right(numbers, number) - 1)]


def _retire(topic: Topic, into_id: int) -> None:
    """Remove a topic whose posts are all elsewhere; links to its gap lead to the post that its head answers."""
    gaps = list(db.session.execute(select(Post.id, Post.number).where(Post.topic_id == topic.id)))
    for gap_id, number in gaps:
        db.session.execute(update(PostAlias).where(PostAlias.post_id == gap_id).values(post_id=into_id))
        insert_or_ignore(PostAlias, [{"topic_id": topic.id, "number": number, "post_id": into_id}])
        db.session.execute(delete(Post).where(Post.id == gap_id))
    if topic.is_visible:
        counting.add(counting.PLACE, topic.place_id, topic.audience_id, topics=-1)
        counting.add(counting.USER, topic.author_id, topic.audience_id, topics=-1)
    db.session.flush()
    db.session.delete(topic)
    db.session.flush()
    counting.refill_last(topic.place_id, topic.audience_id)
