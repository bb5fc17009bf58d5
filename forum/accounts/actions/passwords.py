"""Passwords: forgotten, reset by a link, changed. Hashing is done before any transaction."""

from flask_babel import gettext as _

from forum.accounts import passwords, wrong_passwords
from forum.accounts.actions.signing_in import refuse_stopped_password
from forum.accounts.addresses import key_of
from forum.accounts.bearers import end_personal_tokens
from forum.accounts.feed_tokens import end_feed_tokens
from forum.accounts.models import TokenPurpose, User
from forum.accounts.queries import account_to_change, session_to_change, sessions_of
from forum.accounts.sessions import end_sessions, rotate_session
from forum.accounts.signals import EmailConfirmed, PasswordChanged, ResetRequested
from forum.accounts.tokens import end_tokens, find_token, use_token
from forum.accounts.usernames import give_username
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.ids import new_id
from forum.core.transactions import publish, transaction, transactional


@transactional
def request_reset(email: str) -> None:
    """Send a link to choose a new password, if there is an account. The worker looks: here all addresses are alike."""
    publish(ResetRequested(address_key=key_of(email)))


def reset_password(token: str, *, password: str) -> bool:
    """Set a new password with a link; every session ends. False where the link is used, void or too old."""
    found = find_token(token, TokenPurpose.RESET)
    if found is None:
        return False
    _check_strength(db.session.get_one(User, found.user_id), password)
    new_hash = passwords.hash_password(password)
    with transaction():
        used = use_token(token, TokenPurpose.RESET)
        if used is None:
            return False
        user = account_to_change(used.user_id)
        if user.email_key != key_of(used.email) or user.is_suspended():
            return False
        _set_password(user, new_hash)
        end_sessions(user, reason="password reset")
        if user.confirm(clock.now()):  # the link came to this address
            give_username(user)
            publish(EmailConfirmed(user_id=user.id, email=used.email))
        return True


def change_password(user: User, *, session_id: int, password: str, new_password: str) -> str:
    """Another password; every other session ends and this one gets a new token, which is answered."""
    user_id, old_hash = user.id, user.password_hash
    _check_strength(user, new_password, field="new_password")
    if not passwords.verify_password(old_hash, password):
        raise Invalid({"password": _("This is not your password.")})
    new_hash = passwords.hash_password(new_password)
    with transaction():
        user = account_to_change(user_id)
        if user.password_hash != old_hash:
            raise Invalid({"password": _("This is not your password.")})
        refuse_stopped_password(user)
        _set_password(user, new_hash)
        others = [other.id for other in sessions_of(user) if other.id != session_id]
        end_sessions(user, others, reason="password changed")
        here = session_to_change(session_id)
        here.proved_at = clock.now()
        return rotate_session(here, at_once=True)


def new_hash_for(user: User, password: str) -> str:
    """The hash of a password that may be given to this account. Before a transaction. Raises Invalid for a weak one."""
    _check_strength(user, password)
    return passwords.hash_password(password)


@transactional
def set_password(user: User, *, password_hash: str) -> None:
    """A new password given by a command, as `new_hash_for` answered it; every session ends."""
    user = account_to_change(user.id)
    _set_password(user, password_hash)
    end_sessions(user, reason="password set")


def _set_password(user: User, new_hash: str) -> None:
    user.password_hash = new_hash
    user.rights_epoch = User.rights_epoch + 1
    end_tokens(user)
    end_personal_tokens(user, reason="password")
    end_feed_tokens(user)
    wrong_passwords.forget(user)
    publish(PasswordChanged(user_id=user.id, notice_id=new_id()))


def _check_strength(user: User, password: str, *, field: str = "password") -> None:
    context = [user.name, user.username, user.email or "", user.institution]
    passwords.check_strength(password, context=context, field=field)
