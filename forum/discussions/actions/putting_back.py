"""Taking back what was split or merged: every post where it was, and what came with it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.audit.models import AuditEntry
from forum.core import clock
from forum.core.errors import Conflict, Forbidden
from forum.core.transactions import publish, transactional
from forum.discussions.actions.coming_along import authors_of, give_answers_back, take_views
from forum.discussions.actions.loading import locked_topics, may_change, tell_in_thread, touch
from forum.discussions.actions.retagging import tag_ids_before
from forum.discussions.actions.tagging import put_tag_ids
from forum.discussions.actions.telling import log_act
from forum.discussions.models import Topic
from forum.discussions.rearranging import Rearranging, Spot, arrange, rows_of
from forum.discussions.signals import TopicChanged
from forum.notifications.actions.carrying import take_back


@transactional
def put_back(entry: AuditEntry, *, actor: User, reason: str) -> None:
    """Undo a split or a merge: every post to its old number and place in the thread, if nothing was written there or moved since."""
    source_id, target_id = entry.subject_id, int(entry.detail["into"])
    both = locked_topics([source_id, target_id])
    source, target = both[source_id], both[target_id]
    was_merged = entry.action == AuditAction.TOPIC_MERGED
    may_change(target, Permission.SPLIT_TOPIC, actor)
    if was_merged:
        if not judge(Permission.MERGE_TOPIC, viewer_of(actor), _as_before(source)):
            raise Forbidden(_("Only moderators of the place it stood in can take the two apart again."))
    else:
        may_change(source, Permission.JOIN_TOPIC, actor)
    spots = _spots_before(entry, source, target)
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


def _as_before(topic: Topic) -> Topic:
    """What a merged topic was, for the rule that is asked about it."""
    return Topic(
        id=topic.id,
        place_id=topic.place_id,
        audience=topic.audience,
        author_id=topic.author_id,
        place=topic.place,
    )


def _spots_before(entry: AuditEntry, source: Topic, target: Topic) -> dict[int, Spot]:
    """Where the posts stood. Raises Conflict where they can no longer be put there."""
    kept = entry.detail.get("posts")
    if kept is None:
        raise Conflict(_("These were too many posts to be put back in one go. Split or merge them by hand."))
    now = {row.id: row.spot for topic in (source, target) for row in rows_of(topic)}
    moved = {int(i): (_spot(before), _spot(after)) for i, before, after in kept}
    if any(now.get(i) != after for i, (_before, after) in moved.items()):
        raise Conflict(_("Some of these posts have been moved again since. Split or merge them by hand."))
    highest = max(spot.number for spot in now.values() if spot.topic_id == target.id)
    if highest > max(after.number for _before, after in moved.values() if after.topic_id == target.id):
        raise Conflict(_("Something has been written there since. Split or merge the posts by hand."))
    taken = {i for i, (before, after) in moved.items() if before.topic_id != after.topic_id}
    if any(spot.parent_id in taken for i, spot in now.items() if i not in taken):
        raise Conflict(_("Some of these posts have been answered since. Split or merge them by hand."))
    return {i: before for i, (before, _after) in moved.items()}


def _spot(plain: Sequence[Any]) -> Spot:
    topic_id, number, parent_id, seq = plain
    return Spot(int(topic_id), int(number), int(parent_id) or None, int(seq))
