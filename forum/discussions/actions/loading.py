"""Reading inside a transaction what is about to change, locked; and asking the rule again on what is there now."""

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from forum.access.doors import authorize
from forum.access.models import Place
from forum.access.permissions import Permission
from forum.access.places import lock_place
from forum.access.rules import judge
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.discussions.models import Post, PostAlias, Topic, TopicEvent


class _Elsewhere(Exception):
    """What was locked is not what is meant. The lock is let go of: nobody waits for one topic with another in hand."""


def topic_to_change(topic_id: int, permission: Permission, actor: User) -> Topic:
    """The topic as it is now, locked, if the actor may do this to it."""
    return may_change(locked_topic(topic_id), permission, actor)


def may_change(topic: Topic, permission: Permission, actor: User) -> Topic:
    """The topic, which has been locked, if the actor may do this to it."""
    viewer = viewer_of(actor)
    must_read(viewer, topic)
    authorize(permission, viewer, topic)
    return topic


def post_to_change(post_id: int, permission: Permission, actor: User) -> Post:
    """The post as it is now, its topic locked, if the actor may do this to it."""
    topic = topic_of_post(post_id)
    post = db.session.scalars(
        select(Post)
        .options(joinedload(Post.author))
        .where(Post.id == post_id)
        .execution_options(populate_existing=True)
    ).one()
    set_committed_value(post, "topic", topic)
    viewer = viewer_of(actor)
    must_read(viewer, topic)
    authorize(permission, viewer, post)
    return post


def topic_of_post(post_id: int) -> Topic:
    """The topic in which a post stands, locked; the right one also where the post went elsewhere during the wait."""
    while True:
        topic_id = db.session.scalar(select(Post.topic_id).where(Post.id == post_id))
        if topic_id is None:
            raise NotFound
        with suppress(_Elsewhere), db.session.begin_nested():
            topic = locked_topic(topic_id)
            if db.session.scalar(select(Post.topic_id).where(Post.id == post_id)) == topic_id:
                return topic
            raise _Elsewhere


def topic_now(topic_id: int) -> Topic:
    """The topic, locked; or the one that it was merged into."""
    while True:
        with suppress(_Elsewhere), db.session.begin_nested():
            topic = locked_topic(topic_id)
            if topic.merged_into_id is None:
                return topic
            topic_id = topic.merged_into_id
            raise _Elsewhere


def has_moved_from(topic_id: int, post_id: int) -> bool:
    """Whether a post has stood in a topic."""
    alias = select(PostAlias.post_id).where(PostAlias.topic_id == topic_id, PostAlias.post_id == post_id)
    return db.session.scalar(alias.limit(1)) is not None


def must_read(viewer: Viewer, topic: Topic) -> None:
    """What may no longer be read is no longer there, also for whoever stood in the door a moment ago."""
    if not judge(Permission.READ_TOPIC, viewer, topic):
        raise NotFound


def locked_topic(topic_id: int) -> Topic:
    """The topic as it is now, with its audience and place; it and its place are locked, in this order everywhere."""
    return locked_topics([topic_id])[topic_id]


def locked_topics(topic_ids: Iterable[int], *, place_ids: Iterable[int] = ()) -> dict[int, Topic]:
    """Several at once, with further places: all topics are locked before any place, both in the order of their ids.

    The rows are locked first and read afterwards: what was joined to a row before the wait for its lock is out of date.
    """
    wanted, places = sorted(set(topic_ids)), set(place_ids)
    for topic_id in wanted:
        place_id = db.session.scalar(
            select(Topic.place_id).where(Topic.id == topic_id).with_for_update(key_share=True)
        )
        if place_id is None:
            raise NotFound
        places.add(place_id)
    for place_id in sorted(places):
        lock_place(place_id)
    found = db.session.scalars(
        select(Topic)
        .options(joinedload(Topic.audience), joinedload(Topic.place))
        .where(Topic.id.in_(wanted))
        .execution_options(populate_existing=True)
    )
    return {topic.id: topic for topic in found}


def next_seq(place_id: int) -> int:
    """The next number of a place's counter, under its lock until the end of the transaction."""
    seq = db.session.scalar(
        update(Place)
        .where(Place.id == place_id)
        .values(last_seq=Place.last_seq + 1, version=Place.version + 1)
        .returning(Place.last_seq)
        .execution_options(synchronize_session=False)
    )
    if seq is None:
        raise NotFound
    return seq


def touch(topic: Topic) -> None:
    """What pages show of the topic has changed: they are made anew."""
    topic.version += 1
    db.session.execute(
        update(Place)
        .where(Place.id == topic.place_id)
        .values(version=Place.version + 1)
        .execution_options(synchronize_session=False)
    )


def tell_of_post(post: Post, act: str, *, actor: User, reason: str) -> None:
    """What a moderator did to a post is told after it. Why, its author and moderators alone are told."""
    db.session.add(
        TopicEvent(
            topic_id=post.topic_id,
            after_number=post.number,
            kind=f"post_{act}",
            actor_id=actor.id,
            reason=reason,
            detail={"number": str(post.number), "author_id": str(post.author_id or 0)},
            created_at=clock.now(),
        )
    )


def tell_in_thread(
    topic: Topic,
    kind: str,
    *,
    actor: User,
    reason: str = "",
    detail: dict[str, str] | None = None,
    after: int | None = None,
) -> None:
    """What was done to a topic, told after one of its posts: the last, where nothing else is said."""
    if after is None:
        after = db.session.scalar(select(func.max(Post.number)).where(Post.topic_id == topic.id))
    db.session.add(
        TopicEvent(
            topic_id=topic.id,
            after_number=after or topic.last_number,
            kind=kind,
            actor_id=actor.id,
            reason=reason,
            detail=detail or {},
            created_at=clock.now(),
        )
    )
