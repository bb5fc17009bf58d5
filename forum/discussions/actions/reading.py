"""What a person has read. Reports merge by union: any order, any device, any number of times."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select

from forum.access.models import Place
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transactional
from forum.core.upserts import insert, insert_or_ignore
from forum.discussions.models import Post, ReadAhead, ReadFloor, ReadMarker, Topic
from forum.notifications.actions.reading import mark_shown
from forum.notifications.actions.watching import raise_by_reading

Ranges = list[tuple[int, int]]
LONG = 240  # seconds with a topic that raise its level
MOST_RANGES = 500  # a marker with more holes than this is rounded up where the holes are smallest


@transactional
def mark_read(
    topic: Topic,
    *,
    reader: User,
    up_to: int = 0,
    numbers: Sequence[int] = (),
    generation: int | None = None,
    seconds: int = 0,
) -> ReadMarker:
    """These posts have been shown to the reader, who spent so long with them since the report before, and with them what
    was told of them. A report from before a “mark unread” (an older generation) marks nothing read."""
    mark_shown(reader, topic.id, up_to=up_to, numbers=numbers)
    marker = _locked_marker(reader.id, topic.id)
    if seconds and marker.seconds < LONG:
        marker.seconds = min(marker.seconds + seconds, LONG)
        if marker.seconds == LONG:
            raise_by_reading(reader, topic.id)
    if generation is not None and generation < marker.generation:
        return marker
    last = db.session.scalar(select(Topic.last_number).where(Topic.id == topic.id)) or 0
    before = _ranges(reader.id, topic.id)
    shown = [(n, n) for n in numbers if 0 < n <= last]
    number, ahead = merge(max(marker.number, min(up_to, last)), [*before, *shown])
    if number != marker.number or ahead != before:
        marker.number, marker.read_at = number, clock.now()
        _store(reader.id, topic.id, before, ahead)
    return marker


@transactional
def mark_unread_from(topic: Topic, *, reader: User, number: int) -> ReadMarker:
    """This post and all after it are unread again; reports that are still on their way are ignored."""
    marker = _locked_marker(reader.id, topic.id)
    before = _ranges(reader.id, topic.id)
    kept = max(0, number - 1)
    floor = db.session.scalar(
        select(ReadFloor.seq).where(ReadFloor.user_id == reader.id, ReadFloor.place_id == topic.place_id)
    )
    merged, _ = merge(marker.number, before)
    if marker.above_floor < (floor or 0):
        # What the floor has let pass as read, down there, stays so.
        under = select(func.max(Post.number)).where(
            Post.topic_id == topic.id, Post.number <= kept, Post.seq <= (floor or 0)
        )
        merged = max(merged, db.session.scalar(under) or 0)
    marker.number = min(merged, kept)
    marker.above_floor = floor or 0
    marker.generation += 1
    marker.read_at = clock.now()
    _store(
        reader.id, topic.id, before, [(a, min(b, kept)) for a, b in before if a <= kept and a > marker.number]
    )
    return marker


@transactional
def mark_all_read(places: Iterable[Place], *, reader: User) -> None:
    """Everything that stands in these places now is read: one floor each, no matter how many topics."""
    ids = sorted(place.id for place in places)
    seqs = db.session.execute(select(Place.id, Place.last_seq).where(Place.id.in_(ids))).all()
    set_floors(reader.id, {row.id: row.last_seq for row in seqs})
    unread_marks = select(ReadMarker.topic_id).join(Topic, Topic.id == ReadMarker.topic_id)
    unread_marks = unread_marks.where(
        ReadMarker.user_id == reader.id, ReadMarker.above_floor >= 0, Topic.place_id.in_(ids)
    )
    for topic_id in sorted(db.session.scalars(unread_marks)):
        marker = _locked_marker(reader.id, topic_id)
        marker.above_floor = -1
        marker.generation += 1


def set_floors(user_id: int, seqs: dict[int, int]) -> None:
    """Raise the floors of a person, inside a transaction; they never sink."""
    if not seqs:
        return
    row = insert(ReadFloor)
    higher = func.max if db.engine.dialect.name == "sqlite" else func.greatest
    row = row.on_conflict_do_update(
        index_elements=["user_id", "place_id"], set_={"seq": higher(ReadFloor.seq, row.excluded.seq)}
    )
    db.session.execute(row, [{"user_id": user_id, "place_id": p, "seq": s} for p, s in sorted(seqs.items())])


def begin_floors(user_id: int) -> None:
    """Where a new account begins: all that is there already counts as read. Inside a transaction."""
    rows = db.session.execute(select(Place.id, Place.last_seq))
    set_floors(user_id, {row.id: row.last_seq for row in rows})


def merge(number: int, ranges: Iterable[tuple[int, int]]) -> tuple[int, Ranges]:
    """The union of “all up to number” and the ranges: the new number, and what still stands apart above it."""
    ahead: Ranges = []
    for first, last in sorted(ranges):
        if first <= number + 1:
            number = max(number, last)
        elif ahead and first <= ahead[-1][1] + 1:
            ahead[-1] = (ahead[-1][0], max(ahead[-1][1], last))
        else:
            ahead.append((first, last))
    while len(ahead) > MOST_RANGES:
        gaps = [ahead[i + 1][0] - ahead[i][1] for i in range(len(ahead) - 1)]
        i = gaps.index(min(gaps))
        ahead[i : i + 2] = [(ahead[i][0], ahead[i + 1][1])]
    return number, ahead


def _locked_marker(user_id: int, topic_id: int) -> ReadMarker:
    insert_or_ignore(ReadMarker, [{"user_id": user_id, "topic_id": topic_id, "read_at": clock.now()}])
    return db.session.scalars(
        select(ReadMarker)
        .where(ReadMarker.user_id == user_id, ReadMarker.topic_id == topic_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _ranges(user_id: int, topic_id: int) -> Ranges:
    rows = db.session.execute(
        select(ReadAhead.first, ReadAhead.last)
        .where(ReadAhead.user_id == user_id, ReadAhead.topic_id == topic_id)
        .order_by(ReadAhead.first)
    )
    return [(first, last) for first, last in rows]


def _store(user_id: int, topic_id: int, before: Ranges, after: Ranges) -> None:
    gone = [first for first, last in before if (first, last) not in after]
    if gone:
        db.session.execute(
            delete(ReadAhead).where(
                ReadAhead.user_id == user_id, ReadAhead.topic_id == topic_id, ReadAhead.first.in_(gone)
            )
        )
    fresh = [r for r in after if r not in before]
    if fresh:
        db.session.execute(
            insert(ReadAhead),
            [{"user_id": user_id, "topic_id": topic_id, "first": a, "last": b} for a, b in fresh],
        )
