"""Saying who one topic is for."""

from typing import Any

from forum.access.models import Audience
from forum.access.permissions import Permission
from forum.access.places import AudienceChoice, audience_for
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core.db import db
from forum.core.transactions import publish, transactional
from forum.discussions import counting
from forum.discussions.actions.inviting import Invitations, invite, names_people
from forum.discussions.actions.loading import tell_in_thread, topic_to_change, touch
from forum.discussions.actions.telling import log_act
from forum.discussions.choosing import refuse_widening
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
    """Give a topic an audience of its own, or its place's again (None). Its numbers move with it.

    Raises Forbidden where what others wrote would be shown to more people by its author alone.
    """
    topic = topic_to_change(topic.id, Permission.SET_AUDIENCE, actor)
    refuse_widening(viewer_of(actor), topic, choice, people or [])
    before, invitations = topic.audience, Invitations()
    after = audience_for(topic.place, choice, topic_id=topic.id)
    if choice is not None and names_people(choice):
        author = db.session.get_one(User, topic.author_id)
        invitations = invite(topic, author, people or [], until=choice.until)
    if after.id == before.id and not invitations:
        return topic
    if after.id != before.id:
        _move_numbers(topic, before, after)
    touch(topic)
    tell_in_thread(topic, "audience", actor=actor, reason=reason, detail={"read": str(after.read_kind)})
    detail = {"before": told_of(before), "after": told_of(after), **_told_of(invitations, choice)}
    log_act(
        AuditAction.AUDIENCE_CHANGED,
        topic,
        actor=actor,
        reason=reason,
        detail=detail,
        owners=[topic.author_id],
        before=before,
    )
    publish(TopicChanged(topic.id, actor.id))
    return topic


def _move_numbers(topic: Topic, before: Audience, after: Audience) -> None:
    counts = counting.counts_of(topic, -1) if topic.is_visible else []
    topic.audience_id, topic.audience = after.id, after
    if topic.is_visible:
        counting.add_all([*counts, *counting.counts_of(topic, +1)])
        counting.refill_last(topic.place_id, before.id)
        counting.note_last(topic)


def told_of(audience: Audience) -> dict[str, Any]:
    """An audience as the log keeps it: enough to choose it again."""
    return {
        "inherits": audience.inherits,
        "group_id": str(audience.group_id) if audience.group_id else None,
        "read": str(audience.read_kind),
        "reply": str(audience.reply_kind),
        "opened": audience.opened,
    }


def _told_of(invitations: Invitations, choice: AudienceChoice | None) -> dict[str, Any]:
    """Who was named and who no longer is; until when, where invitations end."""
    if not invitations:
        return {}
    until = choice.until.isoformat() if choice is not None and choice.until else None
    found = {"added": invitations.added, "removed": invitations.removed, "redated": invitations.redated}
    return {name: who for name, who in found.items() if who} | ({"until": until} if until else {})
