"""Putting posts into another topic, or at other numbers: paths, links to them, what is told between them, drafts, counts.

Inside the transaction of a moderator's act, with the topics and their places locked. A number is given to one post and
never to another: so an old link leads to the post it was made for, and a report of what was read means what it meant.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select, update

from forum.core.db import db
from forum.core.upserts import insert_or_ignore
from forum.discussions import counting
from forum.discussions.carrying import ReadState
from forum.discussions.models import Draft, Post, PostAlias, PostKind, Topic, TopicEvent
from forum.discussions.moving import refresh_last
from forum.discussions.threads import path_of


class Spot(NamedTuple):
    """Where a post stands, or is to stand."""

    topic_id: int
    number: int
    parent_id: int | None
    seq: int


class Row(NamedTuple):
    id: int
    spot: Spot
    path: bytes
    kind: PostKind
    created_at: datetime


def rows_of(topic: Topic) -> list[Row]:
    """The posts of a topic by number, as far as they are moved about."""
    db.session.flush()
    rows = db.session.execute(
        select(
            Post.id,
            Post.topic_id,
            Post.number,
            Post.parent_id,
            Post.seq,
            Post.path,
            Post.kind,
            Post.created_at,
        )
        .where(Post.topic_id == topic.id)
        .order_by(Post.number)
    )
    return [
        Row(
            row.id, Spot(row.topic_id, row.number, row.parent_id, row.seq), row.path, row.kind, row.created_at
        )
        for row in rows
    ]


def with_branches(rows: Sequence[Row], heads: Collection[int]) -> set[int]:
    """These posts and all below them."""
    below: defaultdict[int | None, list[int]] = defaultdict(list)
    for row in rows:
        below[row.spot.parent_id].append(row.id)
    found, ready = set(heads), list(heads)
    for post_id in ready:
        fresh = [child for child in below[post_id] if child not in found]
        found.update(fresh)
        ready.extend(fresh)
    return found


def apart(rows: Sequence[Row], chosen: Collection[int], *, into: int) -> dict[int, Spot]:
    """The chosen posts as a topic of their own, numbered from 1; those left behind answer the nearest post above that stays."""
    moving = [row for row in rows if row.id in chosen]
    spots = _left_behind(rows, chosen)
    for number, row in enumerate(moving, 1):
        spots[row.id] = Spot(into, number, _nearest(rows, row, chosen, inside=True), row.spot.seq)
    return spots


def joined(
    rows: Sequence[Row], chosen: Collection[int], target: Topic, there: Sequence[Row], seqs: dict[int, int]
) -> dict[int, Spot]:
    """The chosen posts among those of another topic, by time; whatever comes after the first of them is numbered anew.

    The first post of the other topic stays the first.
    """
    moving = [row for row in rows if row.id in chosen]
    order = list(there[:1])
    waiting = list(moving)
    for row in there[1:]:
        while waiting and waiting[0].created_at < row.created_at:
            order.append(waiting.pop(0))
        order.append(row)
    order += waiting
    begin = next(place for place, row in enumerate(order) if row.id in chosen)
    spots = _left_behind(rows, chosen)
    for number, row in enumerate(order[begin:], target.last_number + 1):
        parent_id = _nearest(rows, row, chosen, inside=True) if row.id in chosen else row.spot.parent_id
        spots[row.id] = Spot(target.id, number, parent_id, seqs.get(row.id, row.spot.seq))
    return spots


def _left_behind(rows: Sequence[Row], chosen: Collection[int]) -> dict[int, Spot]:
    return {
        row.id: row.spot._replace(parent_id=_nearest(rows, row, chosen, inside=False))
        for row in rows
        if row.id not in chosen and row.spot.parent_id in chosen
    }


def _nearest(rows: Sequence[Row], row: Row, chosen: Collection[int], *, inside: bool) -> int | None:
    """The nearest post above that is among the chosen (or is not)."""
    parents = {each.id: each.spot.parent_id for each in rows}
    above = row.spot.parent_id
    while above is not None and (above in chosen) is not inside:
        above = parents.get(above)
    return above


def seqs_in(place_id: int, rows: Iterable[Row]) -> dict[int, int]:
    """What seqs posts have in another place: that of the newest post there when they were written. Later ones have no lower one.

    What was imported stays below every floor. Where the place has counted less far, its counter is raised.
    """
    rows = sorted((row for row in rows if row.spot.seq > 0), key=lambda row: (row.spot.seq, row.id))
    if not rows:
        return {}
    known = db.session.execute(
        select(Post.created_at, Post.seq)
        .join(Topic, Topic.id == Post.topic_id)
        .where(Topic.place_id == place_id, Post.seq > 0)
        .order_by(Post.created_at, Post.seq)
    ).all()
    moments = [moment for moment, _seq in known]
    found: dict[int, int] = {}
    least = 1
    highest: list[int] = []
    for _moment, seq in known:
        highest.append(max(seq, highest[-1] if highest else 1))
    for row in rows:
        at = bisect_right(moments, row.created_at)
        least = max(least, highest[at - 1] if at else 1)
        found[row.id] = least
    return found


def arrange(topics: Sequence[Topic], spots: dict[int, Spot]) -> None:
    """Put posts of these topics where `spots` says, with all that belongs to them but for counts and what was read."""
    rows = {row.id: row for topic in topics for row in rows_of(topic)}
    final = {post_id: spots.get(post_id, row.spot) for post_id, row in rows.items()}
    paths = _paths(final)
    changes = [
        {"id": i, **final[i]._asdict(), "path": paths[i]}
        for i, row in rows.items()
        if (final[i], paths[i]) != (row.spot, row.path)
    ]
    if not changes:
        return
    db.session.execute(update(Post), changes)
    for thing in [one for one in db.session if isinstance(one, Post)]:
        db.session.expire(thing)
    moved = {
        (row.spot.topic_id, row.spot.number): (final[i].topic_id, final[i].number)
        for i, row in rows.items()
        if row.spot[:2] != final[i][:2]
    }
    ids = {row.spot[:2]: i for i, row in rows.items()}
    if moved:
        back = select(Post.id).where(Post.topic_id == PostAlias.topic_id, Post.number == PostAlias.number)
        here = PostAlias.topic_id.in_([topic.id for topic in topics])
        db.session.execute(delete(PostAlias).where(here, back.correlate(PostAlias).exists()))
        insert_or_ignore(
            PostAlias, [{"topic_id": t, "number": n, "post_id": ids[t, n]} for t, n in sorted(moved)]
        )
    for topic in topics:
        numbers = [spot.number for spot in final.values() if spot.topic_id == topic.id]
        topic.last_number = max([topic.last_number, *numbers])
        _carry_events(topic, moved, sorted(numbers))
    _carry_drafts(moved)
    db.session.flush()


def _paths(spots: dict[int, Spot]) -> dict[int, bytes]:
    """From those above down."""
    below: defaultdict[int | None, list[int]] = defaultdict(list)
    for post_id, spot in spots.items():
        below[spot.parent_id if spot.parent_id in spots else None].append(post_id)
    paths: dict[int, bytes] = {}
    ready: list[tuple[int, int | None]] = [(post_id, None) for post_id in below[None]]
    for post_id, above in ready:
        paths[post_id] = path_of(paths[above] if above is not None else None, spots[post_id].number)
        ready.extend((child, post_id) for child in below[post_id])
    return paths


def _carry_events(
    topic: Topic, moved: dict[tuple[int, int], tuple[int, int]], numbers: Sequence[int]
) -> None:
    """What was done to a post goes with it; what was done to the topic is told after a post that is still there, and stays
    with the topic where none is."""
    for event in db.session.scalars(select(TopicEvent).where(TopicEvent.topic_id == topic.id)).all():
        to = moved.get((topic.id, event.about_post)) if event.about_post else None
        after = moved.get((topic.id, event.after_number))
        if to is not None:
            event.topic_id, event.after_number = to
            event.detail = {**event.detail, "number": str(to[1])}
        elif after is not None and after[0] == topic.id:
            event.after_number = after[1]
        elif after is not None and numbers:
            event.after_number = numbers[max(0, bisect_right(numbers, event.after_number) - 1)]


def _carry_drafts(moved: dict[tuple[int, int], tuple[int, int]]) -> None:
    """What somebody is writing in answer to a post goes on in its topic."""
    targets = {f"reply:{topic_id}": topic_id for topic_id, _number in moved}
    for draft in db.session.scalars(select(Draft).where(Draft.target.in_(sorted(targets)))):
        number = str(draft.fields.get("reply_to") or "")
        if not (number.isascii() and number.isdecimal() and len(number) < 9):
            continue
        to = moved.get((targets[draft.target], int(number)))
        if to is not None:
            draft.target = f"reply:{to[0]}"
            draft.fields = {**draft.fields, "reply_to": str(to[1])}


class Rearranging:
    """Counts and what was read, around a change of where posts stand: `with Rearranging(topics): …`.

    `fresh` are topics that count nowhere yet. Within the block, topics may be made invisible, or go to another place.
    """

    def __init__(
        self, topics: Sequence[Topic], *, fresh: Collection[int] = (), place_ids: Iterable[int] = ()
    ) -> None:
        self.topics, self.fresh = topics, fresh
        self.state = ReadState(topics, place_ids)
        self.shelves = {(topic.place_id, topic.audience_id) for topic in topics}

    def __enter__(self) -> None:
        there = [topic for topic in self.topics if topic.is_visible and topic.id not in self.fresh]
        self.counts = [count for topic in there for count in counting.counts_of(topic, -1)]

    def __exit__(self, failed: object, *_rest: object) -> None:
        if failed is not None:
            return
        for topic in self.topics:
            counting.refresh_topic(topic)
            refresh_last(topic)
            if topic.is_visible:
                self.counts += counting.counts_of(topic, +1)
            self.shelves.add((topic.place_id, topic.audience_id))
        counting.add_all(self.counts)
        db.session.flush()
        for place_id, audience_id in sorted(self.shelves):
            counting.refill_last(place_id, audience_id)
        self.state.carry(self.topics)
