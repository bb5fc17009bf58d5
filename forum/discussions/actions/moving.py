"""Moving a topic to another place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from forum.access.doors import authorize
from forum.access.models import Audience, Place
from forum.access.permissions import Permission
from forum.access.places import AudienceChoice, audience_for
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.transactions import publish, transactional
from forum.discussions.actions.audiences import told_of
from forum.discussions.actions.loading import locked_topics, may_change, tell_in_thread, touch
from forum.discussions.actions.retagging import retag, tags_kept
from forum.discussions.actions.tagging import put_tag_ids
from forum.discussions.actions.telling import log_act
from forum.discussions.models import Topic
from forum.discussions.rearranging import Rearranging, arrange, rows_of, seqs_in
from forum.discussions.signals import TopicChanged


@dataclass(frozen=True, slots=True)
class Move:
    """A move that is to be taken back: what was moved, where it came from, by whom; whether another has moderated it since, and
    whether it would show what others wrote since to people who cannot read it where it is."""

    topic: Topic
    place: Place
    mover_id: int | None
    is_curated: bool
    would_show: bool


@transactional
def move_topic(
    topic: Topic,
    *,
    actor: User,
    place_id: int,
    reason: str = "",
    tags: Sequence[str] | None = None,
    tag_ids: Sequence[int] | None = None,
    undoes: Move | None = None,
) -> Topic:
    """Put a topic into another place. What was its place's audience is now the other one's; one of its own it keeps, as far as
    the other place lets it. What everybody has read stays as it was. `tags` are chosen anew; without, it keeps its own.

    Raises Invalid where the place needs tags that it has not. `undoes` is the move that this takes back: it comes back with
    `tag_ids`, as it was.
    """
    topic = locked_topics([topic.id], place_ids=[place_id])[topic.id]
    if undoes is None:
        may_change(topic, Permission.MOVE_TOPIC, actor)
    else:
        authorize(Permission.TAKE_BACK_MOVE, viewer_of(actor), undoes)
    if topic.place_id == place_id:
        return topic
    target = place_to_move_into(place_id, actor)
    before = topic.audience
    detail: dict[str, Any] = {"from": str(topic.place_id), "to": str(place_id)}
    after = audience_for(target, choice_of(before), topic_id=topic.id)
    touch(topic)  # of the place it leaves
    rows = rows_of(topic)
    seqs = seqs_in(place_id, rows)
    with Rearranging([topic], place_ids=[place_id]):
        arrange([topic], {row.id: row.spot._replace(seq=seqs.get(row.id, row.spot.seq)) for row in rows})
        topic.place_id, topic.place = target.id, target
        topic.audience_id, topic.audience = after.id, after
        first = rows[0]
        topic.created_seq = seqs.get(first.id, topic.created_seq)
        if not topic.pinned_everywhere:
            topic.unpin()
    raise_counter(place_id, seqs.values())
    had = list(topic.tag_ids)
    if tag_ids is not None:
        put_tag_ids(topic, tag_ids)
    else:
        retag(topic, tags, actor=actor, offered=had)
    detail |= tags_kept(had, topic.tag_ids)
    touch(topic)
    tell_in_thread(topic, "moved", actor=actor, reason=reason)
    log_act(
        AuditAction.TOPIC_MOVED,
        topic,
        actor=actor,
        reason=reason,
        detail={**detail, "before": told_of(before), "after": told_of(after)},
        owners=[topic.author_id],
        before=before,
        also_in=[int(detail["from"])],
    )
    publish(TopicChanged(topic.id, actor.id))
    return topic


def place_to_move_into(place_id: int, actor: User) -> Place:
    """The place, as it is now, if the actor may bring something there; to whoever may not read it, it is not there."""
    place = db.session.scalar(
        select(Place)
        .options(joinedload(Place.audience))
        .where(Place.id == place_id)
        .execution_options(populate_existing=True)
    )
    if place is None:
        raise NotFound
    authorize(Permission.MOVE_INTO, viewer_of(actor), place)
    return place


def choice_of(audience: Audience) -> AudienceChoice | None:
    """What was chosen for what has this audience; None where it is left to the place."""
    if audience.inherits:
        return None
    return AudienceChoice(audience.read_kind, audience.reply_kind, audience.group_id, audience.opened)


def raise_counter(place_id: int, seqs: Collection[int]) -> None:
    """A place has counted at least as far as what stands in it."""
    highest = max(seqs, default=0)
    db.session.execute(
        update(Place)
        .where(Place.id == place_id, Place.last_seq < highest)
        .values(last_seq=highest)
        .execution_options(synchronize_session=False)
    )
