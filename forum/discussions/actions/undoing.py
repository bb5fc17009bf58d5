"""Taking back what a moderator did, from its entry in the log: as long as nothing else has been done to it since."""

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from forum.access.models import AudienceKind
from forum.access.places import AudienceChoice
from forum.accounts.models import User
from forum.audit.actions import AuditAction
from forum.audit.models import AuditEntry
from forum.core.db import db
from forum.core.errors import Conflict, NotFound
from forum.core.transactions import transactional
from forum.discussions.actions import authorship, concealing, curating, locking, moving, putting_back
from forum.discussions.actions.audiences import set_audience, told_of
from forum.discussions.actions.loading import locked_topic, topic_of_post
from forum.discussions.actions.retagging import tag_ids_before
from forum.discussions.models import Post, Topic


@transactional
def undo_act(entry: AuditEntry, *, actor: User, reason: str = "") -> None:
    """Do the opposite, by the rule of the opposite. Raises Conflict, which says why, where it cannot be undone."""
    undo = UNDOINGS.get(entry.action)
    if undo is None:
        raise Conflict(_("This cannot be undone."))
    if any(entry.action in alike for alike in _ALIKE):
        _hold(entry)
        done_anew = select(AuditEntry.id).where(AuditEntry.id == entry.id, is_done_anew())
        _only_if(db.session.scalar(done_anew) is None)
    undo(entry, actor, reason)


def is_done_anew() -> ColumnElement[bool]:
    """The criterion for entries of the log after which the same, or its opposite, was done to the same thing again."""
    later = aliased(AuditEntry)
    return exists().where(
        later.subject_kind == AuditEntry.subject_kind,
        later.subject_id == AuditEntry.subject_id,
        later.position > AuditEntry.position,
        or_(*(and_(AuditEntry.action.in_(alike), later.action.in_(alike)) for alike in _ALIKE)),
    )


def _hold(entry: AuditEntry) -> None:
    """Nobody does anything else to it until the end of the transaction."""
    if entry.subject_kind == "post":
        topic_of_post(entry.subject_id)
    else:
        locked_topic(entry.subject_id)


def _lock(entry: AuditEntry, actor: User, reason: str) -> None:
    topic = _topic(entry)
    _only_if(not topic.is_locked)
    locking.lock_topic(topic, actor=actor, reason=reason)


def _unlock(entry: AuditEntry, actor: User, reason: str) -> None:
    topic = _topic(entry)
    _only_if(topic.is_locked)
    locking.unlock_topic(topic, actor=actor, reason=reason)


def _pin_as_before(entry: AuditEntry, actor: User, reason: str) -> None:
    topic, before = _topic(entry), entry.detail.get("before") or {}
    _only_if(curating.pin_of(topic) == (entry.detail.get("after") or {}))
    if not before:
        curating.unpin_topic(topic, actor=actor, reason=reason)
        return
    until = datetime.fromisoformat(before["until"]) if before["until"] else None
    curating.pin_topic(topic, actor=actor, everywhere=before["everywhere"], until=until, reason=reason)


def _archive(entry: AuditEntry, actor: User, reason: str) -> None:
    topic = _topic(entry)
    _only_if(not topic.is_archived)
    curating.archive_topic(topic, actor=actor, reason=reason)


def _unarchive(entry: AuditEntry, actor: User, reason: str) -> None:
    topic = _topic(entry)
    _only_if(topic.is_archived)
    curating.unarchive_topic(topic, actor=actor, reason=reason)


def _pace_as_before(entry: AuditEntry, actor: User, reason: str) -> None:
    topic = _topic(entry)
    _only_if(topic.slow_seconds == entry.detail["after"])
    curating.slow_topic(topic, actor=actor, seconds=entry.detail["before"], reason=reason)


