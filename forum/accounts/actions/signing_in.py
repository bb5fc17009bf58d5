"""Signing in and out. The password is verified before the transaction, the account looked at again within."""

from dataclasses import dataclass

from flask_babel import gettext as _

from forum.accounts import passwords, wrong_passwords
from forum.accounts.models import User
from forum.accounts.queries import account_to_change, find_account, is_staff, session_to_change
from forum.accounts.sessions import begin_session, end_sessions, rotate_session
from forum.core import clock
from forum.core.errors import Forbidden, Invalid
from forum.core.transactions import transaction, transactional


class SignInRefused(Invalid):
    """The one answer to everything that does not fit, so that it tells nothing."""

    def __init__(self) -> None:
        super().__init__(
            {
                "": _(
                    "This did not work. Look at the address and the password again; "
                    "a new account works once its address has been confirmed. "
                    "If it fails again and again, choose a new password with a link by mail."
                )
            }
        )


@dataclass(frozen=True, slots=True)
class Browser:
    """What is kept of the device somebody signs in on; the session it had before ends."""

    device: str = ""
    network: str = ""
    session_id: int | None = None


def sign_in(email: str, *, password: str, browser: Browser) -> str:
    """Begin a session; answers its token. Raises SignInRefused, or Forbidden with the reason of a suspension."""
    user = find_account(email)
    user_id, stored = (user.id, user.password_hash) if user else (None, None)
    if not passwords.verify_password(stored, password) or user_id is None:
        raise SignInRefused
    new_hash = passwords.hash_password(password) if passwords.is_outdated(stored) else None
    with transaction():
        user = account_to_change(user_id)
        if user.password_hash != stored or not user.is_confirmed or wrong_passwords.are_too_many(user):
            raise SignInRefused
        if new_hash:
            user.password_hash = new_hash
        wrong_passwords.forget(user)
        return _begin(user, browser)


@transactional
def sign_in_as(user: User, *, browser: Browser) -> str:
    """Begin a session for an account of the demo, without a password; the door sees to it that it is the demo."""
    return _begin(account_to_change(user.id), browser)


@transactional
def sign_out(user: User, *, session_id: int) -> None:
    end_sessions(user, [session_id], reason="signed out")


def prove(user: User, *, session_id: int, password: str) -> str:
    """Give the password once more for what needs it; the session gets a new token, which is answered."""
    user_id, stored = user.id, user.password_hash
    if not passwords.verify_password(stored, password):
        raise Invalid({"password": _("This is not your password.")})
    with transaction():
        user = account_to_change(user_id)
        if user.password_hash != stored:
            raise Invalid({"password": _("This is not your password.")})
        refuse_stopped_password(user)
        wrong_passwords.forget(user)
        here = session_to_change(session_id)
        here.proved_at = clock.now()
        return rotate_session(here)


def refuse_stopped_password(user: User) -> None:
    """Raise Invalid where so many wrong ones were given that the right one counts no more; told to whoever is signed in."""
    if wrong_passwords.are_too_many(user):
        raise Invalid(
            {"password": _("Too many wrong passwords were given. Choose a new one with a link by mail.")}
        )


def _begin(user: User, browser: Browser) -> str:
    if user.is_suspended():
        raise Forbidden(suspension_in_words(user))
    if browser.session_id is not None:
        end_sessions(user, [browser.session_id], reason="signed in again")
    user.last_seen_at = clock.now()
    return begin_session(user, is_staff=is_staff(user), device=browser.device, network=browser.network)


def suspension_in_words(user: User) -> str:
    """Told to the person alone, once the password was right."""
    words = _("This account is suspended.")
    if user.suspension_reason:
        words += " " + user.suspension_reason
    if user.suspended_until:
        words += " " + _("It ends on %(date)s.", date=f"{user.suspended_until:%Y-%m-%d}")
    return words
