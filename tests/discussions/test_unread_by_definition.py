"""What the statements say is unread is what the definition says, over a forum in which many have read in many ways."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from forum.access.audience import may_read
from forum.access.models import Audience, Place, RoleAssignment
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.models import Ignore, User
from forum.cli.dataset.making import make_dataset
from forum.cli.dataset.plan import Size
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import transaction
from forum.core.upserts import insert_or_ignore
from forum.discussions.actions import reading
from forum.discussions.models import Post, ReadAhead, ReadFloor, ReadMarker, Topic
from forum.discussions.queries import unread

pytestmark = pytest.mark.usefixtures("context")

IGNORING = ("bench-member", "bench-moderator", "person00003")
READERS = ("bench-guest", "bench-member", "bench-moderator", "bench-staff", "person00000", "person00003")


class ByDefinition:
    """The sentences of `unread`, one by one, over all rows."""

    def __init__(self, viewer: Viewer) -> None:
        me = viewer.id
        self.viewer, self.me = viewer, me
        self.audiences = {a.id: a for a in every(Audience)}
        self.markers = {m.topic_id: m for m in every(ReadMarker) if m.user_id == me}
        self.floors = {f.place_id: f.seq for f in every(ReadFloor) if f.user_id == me}
        ignored = {i.ignored_id for i in every(Ignore) if i.user_id == me}
        speakers = [(r.user_id, r.place_id) for r in every(RoleAssignment)]
        self.folded = lambda author_id, place_id: (
            author_id in ignored
            and (author_id, None) not in speakers
            and (author_id, place_id) not in speakers
        )
        self.ahead = [(r.topic_id, r.first, r.last) for r in every(ReadAhead) if r.user_id == me]
        self.posts: dict[int, list[Post]] = {}
        for post in every(Post):
            self.posts.setdefault(post.topic_id, []).append(post)

    def of_topic(self, topic: Topic) -> tuple[int, int, bool]:
        """Unread posts to MOST, the first of them, whether the topic is new."""
        marker, floor = self.markers.get(topic.id), self.floors.get(topic.place_id, 0)
        marked = marker is not None and marker.above_floor >= floor
        numbers = sorted(
            post.number
            for post in self.posts[topic.id]
            if post.is_visible
            and post.author_id != self.me
            and not self.folded(post.author_id, topic.place_id)
            and post.number > (marker.number if marker else 0)
            and (post.seq > floor or marked)
            and not any(t == topic.id and a <= post.number <= b for t, a, b in self.ahead)
        )
        is_new = marker is None and topic.created_seq > floor and topic.author_id != self.me
        first = numbers[0] if numbers else 0
        return min(len(numbers), unread.MOST), first, bool(is_new and numbers)

    def of_places(self, topics: list[Topic]) -> dict[int, tuple[int, int]]:
        found: dict[int, list[int]] = {place.id: [0, 0] for place in every(Place)}
        for topic in topics:
            if topic.is_visible and may_read(self.viewer, self.audiences[topic.audience_id]):
                if self.folded(topic.author_id, topic.place_id):
                    continue
                count, _first, is_new = self.of_topic(topic)
                found[topic.place_id][0] += bool(count)
                found[topic.place_id][1] += is_new
        return {place: (min(n, unread.MOST), min(new, unread.MOST)) for place, (n, new) in found.items()}


def every(model: Any) -> list[Any]:
    return list(db.session.scalars(select(model)))


def test_the_statements_say_what_the_definition_says() -> None:
    make_dataset(random.Random(3), Size(30, 6, 160, 900), password_hash="none", progress=lambda n: None)
    by_name = {user.username: user for user in every(User)}
    by_id, topics = {user.id for user in every(User)}, {topic.id: topic for topic in every(Topic)}
    places = [place.id for place in every(Place)]
    for number, name in enumerate(READERS):
        for topic in [t for t in topics.values() if t.last_number > 3][number::9]:
            reading.mark_unread_from(topic, reader=by_name[name], number=2 + number % 2)
    with transaction():  # some ignore those who write most, and those who moderate
        for name in IGNORING:
            others = [user for user in by_name.values() if user.id != by_name[name].id]
            for other in [*others[:3], by_name["bench-moderator"], by_name["bench-staff"]]:
                if other.id != by_name[name].id:
                    row = {"user_id": by_name[name].id, "ignored_id": other.id, "created_at": clock.now()}
                    insert_or_ignore(Ignore, [row])
    seen = 0
    for name in READERS:
        viewer = viewer_of(by_name[name])
        truth = ByDefinition(viewer)
        of_topics = unread.unread_of_topics(viewer, list(topics))
        for topic in topics.values():
            state = of_topics[topic.id]
            assert (state.count, state.first, state.is_new) == truth.of_topic(topic)
            folded = {i for i in by_id if truth.folded(i, topic.place_id)}
            marked = [post for post in truth.posts[topic.id] if state.has_unread(post, viewer.id, folded)]
            assert min(len(marked), unread.MOST) == state.count
            assert min((post.number for post in marked), default=0) == state.first
        of_places = unread.unread_of_places(viewer, places)
        told = {place: (state.topics, state.new) for place, state in of_places.items()}
        assert told == truth.of_places(list(topics.values()))
        seen += sum(n for n, _new in told.values())
        expected = [
            topic.id
            for topic in sorted(topics.values(), key=lambda t: (t.last_post_at, t.id), reverse=True)
            if topic.is_visible
            and may_read(viewer, truth.audiences[topic.audience_id])
            and not truth.folded(topic.author_id, topic.place_id)
            and truth.of_topic(topic)[0]
        ]
        assert unread.unread_topics(viewer, places, 1000) == expected
        assert unread.unread_topics(viewer, places, 5) == expected[:5]
        if len(expected) > 4:
            last = topics[expected[3]]
            found = unread.unread_topics(viewer, places, 1000, after=(last.last_post_at, last.id))
            assert found == expected[4:]
    assert seen > 30
