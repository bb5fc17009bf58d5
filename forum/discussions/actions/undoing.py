"""Taking back what a moderator did, from its entry in the log: as long as nothing else has been done to it since."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.audit.actions import AuditAction, recorded_together
from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.core.errors import ForumError
from forum.core.transactions import transactional
from forum.discussions.actions import authorship, concealing, curating, locking, moving, putting_back
from forum.discussions.actions.audiences import set_audience
from forum.discussions.actions.loading import locked_topics, topic_of_post
from forum.discussions.actions.obstacles import audience_before, move_of, obstacles
from forum.discussions.actions.retagging import tag_ids_before
from forum.discussions.models import Post, Topic


@transactional
def undo_act(entry: AuditEntry, *, actor: User, reason: str = "") -> None:
    """Do the opposite, by the rule of the opposite. Raises what stands in the way, which says why: see `obstacles`."""
    _hold([entry])
    found = obstacles(viewer_of(actor), [entry])
    if found:
        raise found[entry.id]
    UNDOINGS[entry.action](entry, actor, reason)


@dataclass(frozen=True, slots=True)
class Undone:
    """Of several acts, by the ids of their entries: which were undone; which were left, and what stands in the way."""

    done: list[int]
    left: list[tuple[int, ForumError]]


@transactional
def undo_together(entries: Sequence[AuditEntry], *, actor: User, reason: str = "") -> Undone:
    """Undo several acts, each by the rule of its opposite and with an entry of its own. What can no longer be undone is left."""
    _hold(entries)
    done: list[int] = []
    left: list[tuple[int, ForumError]] = []
    with recorded_together() if len(entries) > 1 else nullcontext():
        for entry in entries:
            obstacle = obstacles(viewer_of(actor), [entry]).get(entry.id)
            if obstacle is not None:
                left.append((entry.id, obstacle))
                continue
            UNDOINGS[entry.action](entry, actor, reason)
            done.append(entry.id)
    return Undone(done, left)


def _hold(entries: Sequence[AuditEntry]) -> None:
    """Nobody does anything else to what they are about until the end of the transaction: all topics are locked before any place."""
    topic_ids = {entry.subject_id for entry in entries if entry.subject_kind == "topic"}
    topic_ids |= {int(entry.detail["into"]) for entry in entries if "into" in entry.detail}
    place_ids = {int(e.detail["from"]) for e in entries if e.action == AuditAction.TOPIC_MOVED}
    post_ids = [entry.subject_id for entry in entries if entry.subject_kind == "post"]
    if len(entries) == 1 and post_ids:
        topic_of_post(post_ids[0])
        return
    if post_ids:
        topic_ids.update(db.session.scalars(select(Post.topic_id).where(Post.id.in_(post_ids))))
    if topic_ids:
        locked_topics(topic_ids, place_ids=place_ids)


def _lock(entry: AuditEntry, actor: User, reason: str) -> None:
    locking.lock_topic(_topic(entry), actor=actor, reason=reason)


def _unlock(entry: AuditEntry, actor: User, reason: str) -> None:
    locking.unlock_topic(_topic(entry), actor=actor, reason=reason)


def _pin_as_before(entry: AuditEntry, actor: User, reason: str) -> None:
    topic, before = _topic(entry), entry.detail.get("before") or {}
    if not before:
        curating.unpin_topic(topic, actor=actor, reason=reason)
        return
    until = datetime.fromisoformat(before["until"]) if before["until"] else None
    curating.pin_topic(topic, actor=actor, everywhere=before["everywhere"], until=until, reason=reason)


def _archive(entry: AuditEntry, actor: User, reason: str) -> None:
    curating.archive_topic(_topic(entry), actor=actor, reason=reason)


def _unarchive(entry: AuditEntry, actor: User, reason: str) -> None:
    curating.unarchive_topic(_topic(entry), actor=actor, reason=reason)


def _pace_as_before(entry: AuditEntry, actor: User, reason: str) -> None:
    curating.slow_topic(_topic(entry), actor=actor, seconds=entry.detail["before"], reason=reason)


def _move_back(entry: AuditEntry, actor: User, reason: str) -> None:
    topic, place_id = _topic(entry), int(entry.detail["from"])
    moving.move_topic(
        topic,
        actor=actor,
        place_id=place_id,
        reason=reason,
        tag_ids=tag_ids_before(topic, entry.detail, place_id=place_id),
        undoes=move_of(viewer_of(actor), entry),
    )


def _put_posts_back(entry: AuditEntry, actor: User, reason: str) -> None:
    putting_back.put_back(entry, actor=actor, reason=reason)


def _author_as_before(entry: AuditEntry, actor: User, reason: str) -> None:
    author = db.session.get_one(User, int(entry.detail["from"]))
    authorship.change_author(_post(entry), actor=actor, author=author, reason=reason)


def _audience_as_before(entry: AuditEntry, actor: User, reason: str) -> None:
    set_audience(_topic(entry), actor=actor, choice=audience_before(entry), reason=reason)


def _restore_topic(entry: AuditEntry, actor: User, reason: str) -> None:
    concealing.restore_topic(_topic(entry), actor=actor, reason=reason)


def _restore_post(entry: AuditEntry, actor: User, reason: str) -> None:
    concealing.restore_post(_post(entry), actor=actor, reason=reason)


def _topic(entry: AuditEntry) -> Topic:
    return db.session.get_one(Topic, entry.subject_id)


def _post(entry: AuditEntry) -> Post:
    return db.session.get_one(Post, entry.subject_id)


UNDOINGS: dict[str, Callable[[AuditEntry, User, str], None]] = {
    AuditAction.TOPIC_LOCKED: _unlock,
    AuditAction.TOPIC_UNLOCKED: _lock,
    AuditAction.TOPIC_PINNED: _pin_as_before,
    AuditAction.TOPIC_UNPINNED: _pin_as_before,
    AuditAction.TOPIC_ARCHIVED: _unarchive,
    AuditAction.TOPIC_UNARCHIVED: _archive,
    AuditAction.TOPIC_SLOWED: _pace_as_before,
    AuditAction.TOPIC_MOVED: _move_back,
    AuditAction.TOPIC_SPLIT: _put_posts_back,
    AuditAction.TOPIC_MERGED: _put_posts_back,
    AuditAction.AUTHOR_CHANGED: _author_as_before,
    AuditAction.AUDIENCE_CHANGED: _audience_as_before,
    AuditAction.TOPIC_HIDDEN: _restore_topic,
    AuditAction.TOPIC_DELETED: _restore_topic,
    AuditAction.POST_HIDDEN: _restore_post,
    AuditAction.POST_DELETED: _restore_post,
}
