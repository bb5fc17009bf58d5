"""Changing a thing only as long as it is what the one who changes it has seen."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import PreconditionFailed
from forum.core.transactions import transaction
from forum.discussions.actions.loading import locked_topic
from forum.discussions.models import Post, Topic

MOVED_ON = "This has changed since you read it. Read it again, then decide."


@contextmanager
def while_unchanged(thing: Topic | Post, versions: frozenset[int] | None) -> Iterator[None]:
    """A transaction in which the thing is locked and has one of these versions; None: any. Raises PreconditionFailed."""
    with transaction():
        if versions is not None:
            topic = locked_topic(thing.topic_id if isinstance(thing, Post) else thing.id)
            version: int | None = topic.version
            if isinstance(thing, Post):
                version = db.session.scalar(select(Post.version).where(Post.id == thing.id))
            if version not in versions:
                raise PreconditionFailed(MOVED_ON)
        yield
