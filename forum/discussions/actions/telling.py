"""Telling what was done with power: in the log, in the thread, and to those whose it is. Inside the transaction of the change."""

from collections.abc import Iterable
from typing import Any

from forum.access.models import Audience
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.audit.models import AuditEntry
from forum.core.transactions import publish
from forum.discussions.actions.loading import tell_in_thread, touch
from forum.discussions.models import Post, Topic
from forum.discussions.signals import Moderated


def tell_of_topic(
    action: AuditAction,
    topic: Topic,
    *,
    actor: User,
    reason: str,
    told: dict[str, str] | None = None,
    detail: dict[str, Any] | None = None,
    reported: bool = False,
) -> AuditEntry:
    """What was done to a topic: in its thread (with `told`), in the log (with `detail`), and to its author."""
    touch(topic)
    tell_in_thread(topic, _act(action), actor=actor, reason=reason, detail=told)
    owners = [topic.author_id]
    return log_act(action, topic, actor=actor, reason=reason, detail=detail, owners=owners, reported=reported)


def log_act(
    action: AuditAction,
    topic: Topic,
    *,
    actor: User,
    reason: str,
    post: Post | None = None,
    detail: dict[str, Any] | None = None,
    owners: Iterable[int | None] = (),
    now_in: Topic | None = None,
    before: Audience | None = None,
    reported: bool = False,
    also_in: Iterable[int] = (),
) -> AuditEntry:
    """An entry of the log about a topic or one of its posts; `owners` are those whose it is: they are told. `now_in` is where it
    is now, if that is another topic; `before` whose it was, if it may be for other people now; `reported`: it was decided on a
    report; `also_in` are other places in whose log it stands."""
    about_post = {"number": post.number, "topic_id": str(topic.id)} if post is not None else {}
    entry = record(
        action,
        subject_kind="topic" if post is None else "post",
        subject_id=topic.id if post is None else post.id,
        actor_id=actor.id,
        place_id=topic.place_id,
        reason=reason,
        detail={**about_post, **(detail or {})},
        also_in=also_in,
    )
    others = sorted({owner for owner in owners if owner is not None} - {actor.id})
    if others:
        post_id = post.id if post is not None else None
        where = (now_in or topic).id
        was = before.id if before is not None else None
        publish(Moderated(entry.id, _act(action), where, post_id, others, actor.id, reason, was, reported))
    return entry


def _act(action: AuditAction) -> str:
    return action.partition(":")[2]
