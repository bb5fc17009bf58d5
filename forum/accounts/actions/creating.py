"""Accounts made by a command or by staff, whose word for the address is taken."""

from flask_babel import gettext as _

from forum.access.doors import authorize
from forum.access.permissions import Permission
from forum.access.viewer import viewer_of
from forum.accounts.actions.authority import note
from forum.accounts.actions.roles import grant_role
from forum.accounts.addresses import key_of
from forum.accounts.membership import day_after
from forum.accounts.models import User
from forum.accounts.params import NewUserParams
from forum.accounts.passwords import check_strength, hash_password
from forum.accounts.queries import find_by_address
from forum.accounts.signals import EmailConfirmed, UserCreated
from forum.accounts.tokens import end_tokens
from forum.accounts.usernames import check_free, free_username, take_turn
from forum.audit.actions import AuditAction
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import publish, transaction


def create_user(params: NewUserParams, *, actor: User | None = None) -> User:
    """A confirmed account, with or without a password (a reset gives one). Raises Invalid where address or name is taken."""
    password_hash = None
    if params.password:
        check_strength(params.password, context=[params.name, params.email, params.username])
        password_hash = hash_password(params.password)
    with transaction():
        if actor is not None:
            authorize(Permission.MANAGE_PEOPLE, viewer_of(db.session.get_one(User, actor.id)))
        user = _make(params, password_hash)
        note(
            AuditAction.USER_CREATED,
            user,
            actor,
            username=user.username,
            standing=str(user.standing),
        )
        for role, place_id in params.roles:
            grant_role(user, role, place_id=place_id, actor=actor)
        publish(UserCreated(user_id=user.id))
        publish(EmailConfirmed(user_id=user.id, email=params.email))
        return user


def _make(params: NewUserParams, password_hash: str | None) -> User:
    take_turn(key_of(params.email))
    waiting = find_by_address(key_of(params.email))
    if waiting is not None and waiting.is_confirmed:
        raise Invalid({"email": _("There is an account with this address already.")})
    own_id = waiting.id if waiting else None
    if params.username:
        check_free(params.username, user_id=own_id, alike=False)
    now = clock.now()
    user = waiting or User(email=params.email, email_key=key_of(params.email), created_at=now)
    user.rename(params.username or free_username(params.name, params.email, user_id=own_id))
    user.name, user.password_hash = params.name, password_hash
    user.confirm(now)
    if params.standing == "member":
        until = day_after(params.until)
        user.set_membership(min(now, until or now), until)
    db.session.add(user)
    db.session.flush()
    end_tokens(user)  # of registrations that waited for the address
    return user
