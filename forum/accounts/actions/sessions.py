"""Ending sessions: one's own, or by staff."""

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts import sessions
from forum.accounts.models import User
from forum.accounts.queries import account_to_change, sessions_of
from forum.audit.actions import AuditAction, record
from forum.core.transactions import transactional


@transactional
def end_session(user: User, *, session_id: int) -> bool:
    """End one session of one's own."""
    return sessions.end_sessions(user, [session_id], reason="ended") > 0


@transactional
def end_other_sessions(user: User, *, session_id: int) -> int:
    """Sign out everywhere but here."""
    others = [other.id for other in sessions_of(user) if other.id != session_id]
    return sessions.end_sessions(user, others, reason="ended")


@transactional
def end_all_sessions(user: User, *, actor: User | None) -> int:
    """Sign a person out everywhere; told in the log."""
    if actor is not None:
        authorize(Permission.MANAGE_PEOPLE, viewer_of(actor))
    user = account_to_change(user.id)
    ended = sessions.end_sessions(user, reason="ended by staff")
    if ended:
        record(
            AuditAction.SESSIONS_ENDED,
            subject_kind="user",
            subject_id=user.id,
            actor_id=actor.id if actor else None,
            detail={"count": ended},
        )
    return ended
