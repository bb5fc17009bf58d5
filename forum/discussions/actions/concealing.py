"""Hiding (for moderators), deleting (also one's own), restoring; of posts and of whole topics."""

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.db import db
from forum.core.transactions import publish, transactional
from forum.discussions import counting
from forum.discussions.actions.loading import (
    post_to_change,
    tell_of_post,
    topic_to_change,
    touch,
)
from forum.discussions.actions.telling import log_act, tell_of_topic
from forum.discussions.models import Post, Topic
from forum.discussions.signals import PostChanged, TopicChanged


@transactional
def hide_post(post: Post, *, actor: User, reason: str, reported: bool = False) -> None:
    """Take a post out of sight; a tombstone keeps its number. Only moderators and its author see it still. `reported`: after a report."""
    post = post_to_change(post.id, Permission.HIDE_POST, actor)
    if post.hidden_at is None:
        was_visible = post.is_visible
        post.hidden_at, post.hidden_by_id, post.hidden_reason = clock.now(), actor.id, reason
        _changed_post(
            post, actor, AuditAction.POST_HIDDEN, reason, was_visible=was_visible, reported=reported
        )


@transactional
def delete_post(post: Post, *, actor: User, reason: str = "", reported: bool = False) -> None:
    """Delete a post; a tombstone keeps its number, the record is saved. What a moderator deletes its author cannot restore."""
    post = post_to_change(post.id, Permission.DELETE_POST, actor)
    takes_over = post.deleted_by_id == post.author_id and actor.id != post.author_id
    if post.deleted_at is None or takes_over:
        was_visible = post.is_visible
        post.deleted_at, post.deleted_by_id = clock.now(), actor.id
        _changed_post(
            post, actor, AuditAction.POST_DELETED, reason, was_visible=was_visible, reported=reported
        )


@transactional
def restore_post(post: Post, *, actor: User, reason: str = "") -> None:
    """Bring a hidden or deleted post back."""
    post = post_to_change(post.id, Permission.RESTORE_POST, actor)
    if not post.is_visible:
        post.hidden_at = post.hidden_by_id = post.deleted_at = post.deleted_by_id = None
        post.hidden_reason = ""
        _changed_post(post, actor, AuditAction.POST_RESTORED, reason, was_visible=False)


@transactional
def hide_topic(topic: Topic, *, actor: User, reason: str, reported: bool = False) -> None:
    """Take a whole topic out of sight: for everybody but moderators it is not there."""
    topic = topic_to_change(topic.id, Permission.HIDE_TOPIC, actor)
    if topic.hidden_at is None:
        _leave(topic)
        topic.hidden_at, topic.hidden_by_id = clock.now(), actor.id
        _changed_topic(topic, actor, AuditAction.TOPIC_HIDDEN, reason, reported=reported)


@transactional
def delete_topic(topic: Topic, *, actor: User, reason: str = "", reported: bool = False) -> None:
    """Delete a whole topic; the record is saved."""
    topic = topic_to_change(topic.id, Permission.DELETE_TOPIC, actor)
    takes_over = topic.deleted_by_id == topic.author_id and actor.id != topic.author_id
    if topic.deleted_at is None or takes_over:
        _leave(topic)
        topic.deleted_at, topic.deleted_by_id = clock.now(), actor.id
        _changed_topic(topic, actor, AuditAction.TOPIC_DELETED, reason, reported=reported)


@transactional
def restore_topic(topic: Topic, *, actor: User, reason: str = "") -> None:
    """Bring a hidden or deleted topic back."""
    topic = topic_to_change(topic.id, Permission.RESTORE_TOPIC, actor)
    if not topic.is_visible:
        topic.hidden_at = topic.hidden_by_id = topic.deleted_at = topic.deleted_by_id = None
        counting.add_topic(topic, +1)
        _changed_topic(topic, actor, AuditAction.TOPIC_RESTORED, reason)


def _leave(topic: Topic) -> None:
    """Take the topic's share out of every count, while it is still visible."""
    if topic.is_visible:
        # The newest topic is looked for again after the flush that conceals this one.
        counting.add_topic(topic, -1)


def _changed_post(
    post: Post, actor: User, action: AuditAction, reason: str, *, was_visible: bool, reported: bool = False
) -> None:
    if post.is_visible != was_visible:
        counting.add_post(post.topic, post.author_id, 1 if post.is_visible else -1)
        counting.refresh_topic(post.topic)
    post.version += 1
    touch(post.topic)
    if actor.id != post.author_id or action is AuditAction.POST_HIDDEN:
        tell_of_post(post, action.partition(":")[2], actor=actor, reason=reason)
        log_act(
            action,
            post.topic,
            actor=actor,
            reason=reason,
            post=post,
            owners=[post.author_id],
            reported=reported,
        )
    publish(PostChanged(post.id, post.topic_id, post.number, actor.id))


def _changed_topic(
    topic: Topic, actor: User, action: AuditAction, reason: str, *, reported: bool = False
) -> None:
    db.session.flush()
    counting.refill_last(topic.place_id, topic.audience_id)
    tell_of_topic(action, topic, actor=actor, reason=reason, reported=reported)
    publish(TopicChanged(topic.id, actor.id))
