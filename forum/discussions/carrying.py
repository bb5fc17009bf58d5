"""What has been read, when posts come to stand elsewhere: what was read stays read, and what was unread stays unread.

Inside the transaction that moves them, with the topics locked: `ReadState(…)` before, `carry()` after.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import delete, select

from forum.core import clock
from forum.core.db import db
from forum.core.upserts import insert
from forum.discussions.actions.reading import Ranges, merge
from forum.discussions.models import Post, ReadAhead, ReadFloor, ReadMarker, Topic

MOST_AT_ONCE = 500


class _Spot(NamedTuple):
    topic_id: int
    number: int
    seq: int
    author_id: int | None


class _Mark(NamedTuple):
    number: int
    above_floor: int
    generation: int


class _Marks(NamedTuple):
    """What somebody has read of some topics: markers and ranges by topic, floors by place."""

    markers: dict[int, _Mark]
    ahead: dict[int, Ranges]


class ReadState:
    """What everybody has read of some topics, and of the places they stand in or go to."""

    def __init__(self, topics: Collection[Topic], place_ids: Iterable[int] = ()) -> None:
        db.session.flush()
        self._topic_ids = sorted(topic.id for topic in topics)
        self._places = {topic.id: topic.place_id for topic in topics}
        self._posts = _posts_of(self._topic_ids)
        self._marks = _marks_of(self._topic_ids)
        self._floors = _floors_of({*self._places.values(), *place_ids})

    def carry(self, topics: Collection[Topic]) -> None:
        """Write anew what the markers say of these topics as they are now, where it would be another thing than before."""
        db.session.flush()
        posts, places = _posts_of([topic.id for topic in topics]), {t.id: t.place_id for t in topics}
        moved = [i for i, spot in posts.items() if i in self._posts and self._spot_changes(i, spot, places)]
        if not moved:
            return
        concerned = {posts[i].topic_id for i in moved}
        by_topic: defaultdict[int, list[int]] = defaultdict(list)
        for post_id, spot in sorted(posts.items(), key=lambda item: item[1].number):
            by_topic[spot.topic_id].append(post_id)
        writing = _Writing()
        for user_id in sorted(self._marks.keys() | self._of_other_floors(moved, posts, places)):
            for topic_id in sorted(concerned):
                ids = [i for i in by_topic[topic_id] if i in self._posts]
                self._carry_for(user_id, topic_id, places[topic_id], {i: posts[i] for i in ids}, writing)
        writing.send()

    def _spot_changes(self, post_id: int, now: _Spot, places: dict[int, int]) -> bool:
        was = self._posts[post_id]
        return was[:3] != now[:3] or self._places[was.topic_id] != places[now.topic_id]

    def _of_other_floors(
        self, moved: Collection[int], posts: dict[int, _Spot], places: dict[int, int]
    ) -> set[int]:
        """Whose floors let another number of the moved posts pass where they are now than where they were. Later posts have higher
        seqs in either place, so that as many are the same."""
        before: defaultdict[int, list[int]] = defaultdict(list)
        after: defaultdict[int, list[int]] = defaultdict(list)
        pairs = {(self._places[self._posts[i].topic_id], places[posts[i].topic_id]) for i in moved}
        if all(old == new for old, new in pairs):
            return set()
        for i in moved:
            before[self._places[self._posts[i].topic_id]].append(self._posts[i].seq)
            after[places[posts[i].topic_id]].append(posts[i].seq)
        for seqs in (*before.values(), *after.values()):
            seqs.sort()

        def passed(seqs: dict[int, list[int]], floors: dict[int, int]) -> int:
            return sum(bisect_right(several, floors.get(place, 0)) for place, several in seqs.items())

        return {u for u, floors in self._floors.items() if passed(before, floors) != passed(after, floors)}

    def _carry_for(
        self, user_id: int, topic_id: int, place_id: int, posts: dict[int, _Spot], writing: "_Writing"
    ) -> None:
        marks = self._marks.get(user_id, _Marks({}, {}))
        floors = self._floors.get(user_id, {})
        read = {i for i in posts if self._has_read(i, marks, floors)}
        floor, mark = floors.get(place_id, 0), marks.markers.get(topic_id)
        above_floor = mark.above_floor if mark else -1
        own = {i for i, spot in posts.items() if spot.author_id == user_id}
        let_pass = {i for i, spot in posts.items() if floor > above_floor and spot.seq <= floor}
        if not let_pass <= read | own:
            above_floor = floor
        elif mark is None and read <= let_pass:
            return  # the floor says it all
        number, ahead = _as_marker([(spot.number, i in read or i in own) for i, spot in posts.items()])
        kept = (mark.number, mark.above_floor, marks.ahead.get(topic_id, [])) if mark else None
        if kept != (number, above_floor, ahead):
            writing.add(user_id, topic_id, _Mark(number, above_floor, mark.generation if mark else 0), ahead)

    def _has_read(self, post_id: int, marks: _Marks, floors: dict[int, int]) -> bool:
        spot = self._posts[post_id]
        mark = marks.markers.get(spot.topic_id)
        floor = floors.get(self._places[spot.topic_id], 0)
        if spot.seq <= floor and (mark is None or floor > mark.above_floor):
            return True
        if mark is not None and spot.number <= mark.number:
            return True
        return any(first <= spot.number <= last for first, last in marks.ahead.get(spot.topic_id, ()))


class _Writing:
    """Markers to be written, all at once."""

    def __init__(self) -> None:
        self._markers: list[dict[str, object]] = []
        self._ahead: list[dict[str, object]] = []

    def add(self, user_id: int, topic_id: int, mark: _Mark, ahead: Ranges) -> None:
        key = {"user_id": user_id, "topic_id": topic_id}
        self._markers.append({**key, **mark._asdict(), "read_at": clock.now()})
        self._ahead += [{**key, "first": first, "last": last} for first, last in ahead]

    def send(self) -> None:
        if not self._markers:
            return
        for start in range(0, len(self._markers), MOST_AT_ONCE):
            some = self._markers[start : start + MOST_AT_ONCE]
            for topic_id in {one["topic_id"] for one in some}:
                users = [one["user_id"] for one in some if one["topic_id"] == topic_id]
                db.session.execute(
                    delete(ReadAhead).where(ReadAhead.topic_id == topic_id, ReadAhead.user_id.in_(users))
                )
        row = insert(ReadMarker)
        names = ("number", "above_floor", "read_at")
        row = row.on_conflict_do_update(
            index_elements=["user_id", "topic_id"], set_={name: row.excluded[name] for name in names}
        )
        db.session.execute(row, self._markers)
        if self._ahead:
            db.session.execute(insert(ReadAhead), self._ahead)
        for thing in [one for one in db.session if isinstance(one, ReadMarker)]:
            db.session.expire(thing)


def _as_marker(posts: list[tuple[int, bool]]) -> tuple[int, Ranges]:
    """“All up to this number”, and the ranges above it, for posts in the order of their numbers, each read or not."""
    runs: list[list[int]] = []
    was_read = False
    for number, is_read in posts:
        if is_read and was_read:
            runs[-1][1] = number
        elif is_read:
            runs.append([number, number])
        was_read = is_read
    begins = bool(runs) and runs[0][0] == posts[0][0]
    up_to = runs.pop(0)[1] if begins else 0
    return merge(up_to, [(first, last) for first, last in runs])


def _posts_of(topic_ids: Collection[int]) -> dict[int, _Spot]:
    rows = db.session.execute(
        select(Post.id, Post.topic_id, Post.number, Post.seq, Post.author_id).where(
            Post.topic_id.in_(topic_ids)
        )
    )
    return {row[0]: _Spot(*row[1:]) for row in rows}


def _marks_of(topic_ids: Collection[int]) -> dict[int, _Marks]:
    """By reader; held still until the end of the transaction."""
    found: defaultdict[int, _Marks] = defaultdict(lambda: _Marks({}, defaultdict(list)))
    markers = (
        select(
            ReadMarker.user_id,
            ReadMarker.topic_id,
            ReadMarker.number,
            ReadMarker.above_floor,
            ReadMarker.generation,
        )
        .where(ReadMarker.topic_id.in_(topic_ids))
        .order_by(ReadMarker.user_id, ReadMarker.topic_id)
        .with_for_update()
    )
    for user_id, topic_id, *mark in db.session.execute(markers):
        found[user_id].markers[topic_id] = _Mark(*mark)
    ahead = select(ReadAhead.user_id, ReadAhead.topic_id, ReadAhead.first, ReadAhead.last)
    for user_id, topic_id, first, last in db.session.execute(
        ahead.where(ReadAhead.topic_id.in_(topic_ids)).order_by(ReadAhead.first)
    ):
        found[user_id].ahead[topic_id].append((first, last))
    return dict(found)


def _floors_of(place_ids: Collection[int]) -> dict[int, dict[int, int]]:
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    rows = select(ReadFloor.user_id, ReadFloor.place_id, ReadFloor.seq)
    for user_id, place_id, seq in db.session.execute(rows.where(ReadFloor.place_id.in_(place_ids))):
        found[user_id][place_id] = seq
    return dict(found)
