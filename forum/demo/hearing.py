"""What the demo accounts were told of and have not seen: what of their unread posts speaks to them, at its time. Nobody is mailed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from forum.accounts.models import User
from forum.core.ids import new_id
from forum.core.transactions import Transaction
from forum.core.upserts import insert_or_ignore
from forum.demo import plan
from forum.demo.readers import may_read, read_to
from forum.demo.replies import Spot
from forum.discussions.models import Topic
from forum.discussions.signals import Moderated, PostChanged, PostCreated
from forum.notifications.actions.watching import choose_place_level, choose_topic_level
from forum.notifications.models import (
    Notification,
    NotificationKind,
    TopicWatch,
    WatchLevel,
    WatchReason,
)

FOLLOWED = (
    "a-margin-of-four-percent"  # a topic that the first of the demo accounts watches, with all of its posts
)


def tell_nobody_anew(running: Transaction) -> None:
    """What happened long ago is not told today."""
    running.told[:] = [
        signal for signal in running.told if not isinstance(signal, PostCreated | PostChanged | Moderated)
    ]


def set_what_was_heard(
    demo: plan.Demo,
    users: Mapping[str, User],
    topics: Mapping[str, Topic],
    spots: Mapping[tuple[str, int], Spot],
    now: datetime,
) -> None:
    """Inside the transaction of the loading."""
    _follow(demo, users, topics, now)
    people = {person.username: person for person in demo.people}
    rows: list[dict[str, Any]] = []
    for reader in demo.readers:
        for topic in demo.topics:
            if not may_read(demo, people[reader.username], topic):
                continue
            for post in topic.posts:
                watches = reader is demo.readers[0] and topic.slug == FOLLOWED
                kind = _kind(reader.username, topic, post, watches=watches)
                is_unread = post.number > read_to(reader, topic) and post.ago < reader.floor
                if kind is None or not is_unread or not post.is_visible or post.author == reader.username:
                    continue
                spot = spots[topic.slug, post.number]
                rows.append(
                    {
                        "user_id": users[reader.username].id,
                        "kind": kind,
                        "key": f"post:{spot.id}",
                        "actor_id": users[post.author].id,
                        "topic_id": topics[topic.slug].id,
                        "post_id": spot.id,
                        "detail": {},
                        "created_at": now - post.ago,
                        "in_app": True,
                    }
                )
    rows.sort(key=lambda row: row["created_at"])
    for row in rows:  # the list goes by id
        row["id"] = new_id()
    insert_or_ignore(Notification, rows)


def _follow(demo: plan.Demo, users: Mapping[str, User], topics: Mapping[str, Topic], now: datetime) -> None:
    """Whoever wrote in a topic tracks it; the first of the demo accounts watches a topic, and a place for its new ones."""
    tracking = {"level": WatchLevel.TRACKING, "reason": WatchReason.POSTED, "changed_at": now}
    writers = {(post.author, topic.slug) for topic in demo.topics for post in topic.posts}
    insert_or_ignore(
        TopicWatch,
        [{"user_id": users[a].id, "topic_id": topics[slug].id, **tracking} for a, slug in sorted(writers)],
    )
    first = users[demo.readers[0].username]
    watched = topics[FOLLOWED]
    choose_topic_level(first, watched.id, WatchLevel.WATCHING)
    choose_place_level(first, watched.place_id, WatchLevel.FIRST_POST)


def _kind(username: str, topic: plan.Topic, post: plan.Post, *, watches: bool) -> NotificationKind | None:
    """What of a post concerns somebody, the strongest first."""
    if f"@{username}" in post.body:
        return NotificationKind.MENTION
    answered = {topic.author, *(p.author for p in topic.posts if p.number == post.parent)}
    if username in answered:
        return NotificationKind.REPLY
    return NotificationKind.WATCHED if watches else None
