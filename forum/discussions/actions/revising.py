"""Hiding what a post said before an edit, such as what should never have stood there."""

from sqlalchemy import select

from forum.access.permissions import Permission
from forum.accounts.models import User
from forum.audit.actions import AuditAction, record
from forum.core import clock
from forum.core.db import db
from forum.core.errors import NotFound
from forum.core.transactions import transactional
from forum.discussions.actions.loading import post_to_change
from forum.discussions.models import Post, Revision


@transactional
def hide_revision(revision_id: int, *, actor: User, reason: str) -> None:
    """Take an earlier version out of sight of all but moderators, its author included."""
    revision, post = _to_change(revision_id, actor)
    if revision.hide(by=actor, at=clock.now()):
        _record(AuditAction.REVISION_HIDDEN, revision, post, actor, reason)


@transactional
def restore_revision(revision_id: int, *, actor: User, reason: str = "") -> None:
    """Bring an earlier version back."""
    revision, post = _to_change(revision_id, actor)
    if revision.restore():
        _record(AuditAction.REVISION_RESTORED, revision, post, actor, reason)


def _to_change(revision_id: int, actor: User) -> tuple[Revision, Post]:
    post_id = db.session.scalar(select(Revision.post_id).where(Revision.id == revision_id))
    if post_id is None:
        raise NotFound
    post = post_to_change(post_id, Permission.HIDE_POST, actor)
    return db.session.get_one(Revision, revision_id, populate_existing=True), post


def _record(action: AuditAction, revision: Revision, post: Post, actor: User, reason: str) -> None:
    record(
        action,
        subject_kind="revision",
        subject_id=revision.id,
        actor_id=actor.id,
        place_id=post.topic.place_id,
        reason=reason,
        detail={"number": post.number, "topic_id": str(post.topic_id)},
    )
