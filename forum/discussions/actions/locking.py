"""Locking a topic: no more replies."""

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.transactions import publish, transactional
from forum.discussions.actions.loading import topic_to_change
from forum.discussions.actions.telling import tell_of_topic
from forum.discussions.models import Topic
from forum.discussions.signals import TopicLocked, TopicUnlocked


@transactional
def lock_topic(topic: Topic, *, actor: User, reason: str = "", reported: bool = False) -> None:
    """Close the topic to replies. `reported`: it was decided on a report."""
    topic = topic_to_change(topic.id, Permission.LOCK_TOPIC, actor)
    if topic.lock(by=actor, at=clock.now()):
        tell_of_topic(AuditAction.TOPIC_LOCKED, topic, actor=actor, reason=reason, reported=reported)
        publish(TopicLocked(topic.id, actor.id, reason))


@transactional
def unlock_topic(topic: Topic, *, actor: User, reason: str = "") -> None:
    """Open the topic to replies again."""
    topic = topic_to_change(topic.id, Permission.LOCK_TOPIC, actor)
    if topic.unlock():
        tell_of_topic(AuditAction.TOPIC_UNLOCKED, topic, actor=actor, reason=reason)
        publish(TopicUnlocked(topic.id, actor.id, reason))
