"""Roles: held on the whole site or in one place."""

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select

from forum.access.models import Place, RoleAssignment, RoleName
from forum.accounts.actions.authority import change_rights, keep_some_staff, person_to_manage
from forum.accounts.models import User
from forum.accounts.signals import RoleGranted, RoleRevoked
from forum.audit.actions import AuditAction, record
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import publish, transactional

IN_A_PLACE = {RoleName.MODERATOR}


@transactional
def grant_role(user: User, role: RoleName, *, place_id: int | None = None, actor: User | None) -> bool:
    """Give a role; False where it is held already. Holds with the person's next request."""
    user = person_to_manage(user, actor)
    if place_id is not None and role not in IN_A_PLACE:
        raise Invalid({"category": _("This role is held on the whole site.")})
    if place_id is not None and db.session.get(Place, place_id) is None:
        raise Invalid({"category": _("There is no such place.")})
    if db.session.scalar(_held(user, role, place_id)) is not None:
        return False
    db.session.add(
        RoleAssignment(
            user_id=user.id,
            role=role,
            place_id=place_id,
            granted_at=clock.now(),
            granted_by_id=actor.id if actor else None,
        )
    )
    change_rights(user)
    _tell(AuditAction.ROLE_GRANTED, user, role, place_id, actor)
    publish(RoleGranted(user_id=user.id, role=str(role), place_id=place_id))
    return True


@transactional
def revoke_role(user: User, role: RoleName, *, place_id: int | None = None, actor: User | None) -> bool:
    """Take a role back; False where it was not held. Holds with the person's next request."""
    user = person_to_manage(user, actor)
    held = db.session.scalar(_held(user, role, place_id))
    if held is None:
        return False
    if role is RoleName.STAFF:
        keep_some_staff(user)
    db.session.execute(delete(RoleAssignment).where(RoleAssignment.id == held.id))
    change_rights(user)
    _tell(AuditAction.ROLE_REVOKED, user, role, place_id, actor)
    publish(RoleRevoked(user_id=user.id, role=str(role), place_id=place_id))
    return True


def _held(user: User, role: RoleName, place_id: int | None) -> Select[RoleAssignment]:
    return select(RoleAssignment).where(
        RoleAssignment.user_id == user.id,
        RoleAssignment.role == role,
        RoleAssignment.place_id.is_(None) if place_id is None else RoleAssignment.place_id == place_id,
    )


def _tell(action: AuditAction, user: User, role: RoleName, place_id: int | None, actor: User | None) -> None:
    record(
        action,
        subject_kind="user",
        subject_id=user.id,
        actor_id=actor.id if actor else None,
        place_id=place_id,
        detail={"role": str(role), "username": user.username},
    )
