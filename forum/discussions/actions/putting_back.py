"""Taking back what was split or merged: every post where it was, and what came with it."""

from collections.abc import Sequence
from typing import Any

from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.transactions import publish, transactional
from forum.discussions.actions.coming_along import authors_of, give_answers_back, take_views
from forum.discussions.actions.loading import locked_topics, tell_in_thread, touch
from forum.discussions.actions.retagging import tag_ids_before
from forum.discussions.actions.tagging import put_tag_ids
from forum.discussions.actions.telling import log_act
from forum.discussions.rearranging import Rearranging, Spot, arrange, rows_of
from forum.discussions.signals import TopicChanged
from forum.notifications.actions.carrying import take_back


@transactional
def put_back(entry: AuditEntry, *, actor: User, reason: str) -> None:
    """Undo a split or a merge: every post to its old number and place in the thread. `undo_act` has asked whether that can be done."""
    source_id, target_id = entry.subject_id, int(entry.detail["into"])
    both = locked_topics([source_id, target_id])
    source, target = both[source_id], both[target_id]
    was_merged = entry.action == AuditAction.TOPIC_MERGED
    spots = {int(i): _spot(before) for i, before, _after in entry.detail["posts"]}
    there = {row.id for row in rows_of(target)}
    going = {i for i, spot in spots.items() if spot.topic_id == source_id and i in there}
    is_empty = there == going
    fresh = {source.id} if was_merged else set()
    with Rearranging([source, target], fresh=fresh):
        arrange([source, target], spots)
        if was_merged:
            source.merged_into_id = source.deleted_at = None
        elif is_empty:
            target.merged_into_id, target.deleted_at = source.id, clock.now()
    if "tags" in entry.detail:
        put_tag_ids(target, tag_ids_before(target, entry.detail, place_id=target.place_id))
    give_answers_back([source, target], entry.detail)
    take_views(target, entry.detail)
    take_back(source.id, target.id, entry.detail)
    for topic in (source, target):
        touch(topic)
        publish(TopicChanged(topic.id, actor.id))
    count = str(entry.detail["count"])
    for topic in (source, target):
        if topic.merged_into_id is None:
            tell_in_thread(topic, "put_back", actor=actor, reason=reason, detail={"count": count})
    log_act(
        AuditAction.POSTS_PUT_BACK,
        source,
        actor=actor,
        reason=reason,
        detail={"into": str(target.id)},
        owners=authors_of(going),
        before=target.audience,
        also_in=[target.place_id],
    )


def _spot(plain: Sequence[Any]) -> Spot:
    topic_id, number, parent_id, seq = plain
    return Spot(int(topic_id), int(number), int(parent_id) or None, int(seq))
