"""What notifications are about, by the names of the tables: topics and posts stand on a floor above.

A notification of a post belongs to the topic in which that post is now, wherever it was when it was written.
"""

from typing import Any

from sqlalchemy import BigInteger, String, column, func, table

from forum.core.db import UTCDateTime

TOPICS = table(
    "topics",
    column("id", BigInteger),
    column("place_id", BigInteger),
    column("audience_id", BigInteger),
    column("author_id", BigInteger),
    column("title", String),
    column("slug", String),
    column("hidden_at", UTCDateTime),
    column("deleted_at", UTCDateTime),
    column("merged_into_id", BigInteger),
)
POSTS = table(
    "posts",
    column("id", BigInteger),
    column("topic_id", BigInteger),
    column("number", BigInteger),
    column("hidden_at", UTCDateTime),
    column("deleted_at", UTCDateTime),
)


def topic_of(notification: Any) -> Any:
    """The id of the topic a notification is about now, where `POSTS` is joined to it."""
    return func.coalesce(POSTS.c.topic_id, notification.topic_id)
