"""What every act of staff upon an account has in common."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from forum.access.doors import authorize
from forum.access.models import RoleAssignment, RoleName
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.models import Session, User
from forum.accounts.queries import account_to_change, is_staff
from forum.accounts.usernames import take_turn
from forum.audit.actions import AuditAction, record
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Forbidden
from forum.core.versions import bump_site


def person_to_manage(user: User, actor: User | None) -> User:
    """The account, locked, if the actor still manages people; None stands for a command."""
    if actor is not None:
        authorize(Permission.MANAGE_PEOPLE, viewer_of(db.session.get_one(User, actor.id)))
    found = account_to_change(user.id)
    if found.is_placeholder:
        raise Forbidden(_("This name came with an import: it has no standing and no roles."))
    return found


def note(action: AuditAction, user: User, actor: User | None, *, reason: str = "", **detail: Any) -> None:
    record(
        action,
        subject_kind="user",
        subject_id=user.id,
        actor_id=actor.id if actor else None,
        reason=reason,
        detail=detail,
    )


def change_rights(user: User) -> None:
    """What the person may do has changed: nothing worked out before holds, and every session takes another token."""
    user.rights_epoch = User.rights_epoch + 1
    db.session.execute(update(Session).where(Session.user_id == user.id).values(must_rotate=True))
    bump_site()  # what stands beside the person's name on kept pages


def keep_some_staff(user: User) -> None:
    """Raise Forbidden where nobody who can sign in would be left to run the site."""
    if not is_staff(user):
        return
    take_turn("staff")
    now = clock.now()
    others = (
        select(func.count())
        .select_from(RoleAssignment)
        .join(User, User.id == RoleAssignment.user_id)
        .where(
            RoleAssignment.role == RoleName.STAFF,
            RoleAssignment.place_id.is_(None),
            User.id != user.id,
            User.suspended_at.is_(None) | (User.suspended_until <= now),
        )
    )
    if not db.session.scalar(others):
        raise Forbidden(_("Nobody would be left to run the site. Give somebody else the role first."))
