"""Several changes to one account that a command asks for at once: all of them, or none."""

from dataclasses import dataclass

from forum.access.models import RoleName
from forum.accounts.actions.passwords import new_hash_for, set_password
from forum.accounts.actions.roles import grant_role, revoke_role
from forum.accounts.actions.sessions import end_all_sessions
from forum.accounts.actions.standing import set_standing
from forum.accounts.actions.suspending import reinstate_user, suspend_user
from forum.accounts.models import User
from forum.accounts.params import StandingParams, SuspendParams
from forum.accounts.queries import roles_held
from forum.core.transactions import transaction

Role = tuple[RoleName, int | None]  # with the place it is held in; None: the whole site


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """What is to change; what is left out stays as it is. Roles are taken back before others are given."""

    standing: StandingParams | None = None
    without_roles: bool = False
    revoked: tuple[Role, ...] = ()
    granted: tuple[Role, ...] = ()
    reinstated: bool = False
    suspension: SuspendParams | None = None
    password: str = ""
    sessions_end: bool = False


def change_user(user: User, changes: AccountChanges) -> None:
    """Make all the changes in one transaction. Raises what the first one that cannot be made raises; then nothing is changed."""
    password_hash = new_hash_for(user, changes.password) if changes.password else None
    with transaction():
        if changes.standing is not None:
            set_standing(user, changes.standing, actor=None)
        for role, place_id in roles_held(user) if changes.without_roles else changes.revoked:
            revoke_role(user, role, place_id=place_id, actor=None)
        for role, place_id in changes.granted:
            grant_role(user, role, place_id=place_id, actor=None)
        if changes.reinstated:
            reinstate_user(user, actor=None)
        if changes.suspension is not None:
            suspension = changes.suspension
            suspend_user(user, reason=suspension.reason, until=suspension.until, actor=None)
        if password_hash is not None:
            set_password(user, password_hash=password_hash)
        if changes.sessions_end:
            end_all_sessions(user, actor=None)
