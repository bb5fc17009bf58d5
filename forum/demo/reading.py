"""How far everybody has read when the demo begins: the demo accounts as their file says, the others up to what they wrote."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.upserts import insert
from forum.demo import plan
from forum.demo.readers import may_read, read_to
from forum.discussions.actions.reading import set_floors
from forum.discussions.models import Post, ReadMarker, Topic

USUAL_FLOOR = timedelta(days=7)  # ago: when the people who are not demo accounts last marked everything read


def set_what_was_read(
    demo: plan.Demo, users: Mapping[str, User], topics: Mapping[str, Topic], now: datetime
) -> None:
    """Inside the transaction of the loading."""
    readers = {reader.username: reader for reader in demo.readers}
    for person in demo.people:
        user, reader = users[person.username], readers.get(person.username)
        floor = reader.floor if reader else min(USUAL_FLOOR, timedelta(days=person.days_ago))
        set_floors(user.id, _seqs_at(now - floor))
        _set_markers(
            user, {topics[t.slug].id: _number_read(demo, person, reader, t) for t in demo.topics}, now
        )
        user.last_seen_at = now - _last_heard(demo, person)


def _number_read(demo: plan.Demo, person: plan.Person, reader: plan.Reader | None, topic: plan.Topic) -> int:
    if reader is not None:
        return read_to(reader, topic) if may_read(demo, person, topic) else 0
    return max((post.number for post in topic.posts if post.author == person.username), default=0)


def _last_heard(demo: plan.Demo, person: plan.Person) -> timedelta:
    joined = timedelta(days=person.days_ago)
    posts = (post.ago for topic in demo.topics for post in topic.posts if post.author == person.username)
    return min(posts, default=joined)


def _seqs_at(moment: datetime) -> dict[int, int]:
    """Where the counter of each place stood at a moment."""
    rows = db.session.execute(
        select(Topic.place_id, func.max(Post.seq).label("seq"))
        .join(Post, Post.topic_id == Topic.id)
        .where(Post.created_at <= moment)
        .group_by(Topic.place_id)
    )
    return {row.place_id: row.seq for row in rows}


def _set_markers(user: User, numbers: Mapping[int, int], at: datetime) -> None:
    """Everything up to a number read, by topic; where it is 0 the topic was never opened."""
    marker = insert(ReadMarker)
    marker = marker.on_conflict_do_update(
        index_elements=["user_id", "topic_id"], set_={"number": marker.excluded.number}
    )
    rows = [
        {"user_id": user.id, "topic_id": topic_id, "number": number, "read_at": at}
        for topic_id, number in numbers.items()
        if number
    ]
    if rows:
        db.session.execute(marker, rows)