def _move_back(entry: AuditEntry, actor: User, reason: str) -> None:
    topic, detail = _topic(entry), entry.detail
    _only_if(str(topic.place_id) == detail["to"] and told_of(topic.audience) == detail["after"])
    moving.move_topic(
        topic,
        actor=actor,
        place_id=int(detail["from"]),
        reason=reason,
        tag_ids=tag_ids_before(topic, detail, place_id=int(detail["from"])),
    )


def _put_posts_back(entry: AuditEntry, actor: User, reason: str) -> None:
    putting_back.put_back(entry, actor=actor, reason=reason)


def _author_as_before(entry: AuditEntry, actor: User, reason: str) -> None:
    post, before = db.session.get(Post, entry.subject_id), db.session.get(User, int(entry.detail["from"]))
    if post is None:
        raise NotFound
    _only_if(str(post.author_id) == entry.detail["to"])
    if before is None or before.imported_at is not None:
        raise Conflict(_("Whoever it was before has no account, so it cannot be given back."))
    authorship.change_author(post, actor=actor, author=before, reason=reason)


def _audience_as_before(entry: AuditEntry, actor: User, reason: str) -> None:
    topic, before = _topic(entry), entry.detail["before"]
    _only_if(told_of(topic.audience) == entry.detail["after"])
    if "inherits" not in before or AudienceKind.PEOPLE in (before["read"], before["reply"]):
        raise Conflict(_("Who was named before is not kept. Choose anew who it is for."))
    choice = None
    if not before["inherits"]:
        group_id = int(before["group_id"]) if before["group_id"] else None
        kinds = AudienceKind(before["read"]), AudienceKind(before["reply"])
        choice = AudienceChoice(*kinds, group_id, before["opened"])
    set_audience(topic, actor=actor, choice=choice, reason=reason)


def _restore_topic(entry: AuditEntry, actor: User, reason: str) -> None:
    topic = _topic(entry)
    _only_if(not topic.is_visible)
    _refuse_twice_concealed(topic)
    concealing.restore_topic(topic, actor=actor, reason=reason)


def _restore_post(entry: AuditEntry, actor: User, reason: str) -> None:
    post = db.session.get(Post, entry.subject_id)
    if post is None:
        raise NotFound
    _only_if(post.is_concealed)
    _refuse_twice_concealed(post)
    concealing.restore_post(post, actor=actor, reason=reason)


def _refuse_twice_concealed(thing: Topic | Post) -> None:
    """To take back the one would take back the other too."""
    if thing.hidden_at is not None and thing.deleted_at is not None:
        raise Conflict(
            _("It is both hidden and deleted. Restore it by hand, if everybody may read it again.")
        )


def _topic(entry: AuditEntry) -> Topic:
    """The topic of an entry, locked. Whether the actor may read it, the action asks that follows."""
    if db.session.scalar(select(Topic.id).where(Topic.id == entry.subject_id)) is None:
        raise NotFound
    return locked_topic(entry.subject_id)


def _only_if(it_is_so: bool) -> None:
    if not it_is_so:
        raise Conflict(_("This has been changed again since, so there is nothing left to undo."))


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

# What was done is only undone as long as nothing alike came after it. For posts that were moved, where they stand now tells.
_ALIKE = (
    (AuditAction.TOPIC_LOCKED, AuditAction.TOPIC_UNLOCKED),
    (AuditAction.TOPIC_PINNED, AuditAction.TOPIC_UNPINNED),
    (AuditAction.TOPIC_ARCHIVED, AuditAction.TOPIC_UNARCHIVED),
    (AuditAction.TOPIC_SLOWED,),
    (AuditAction.TOPIC_MOVED,),
    (AuditAction.AUTHOR_CHANGED,),
    (AuditAction.AUDIENCE_CHANGED,),
    (AuditAction.TOPIC_HIDDEN, AuditAction.TOPIC_DELETED, AuditAction.TOPIC_RESTORED),
    (AuditAction.POST_HIDDEN, AuditAction.POST_DELETED, AuditAction.POST_RESTORED),
)
