"""A notification as programs get it: over HTTP and over the live line alike."""

from forum.accounts.schemas import User
from forum.notifications import schemas
from forum.notifications.queries.listing import Told
from forum.notifications.words import sentence_about


def shape_of(told: Told) -> schemas.Notification:
    topic = None
    if told.title is not None and told.topic_id is not None:
        topic = schemas.TopicName(id=str(told.topic_id), slug=told.slug, title=told.title)
    return schemas.Notification(
        id=str(told.id),
        kind=told.kind,
        text=sentence_about(told),
        url=told.href,
        topic=topic,
        post_id=str(told.post_id) if told.post_id and told.is_open else None,
        number=told.number or None,
        actor=User.of(told.actor) if told.actor else None,
        detail=told.detail,
        created_at=told.created_at,
        read=told.is_read,
    )
