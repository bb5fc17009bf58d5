"""Saying which reply answers a question, and taking that back."""

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional
from forum.discussions.actions.loading import tell_in_thread, topic_to_change, touch
from forum.discussions.actions.telling import log_act
from forum.discussions.models import Post, Topic
from forum.discussions.signals import AnswerAccepted, TopicChanged


@transactional
def accept_answer(topic: Topic, *, post_id: int, actor: User, reason: str = "") -> Topic:
    """Make a reply the answer to its topic's question, in place of another one if there is one."""
    topic = topic_to_change(topic.id, Permission.ACCEPT_ANSWER, actor)
    post = db.session.get(Post, post_id, populate_existing=True)
    if post is None or post.topic_id != topic.id or post.number == 1 or not post.is_visible:
        raise Invalid({"number": _("This is no reply in this topic that could be the answer.")})
    if topic.accept(post, by=actor, at=clock.now()):
        _tell(AuditAction.ANSWER_ACCEPTED, topic, post, actor, reason)
        publish(AnswerAccepted(topic.id, post.id, actor.id))
    return topic


@transactional
def withdraw_answer(topic: Topic, *, actor: User, reason: str = "") -> Topic:
    """Take back that a reply is the answer."""
    topic = topic_to_change(topic.id, Permission.ACCEPT_ANSWER, actor)
    post = db.session.get(Post, topic.answer_id) if topic.answer_id else None
    if topic.accept_none() and post is not None:
        _tell(AuditAction.ANSWER_WITHDRAWN, topic, post, actor, reason)
    return topic


def _tell(action: AuditAction, topic: Topic, post: Post, actor: User, reason: str) -> None:
    touch(topic)
    told = {"number": str(post.number)}
    tell_in_thread(topic, action.partition(":")[2], actor=actor, reason=reason, detail=told)
    if actor.id != topic.author_id:
        log_act(action, topic, actor=actor, reason=reason, detail=told)
    publish(TopicChanged(topic.id, actor.id))
