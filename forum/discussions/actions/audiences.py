"""Saying who one topic is for."""

from forum.access.models import AudienceKind
from forum.access.permissions import Permission
from forum.access.places import AudienceChoice, audience_for
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.core.db import db
from forum.core.transactions import publish, transactional
from forum.discussions import counting
from forum.discussions.actions.inviting import invite
from forum.discussions.actions.loading import tell_in_thread, topic_to_change, touch
from forum.discussions.models import Topic
from forum.discussions.signals import TopicChanged


@transactional
def set_audience(
    topic: Topic,
    *,
    actor: User,
    choice: AudienceChoice | None,
    people: list[User] | None = None,
    reason: str = "",
) -> Topic:
    """Give a topic an audience of its own, or its place's again (None). Its numbers move with it."""
    topic = topic_to_change(topic.id, Permission.SET_AUDIENCE, actor)
    before = topic.audience
    after = audience_for(topic.place, choice, topic_id=topic.id)
    if choice is not None and choice.read is AudienceKind.PEOPLE:
        author = db.session.get_one(User, topic.author_id)
        invite(topic, [author, *(people or [])])
    if after.id == before.id:
        return topic
    if topic.is_visible:
        counting.add_topic(topic, -1)
    topic.audience_id, topic.audience = after.id, after
    db.session.flush()
    if topic.is_visible:
        counting.refill_last(topic.place_id, before.id)
        counting.add_topic(topic, +1)
    touch(topic)
    tell_in_thread(topic, "audience", actor=actor, reason=reason, detail={"read": str(after.read_kind)})
    record(
        AuditAction.AUDIENCE_CHANGED,
        subject_kind="topic",
        subject_id=topic.id,
        actor_id=actor.id,
        place_id=topic.place_id,
        reason=reason,
        detail={
            "before": {
                "read": str(before.read_kind),
                "reply": str(before.reply_kind),
                "opened": before.opened,
            },
            "after": {"read": str(after.read_kind), "reply": str(after.reply_kind), "opened": after.opened},
        },
    )
    publish(TopicChanged(topic.id, actor.id))
    return topic
