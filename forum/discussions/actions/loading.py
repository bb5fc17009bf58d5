"""Reading inside a transaction what is about to change, locked; and asking the rule again on what is there now."""

from sqlalchemy import select, update
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
from forum.discussions.models import Post, Topic, TopicEvent


def topic_to_change(topic_id: int, permission: Permission, actor: User) -> Topic:
    """The topic as it is now, locked, if the actor may do this to it."""
    topic, viewer = locked_topic(topic_id), viewer_of(actor)
    _must_read(viewer, topic)
    authorize(permission, viewer, topic)
    return topic


def post_to_change(post_id: int, permission: Permission, actor: User) -> Post:
    """The post as it is now, its topic locked, if the actor may do this to it."""
    topic_id = db.session.scalar(select(Post.topic_id).where(Post.id == post_id))
    if topic_id is None:
        raise NotFound
    topic = locked_topic(topic_id)
    post = db.session.scalars(
        select(Post)
        .options(joinedload(Post.author))
        .where(Post.id == post_id)
        .execution_options(populate_existing=True)
    ).one()
    set_committed_value(post, "topic", topic)
    viewer = viewer_of(actor)
    _must_read(viewer, topic)
    authorize(permission, viewer, post)
    return post


def _must_read(viewer: Viewer, topic: Topic) -> None:
    """What may no longer be read is no longer there, also for whoever stood in the door a moment ago."""
    if not judge(Permission.READ_TOPIC, viewer, topic):
        raise NotFound


def locked_topic(topic_id: int) -> Topic:
    """The topic as it is now, with its audience and place; it and its place are locked, in this order everywhere.

    The rows are locked first and read afterwards: what was joined to a row before the wait for its lock is out of date.
    """
    place_id = db.session.scalar(
        select(Topic.place_id).where(Topic.id == topic_id).with_for_update(key_share=True)
    )
    if place_id is None:
        raise NotFound
    lock_place(place_id)
    return db.session.scalars(
        select(Topic)
        .options(joinedload(Topic.audience), joinedload(Topic.place))
        .where(Topic.id == topic_id)
        .execution_options(populate_existing=True)
    ).one()


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
    topic: Topic, kind: str, *, actor: User, reason: str = "", detail: dict[str, str] | None = None
) -> None:
    db.session.add(
        TopicEvent(
            topic_id=topic.id,
            after_number=topic.last_number,
            kind=kind,
            actor_id=actor.id,
            reason=reason,
            detail=detail or {},
            created_at=clock.now(),
        )
    )
