"""What is unread and what is new, for topics and for places: every count shown anywhere comes from here.

A post is unread for somebody when it is visible, by another, above the marker, outside the ranges read ahead, and above
the floor of its place (unless the topic was marked unread on that floor). A topic is new when it was never opened and
was begun above the floor. Exact to 99; `MOST` means more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from forum.access.audience import readable_audiences
from forum.access.models import Audience, Place
from forum.access.viewer import Viewer
from forum.core.db import db
from forum.discussions.counting import visible_topics
from forum.discussions.models import BELOW_ALL, Post, PostKind, ReadAhead, ReadFloor, ReadMarker, Topic

MOST = 100  # counted no further: shown as 99+


@dataclass(frozen=True, slots=True)
class Unread:
    """Of a topic for a person. `first` is the first unread number (0 where all is read); `generation` goes into reports."""

    count: int = 0
    is_new: bool = False
    read_to: int = 0
    first: int = 0
    generation: int = 0
    ever_opened: bool = False

    @property
    def text(self) -> str:
        return "99+" if self.count >= MOST else str(self.count)


@dataclass(frozen=True, slots=True)
class PlaceUnread:
    """Of a place: topics with something unread, and those among them never opened."""

    topics: int = 0
    new: int = 0

    @property
    def text(self) -> str:
        return "99+" if self.topics >= MOST else str(self.topics)


NONE = Unread()


def _floor(marker: Any, floor: Any) -> Any:
    """The floor that holds for a topic: none where it was marked unread on this very floor."""
    seq = func.coalesce(floor.seq, 0)
    return case((seq > func.coalesce(marker.above_floor, -1), seq), else_=BELOW_ALL)


def _unread_posts(post: Any, topic_id: Any, marker: Any, floor: Any, user_id: int) -> Any:
    """The criterion over one row of posts."""
    ahead = aliased(ReadAhead)
    return and_(
        post.topic_id == topic_id,
        post.number > func.coalesce(marker.number, 0),
        post.seq > _floor(marker, floor),
        post.hidden_at.is_(None),
        post.deleted_at.is_(None),
        post.kind == PostKind.POST,
        or_(post.author_id.is_(None), post.author_id != user_id),
        ~exists(
            select(literal(1)).where(
                ahead.user_id == user_id,
                ahead.topic_id == topic_id,
                post.number.between(ahead.first, ahead.last),
            )
        ),
    )


def _capped(inner: Any) -> Any:
    """How many rows `inner` has, counted to MOST."""
    return select(func.count()).select_from(inner.limit(MOST).subquery()).scalar_subquery()


def unread_of_topics(viewer: Viewer, topic_ids: Sequence[int]) -> dict[int, Unread]:
    """For topics the viewer may read (the caller has seen to that); one statement. Nothing is unread for a visitor."""
    if viewer.is_visitor or not topic_ids:
        return {}
    me = viewer.id or 0
    post, first = aliased(Post), aliased(Post)
    marker, floor = aliased(ReadMarker), aliased(ReadFloor)
    rows = db.session.execute(
        select(
            Topic.id,
            _capped(
                select(post.id)
                .where(_unread_posts(post, Topic.id, marker, floor, me))
                .correlate(Topic, marker, floor)
            ),
            select(func.min(first.number))
            .where(_unread_posts(first, Topic.id, marker, floor, me))
            .correlate(Topic, marker, floor)
            .scalar_subquery(),
            and_(
                marker.user_id.is_(None),
                Topic.created_seq > func.coalesce(floor.seq, 0),
                Topic.author_id != me,
            ),
            func.coalesce(marker.number, 0),
            func.coalesce(marker.generation, 0),
            marker.user_id.is_not(None),
        )
        .select_from(Topic)
        .outerjoin(marker, and_(marker.user_id == me, marker.topic_id == Topic.id))
        .outerjoin(floor, and_(floor.user_id == me, floor.place_id == Topic.place_id))
        .where(Topic.id.in_(topic_ids))
    )
    return {
        topic_id: Unread(count, bool(is_new and count), read_to, lowest or 0, generation, bool(opened))
        for topic_id, count, lowest, is_new, read_to, generation, opened in rows
    }


def unread_of_places(viewer: Viewer, place_ids: Sequence[int]) -> dict[int, PlaceUnread]:
    """Topics with something unread, and new ones, in each place, among those the viewer may read; one statement."""
    if viewer.is_visitor or not place_ids:
        return {}
    rows = db.session.execute(
        select(
            Place.id,
            _capped(_above_floor(viewer, only_new=False)),
            _capped(_marked_unread(viewer)),
            _capped(_above_floor(viewer, only_new=True)),
        ).where(Place.id.in_(place_ids))
    )
    return {place_id: PlaceUnread(min(above + marked, MOST), new) for place_id, above, marked, new in rows}


def unread_topics(
    viewer: Viewer, place_ids: Sequence[int], limit: int, *, after: tuple[datetime, int] | None = None
) -> list[int]:
    """Ids of topics with something unread in these places, newest activity first; `after` is the last of a page before."""
    if viewer.is_visitor or not place_ids:
        return []
    me = viewer.id or 0
    marker, floor, post = aliased(ReadMarker), aliased(ReadFloor), aliased(Post)
    found = (
        select(Topic.id)
        .outerjoin(marker, and_(marker.user_id == me, marker.topic_id == Topic.id))
        .outerjoin(floor, and_(floor.user_id == me, floor.place_id == Topic.place_id))
        .where(
            Topic.place_id.in_(place_ids),
            Topic.audience_id.in_(readable_audiences(viewer)),
            visible_topics(),
            Topic.last_seq > _floor(marker, floor),
            exists(select(literal(1)).where(_unread_posts(post, Topic.id, marker, floor, me))),
        )
        .order_by(Topic.last_post_at.desc(), Topic.id.desc())
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(Topic.last_post_at, Topic.id) < tuple_(*after))
    return list(db.session.scalars(found))


def _above_floor(viewer: Viewer, *, only_new: bool) -> Any:
    """Topics of the place with unread posts above its floor, newest first so that the count may stop early."""
    me = viewer.id or 0
    topic, marker, floor, post = aliased(Topic), aliased(ReadMarker), aliased(ReadFloor), aliased(Post)
    seq = (
        select(floor.seq)
        .where(floor.user_id == me, floor.place_id == Place.id)
        .correlate(Place)
        .scalar_subquery()
    )
    found = (
        select(topic.id)
        .outerjoin(marker, and_(marker.user_id == me, marker.topic_id == topic.id))
        .outerjoin(floor, and_(floor.user_id == me, floor.place_id == topic.place_id))
        .where(
            topic.place_id == Place.id,
            topic.last_seq > func.coalesce(seq, 0),
            topic.hidden_at.is_(None),
            topic.deleted_at.is_(None),
            topic.audience_id.in_(_readable_here(viewer, topic)),
            exists(select(literal(1)).where(_unread_posts(post, topic.id, marker, floor, me))),
        )
        .order_by(topic.last_seq.desc())
        .correlate(Place)
    )
    if only_new:
        found = found.where(
            marker.user_id.is_(None), topic.created_seq > func.coalesce(floor.seq, 0), topic.author_id != me
        )
    return found


def _marked_unread(viewer: Viewer) -> Any:
    """Topics below the floor that the person has marked unread on it."""
    me = viewer.id or 0
    topic, marker, floor, post = aliased(Topic), aliased(ReadMarker), aliased(ReadFloor), aliased(Post)
    return (
        select(topic.id)
        .join(marker, and_(marker.user_id == me, marker.topic_id == topic.id, marker.above_floor >= 0))
        .outerjoin(floor, and_(floor.user_id == me, floor.place_id == topic.place_id))
        .where(
            topic.place_id == Place.id,
            topic.last_seq <= func.coalesce(floor.seq, 0),
            topic.hidden_at.is_(None),
            topic.deleted_at.is_(None),
            topic.audience_id.in_(_readable_here(viewer, topic)),
            exists(select(literal(1)).where(_unread_posts(post, topic.id, marker, floor, me))),
        )
        .correlate(Place)
    )


def _readable_here(viewer: Viewer, topic: Any) -> Any:
    return readable_audiences(viewer).where(Audience.place_id == topic.place_id)
