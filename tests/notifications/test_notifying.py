"""One way to tell people: each once for an event, and nobody of what is not for them."""

from collections.abc import Iterable

from flask import Flask
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.db import db
from forum.core.transactions import transaction
from forum.notifications.actions import notify
from forum.notifications.models import Notification, NotificationKind
from tests.cast import Cast
from tests.factories import make_post, make_topic


def told(key: str) -> set[int]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.key == key)))


def ids(people: Iterable[User]) -> set[int]:
    return {person.id for person in people}


def test_each_is_told_once_and_the_actor_not_at_all(cast: Cast, context: None) -> None:
    post = make_post(make_topic(cast.lounge, cast.member), cast.other)
    for _again in range(2):
        with transaction():
            notify(
                [cast.member.id, cast.other.id, cast.member.id],
                NotificationKind.REPLY,
                key=f"post:{post.id}",
                actor_id=cast.other.id,
                post_id=post.id,
            )
    rows = list(db.session.scalars(select(Notification)))
    assert [(row.user_id, row.kind, row.topic_id, row.post_id, row.read_at) for row in rows] == [
        (cast.member.id, NotificationKind.REPLY, post.topic_id, post.id, None)
    ]


def test_only_readers_are_told(cast: Cast, context: None) -> None:
    everybody = ids(cast.people.values())
    for place, readers in {
        cast.lounge: everybody - ids([cast.guest, cast.unconfirmed, cast.expired, cast.suspended]),
        cast.secret: ids([cast.confidant]),
        cast.welcome: everybody - ids([cast.unconfirmed, cast.suspended]),
    }.items():
        author = cast.confidant if place is cast.secret else cast.staff
        topic = make_topic(place, author)
        notify(everybody, NotificationKind.MENTION, key=place.slug, topic_id=topic.id)
        assert told(place.slug) == readers, place.slug


def test_what_is_about_no_topic_reaches_every_account(cast: Cast, context: None) -> None:
    notify([cast.guest.id, cast.unconfirmed.id], NotificationKind.FLAGGED, key="flag:1")
    assert told("flag:1") == {cast.guest.id}


def test_a_rollback_leaves_nothing(app: Flask, cast: Cast, context: None) -> None:
    try:
        with transaction():
            notify([cast.guest.id], NotificationKind.FLAGGED, key="flag:1")
            raise LookupError
    except LookupError:
        pass
    assert told("flag:1") == set()
