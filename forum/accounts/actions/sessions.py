"""Ending sessions: one's own, or by staff."""

from forum.accounts import sessions
from forum.accounts.actions.authority import note, person_to_manage
from forum.accounts.bearers import end_personal_tokens
from forum.accounts.models import User
from forum.accounts.queries import sessions_of
from forum.audit.actions import AuditAction
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
    """Sign a person out everywhere, programs too; told in the log."""
    user = person_to_manage(user, actor)
    ended = sessions.end_sessions(user, reason="ended by staff")
    ended += end_personal_tokens(user, reason="ended by staff")
    if ended:
        note(AuditAction.SESSIONS_ENDED, user, actor, count=ended)
    return ended
