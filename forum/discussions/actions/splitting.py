"""Splitting a topic, moving posts to another one, merging two."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _

from forum.access.permissions import Permission
from forum.access.places import audience_for
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.ids import id_at
from forum.core.slugs import slugify
from forum.core.transactions import publish, transactional
from forum.discussions.actions.coming_along import Answers, add_views, authors_of, follow_their_posts
from forum.discussions.actions.inviting import copy_invitations, names_people
from forum.discussions.actions.loading import locked_topics, may_change, tell_in_thread, touch
from forum.discussions.actions.moving import choice_of, place_to_move_into, raise_counter
from forum.discussions.actions.retagging import join_tags, retag
from forum.discussions.actions.telling import log_act
from forum.discussions.models import Post, PostKind, Topic
from forum.discussions.rearranging import (
    Rearranging,
    Row,
    Spot,
    apart,
    arrange,
    joined,
    rows_of,
    seqs_in,
    with_branches,
)
from forum.discussions.signals import TopicChanged
from forum.notifications.actions.carrying import copy_choices

MOST_KEPT = 1000  # posts whose places the log keeps, so that the act can be undone


@transactional
def split_topic(
    topic: Topic,
    *,
    actor: User,
    post_ids: Collection[int],
    with_replies: bool,
    title: str,
    place_id: int | None = None,
    tags: Sequence[str] | None = None,
    reason: str = "",
) -> Topic:
    """Make a topic of its own of some posts, for the same people; in another place, for those of that place. Answers the new one.

    Without `tags` it has those of the topic it comes from. Raises Invalid where its place needs others.
    """
    there = [place_id] if place_id is not None else []
    source = locked_topics([topic.id], place_ids=there)[topic.id]
    may_change(source, Permission.SPLIT_TOPIC, actor)
    place = source.place
    if place_id not in (None, source.place_id):
        place = place_to_move_into(place_id, actor)
    rows = rows_of(source)
    chosen = chosen_posts(rows, post_ids, with_replies=with_replies)
    first = db.session.get_one(Post, min(chosen, key=_order(rows)))
    if not first.is_visible or first.author_id is None:
        raise Invalid(
            {
                "posts": _(
                    "The first of these posts is hidden or deleted. Choose one that can be read to begin with."
                )
            }
        )
    seqs = seqs_in(place.id, (row for row in rows if row.id in chosen)) if place.id != source.place_id else {}
    new = _new_topic(source, place_id=place.id, first=first, title=title, seq=seqs.get(first.id, first.seq))
    choice = choice_of(source.audience)
    audience = audience_for(place, choice, topic_id=new.id)
    new.audience_id, new.audience, new.place = audience.id, audience, place
    db.session.flush()
    if names_people(choice):
        copy_invitations(source, new)
    spots = apart(rows, chosen, into=new.id)
    spots |= {i: spots[i]._replace(seq=seq) for i, seq in seqs.items()}
    answers = Answers([source])
    with Rearranging([source, new], fresh={new.id}):
        arrange([source, new], spots)
    raise_counter(place.id, seqs.values())
    retag(new, tags, actor=actor, offered=source.tag_ids)
    copy_choices(source.id, new.id, authors_of(chosen))
    _tell(AuditAction.TOPIC_SPLIT, source, new, rows, chosen, actor, reason, answers.lost())
    return new


@transactional
def move_posts(
    topic: Topic,
    *,
    actor: User,
    post_ids: Collection[int],
    with_replies: bool,
    target_id: int,
    reason: str = "",
) -> Topic:
    """Bring some posts into another topic, where they stand by time. Answers that topic."""
    source, target = _both(topic.id, target_id, Permission.SPLIT_TOPIC, actor)
    rows, there = rows_of(source), rows_of(target)
    chosen = chosen_posts(rows, post_ids, with_replies=with_replies)
    answers = Answers([source, target])
    _join(source, target, rows, there, chosen)
    kept = answers.lost() | follow_their_posts(chosen, target)
    _tell(AuditAction.TOPIC_SPLIT, source, target, [*rows, *there], chosen, actor, reason, kept)
    return target


@transactional
def merge_topic(topic: Topic, *, actor: User, target_id: int, reason: str = "") -> Topic:
    """Bring all posts of a topic into another one, by time. It is no more; whoever follows a link to it and may read the other
    one comes to that. Answers the other one."""
    source, target = _both(topic.id, target_id, Permission.MERGE_TOPIC, actor)
    rows, there = rows_of(source), rows_of(target)
    chosen = {row.id for row in rows}
    answers = Answers([source, target])
    _join(source, target, rows, there, chosen, retire=True)
    kept = answers.lost() | join_tags(target, source) | add_views(target, source)
    kept |= copy_choices(source.id, target.id) | follow_their_posts(chosen, target)
    _tell(AuditAction.TOPIC_MERGED, source, target, [*rows, *there], chosen, actor, reason, kept)
    return target


def chosen_posts(rows: Sequence[Row], post_ids: Collection[int], *, with_replies: bool) -> set[int]:
    """The posts that are meant. Raises Invalid where that is none of this topic, or its first."""
    chosen = meant_posts(rows, post_ids, with_replies=with_replies)
    if rows[0].id in chosen:
        raise Invalid(
            {
                "posts": _(
                    "The first post stays: it is what the topic is about. Move or merge the whole topic instead."
                )
            }
        )
    return chosen


def meant_posts(rows: Sequence[Row], post_ids: Collection[int], *, with_replies: bool) -> set[int]:
    """These posts, and all below them if that is wanted. Raises Invalid where that is none of this topic."""
    known = {row.id: row for row in rows}
    chosen = set(post_ids)
    if not chosen:
        raise Invalid({"posts": _("Choose at least one post.")})
    if not chosen <= known.keys() or all(known[i].kind is PostKind.GAP for i in chosen):
        raise Invalid({"posts": _("Some of these posts are no longer in this topic. Choose again.")})
    return with_branches(rows, chosen) if with_replies else chosen


def _order(rows: Sequence[Row]) -> Any:
    return {row.id: row.spot.number for row in rows}.__getitem__


def _both(source_id: int, target_id: int, permission: Permission, actor: User) -> tuple[Topic, Topic]:
    """Both topics, locked, if the actor may take from the one and bring to the other."""
    if source_id == target_id:
        raise Invalid({"target": _("That is this very topic. Choose another one.")})
    both = locked_topics([source_id, target_id])
    may_change(both[source_id], permission, actor)
    may_change(both[target_id], Permission.JOIN_TOPIC, actor)
    return both[source_id], both[target_id]


def _join(
    source: Topic,
    target: Topic,
    rows: Sequence[Row],
    there: Sequence[Row],
    chosen: Collection[int],
    *,
    retire: bool = False,
) -> None:
    moving = [row for row in rows if row.id in chosen]
    seqs = seqs_in(target.place_id, moving) if target.place_id != source.place_id else {}
    with Rearranging([source, target]):
        arrange([source, target], joined(rows, chosen, target, there, seqs))
        if retire:
            source.merged_into_id, source.deleted_at = target.id, clock.now()
    raise_counter(target.place_id, seqs.values())


def _new_topic(source: Topic, *, place_id: int, first: Post, title: str, seq: int) -> Topic:
    topic = Topic(
        id=id_at(first.created_at),
        place_id=place_id,
        audience_id=source.audience_id,
        author_id=first.author_id,
        title=title,
        slug=slugify(title),
        created_at=first.created_at,
        created_seq=seq,
        last_seq=seq,
        last_post_at=first.created_at,
        last_number=0,
        post_count=0,
        version=0,
    )
    db.session.add(topic)
    db.session.flush()
    return topic


def _tell(
    action: AuditAction,
    source: Topic,
    target: Topic,
    before: Sequence[Row],
    chosen: Collection[int],
    actor: User,
    reason: str,
    kept: dict[str, Any] | None = None,
) -> None:
    """In both threads, at the place where the posts were and where they are; in the log; and to those who wrote them."""
    touch(source)
    touch(target)
    left, here = rows_of(source), rows_of(target)
    was = min(row.spot.number for row in before if row.id in chosen and row.spot.topic_id == source.id)
    count = str(len(chosen))
    if left:
        above = max(row.spot.number for row in left if row.spot.number < was)
        into = {"topic_id": str(target.id), "count": count}
        tell_in_thread(source, "split", actor=actor, reason=reason, detail=into, after=above)
    came = {"topic_id": str(source.id), "count": count}
    first = min(row.spot.number for row in here if row.id in chosen)
    kind = "split_here" if left else "merged"
    tell_in_thread(target, kind, actor=actor, reason=reason, detail=came, after=first)
    authors = authors_of(chosen)
    detail = {"into": str(target.id), "count": len(chosen), **_kept(before, [*left, *here]), **(kept or {})}
    log_act(
        action,
        source,
        actor=actor,
        reason=reason,
        detail=detail,
        owners=authors,
        now_in=target,
        before=source.audience,
        also_in=[target.place_id],
    )
    for topic in (source, target):
        publish(TopicChanged(topic.id, actor.id))


def _kept(before: Sequence[Row], after: Sequence[Row]) -> dict[str, Any]:
    """Where the posts stood that stand elsewhere now, or answer another, and where each of them stands now: what is needed to
    put them back. Nothing, where they are too many."""
    now = {row.id: row.spot for row in after}
    moved = [row for row in before if now[row.id] != row.spot]
    if len(moved) > MOST_KEPT:
        return {}
    return {"posts": [[str(row.id), _plain(row.spot), _plain(now[row.id])] for row in moved]}


def _plain(spot: Spot) -> list[Any]:
    return [str(spot.topic_id), spot.number, str(spot.parent_id or 0), spot.seq]
