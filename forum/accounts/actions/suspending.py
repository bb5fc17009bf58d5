"""Suspending and reinstating. Suspended people are visitors: sessions, feeds, and whatever was mailed to them, are dead at once."""

from datetime import date

from flask_babel import gettext as _

from forum.accounts.actions.authority import change_rights, keep_some_staff, note, person_to_manage
from forum.accounts.bearers import end_personal_tokens
from forum.accounts.feed_tokens import end_feed_tokens
from forum.accounts.membership import day_after, last_day
from forum.accounts.models import User
from forum.accounts.sessions import end_sessions
from forum.accounts.signals import UserReinstated, UserSuspended
from forum.accounts.tokens import end_tokens
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.errors import Forbidden, Invalid
from forum.core.transactions import publish, transactional


@transactional
def suspend_user(user: User, *, reason: str, until: date | None = None, actor: User | None) -> bool:
    """Suspend an account, through a day or until somebody ends it. False where it was so already."""
    user = person_to_manage(user, actor)
    if actor is not None and actor.id == user.id:
        raise Forbidden(_("Nobody suspends themselves."))
    now, end = clock.now(), day_after(until)
    if end is not None and end <= now:
        raise Invalid({"until": _("This day is over.")})
    if not user.is_suspended(now):
        keep_some_staff(user)
    if not user.suspend(at=now, until=end, reason=reason):
        return False
    change_rights(user)
    end_sessions(user, reason="suspended")
    end_tokens(user)
    end_personal_tokens(user, reason="suspended")
    end_feed_tokens(user)
    until_words = last_day(end).isoformat() if end else None
    note(AuditAction.USER_SUSPENDED, user, actor, reason=reason, username=user.username, until=until_words)
    publish(UserSuspended(user_id=user.id, reason=reason))
    return True


@transactional
def reinstate_user(user: User, *, actor: User | None) -> bool:
    """End a suspension. False where there was none."""
    user = person_to_manage(user, actor)
    if not user.reinstate(clock.now()):
        return False
    change_rights(user)
    note(AuditAction.USER_REINSTATED, user, actor, username=user.username)
    publish(UserReinstated(user_id=user.id))
    return True
