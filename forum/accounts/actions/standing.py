"""Standing, from dates: who is a guest, a member, lapsed."""

from datetime import datetime

from flask_babel import gettext as _

from forum.accounts.actions.authority import change_rights, note, person_to_manage
from forum.accounts.membership import beginning_of, day_after, last_day
from forum.accounts.models import User
from forum.accounts.params import StandingParams
from forum.accounts.signals import StandingChanged
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional


@transactional
def set_standing(user: User, params: StandingParams, *, actor: User | None) -> None:
    """Make somebody a guest, a member until the end of a day, or end a membership now."""
    user = person_to_manage(user, actor)
    before = user.standing
    since, until = _dates(user, params)
    if not user.set_membership(since, until):
        return
    change_rights(user)
    note(
        AuditAction.STANDING_CHANGED,
        user,
        actor,
        before=str(before),
        after=str(user.standing),
        since=since.date().isoformat() if since else None,
        until=last_day(until).isoformat() if until else None,
    )
    publish(StandingChanged(user_id=user.id, standing=str(user.standing)))


def _dates(user: User, params: StandingParams) -> tuple[datetime | None, datetime | None]:
    now = clock.now()
    if params.standing == "guest":
        return None, None
    since = user.member_since or now
    if params.member_since and (user.member_since is None or user.member_since.date() != params.member_since):
        since = beginning_of(params.member_since)
    until = day_after(params.member_until)
    if params.standing == "lapsed":
        until = min(until or now, user.member_until or now, now)
        since = min(since, until)
    if until is not None and until < since:
        if params.member_since is None:
            return until, until  # it was over before it was entered
        raise Invalid({"member_until": _("The last day comes before the first.")})
    return since, until
