"""Pinning a topic, keeping it as an archive, slowing it down."""

from datetime import datetime
from typing import Any

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.transactions import publish, transactional
from forum.discussions.actions.loading import topic_to_change
from forum.discussions.actions.telling import tell_of_topic
from forum.discussions.models import Topic
from forum.discussions.signals import TopicChanged


@transactional
def pin_topic(
    topic: Topic, *, actor: User, everywhere: bool = False, until: datetime | None = None, reason: str = ""
) -> None:
    """Keep a topic on top of its place, or of home too; until a moment, if one is given, with which nothing has to be done."""
    topic = topic_to_change(topic.id, Permission.PIN_TOPIC, actor)
    now, before = clock.now(), pin_of(topic)
    if concerns_everybody(topic, everywhere=everywhere):
        authorize(Permission.PIN_EVERYWHERE, viewer_of(actor), topic)
    if topic.pin(by=actor, at=now, until=until, everywhere=everywhere):
        _tell(AuditAction.TOPIC_PINNED, topic, actor, reason, before=before, after=pin_of(topic))


@transactional
def unpin_topic(topic: Topic, *, actor: User, reason: str = "") -> None:
    """Let a topic stand where its last post puts it."""
    topic = topic_to_change(topic.id, Permission.PIN_TOPIC, actor)
    before = pin_of(topic)
    if topic.pinned_everywhere:
        authorize(Permission.PIN_EVERYWHERE, viewer_of(actor), topic)
    if topic.unpin():
        _tell(AuditAction.TOPIC_UNPINNED, topic, actor, reason, before=before)


@transactional
def archive_topic(topic: Topic, *, actor: User, reason: str = "") -> None:
    """Keep a topic to be read alone: nobody writes in it, and it is unread for nobody."""
    topic = topic_to_change(topic.id, Permission.ARCHIVE_TOPIC, actor)
    if topic.archive(by=actor, at=clock.now()):
        _tell(AuditAction.TOPIC_ARCHIVED, topic, actor, reason)


@transactional
def unarchive_topic(topic: Topic, *, actor: User, reason: str = "") -> None:
    """Take a topic up again."""
    topic = topic_to_change(topic.id, Permission.ARCHIVE_TOPIC, actor)
    if topic.unarchive():
        _tell(AuditAction.TOPIC_UNARCHIVED, topic, actor, reason)


@transactional
def slow_topic(topic: Topic, *, actor: User, seconds: int, reason: str = "") -> None:
    """One post per person in so many seconds; 0 lets everybody write as they like."""
    topic = topic_to_change(topic.id, Permission.SLOW_TOPIC, actor)
    before = topic.slow_seconds
    if topic.slow_down(seconds):
        _tell(AuditAction.TOPIC_SLOWED, topic, actor, reason, before=before, after=seconds)


def concerns_everybody(topic: Topic, *, everywhere: bool) -> bool:
    """Whether pinning it so says something of the first page: it would be there, or would be there no more."""
    return everywhere or (topic.pinned_everywhere and topic.is_pinned(clock.now()))


def pin_of(topic: Topic) -> dict[str, Any]:
    """How a topic is pinned, as the log keeps it; empty where it is not."""
    if topic.pinned_at is None:
        return {}
    until = topic.pinned_until.isoformat() if topic.pinned_until else None
    return {"everywhere": topic.pinned_everywhere, "until": until}


def _tell(action: AuditAction, topic: Topic, actor: User, reason: str, **detail: Any) -> None:
    told = {"seconds": str(topic.slow_seconds)} if action is AuditAction.TOPIC_SLOWED else {}
    if action is AuditAction.TOPIC_PINNED:
        told = {"where": "everywhere" if topic.pinned_everywhere else "place"}
        if topic.pinned_until:
            told["until"] = topic.pinned_until.isoformat()
    tell_of_topic(action, topic, actor=actor, reason=reason, told=told, detail=detail)
    publish(TopicChanged(topic.id, actor.id))
