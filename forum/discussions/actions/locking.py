"""Locking a topic: no more replies."""

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.core import clock
from forum.core.transactions import publish, transactional
from forum.discussions.actions.loading import tell_in_thread, topic_to_change, touch
from forum.discussions.models import Topic
from forum.discussions.signals import TopicLocked, TopicUnlocked


@transactional
def lock_topic(topic: Topic, *, actor: User, reason: str = "") -> None:
    """Close the topic to replies."""
    topic = topic_to_change(topic.id, Permission.LOCK_TOPIC, actor)
    if topic.lock(by=actor, at=clock.now()):
        _tell(AuditAction.TOPIC_LOCKED, "locked", topic, actor, reason)
        publish(TopicLocked(topic.id, actor.id, reason))


@transactional
def unlock_topic(topic: Topic, *, actor: User, reason: str = "") -> None:
    """Open the topic to replies again."""
    topic = topic_to_change(topic.id, Permission.LOCK_TOPIC, actor)
    if topic.unlock():
        _tell(AuditAction.TOPIC_UNLOCKED, "unlocked", topic, actor, reason)
        publish(TopicUnlocked(topic.id, actor.id, reason))


def _tell(action: AuditAction, kind: str, topic: Topic, actor: User, reason: str) -> None:
    touch(topic)
    tell_in_thread(topic, kind, actor=actor, reason=reason)
    record(
        action,
        subject_kind="topic",
        subject_id=topic.id,
        actor_id=actor.id,
        place_id=topic.place_id,
        reason=reason,
    )
