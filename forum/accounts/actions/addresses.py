"""Addresses: confirmed by a link in a mail, changed once the new one is confirmed."""

from dataclasses import dataclass

from flask_babel import gettext as _

from forum.accounts import passwords
from forum.accounts.addresses import key_of
from forum.accounts.models import AccountToken, TokenPurpose, User
from forum.accounts.queries import account_to_change, find_by_address, find_confirmation
from forum.accounts.signals import (
    ConfirmationRequested,
    EmailChanged,
    EmailConfirmed,
    KnownAddressGiven,
    TokenIssued,
)
from forum.accounts.tokens import end_tokens, issue, use_token, waiting_registrations
from forum.accounts.usernames import free_username, give_username, take_turn
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.ids import new_id
from forum.core.transactions import publish, transaction, transactional


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a link has done."""

    purpose: TokenPurpose
    user_id: int
    email: str


@transactional
def request_confirmation(email: str) -> None:
    """Send the link again, if an account waits for it. The worker looks: here known and unknown addresses are alike."""
    publish(ConfirmationRequested(address_key=key_of(email)))


def confirm_email(token: str, *, password: str = "") -> Confirmed | None:
    """Use the link up. None where it is used, void or too old; of several at once one succeeds. Where several registrations
    wait for the address the password says which one is meant: raises Invalid without it."""
    found = find_confirmation(token)
    if found is None:
        return None
    meant_id = _registration_meant(found, password)
    with transaction():
        used = use_token(token, TokenPurpose.CONFIRM, TokenPurpose.CHANGE_EMAIL)
        meant = db.session.get(AccountToken, meant_id, populate_existing=True)
        if used is None or meant is None:
            return None
        user = account_to_change(used.user_id)
        if user.is_suspended():  # since the link was looked at
            return None
        if used.purpose is TokenPurpose.CHANGE_EMAIL:
            _take_address(user, used.email)
        elif user.is_confirmed or user.email_key != key_of(used.email):
            return None
        else:
            _take_over(user, meant)
        user.confirm(clock.now())
        user.rights_epoch = User.rights_epoch + 1
        publish(EmailConfirmed(user_id=user.id, email=used.email))
        return Confirmed(used.purpose, user.id, used.email)


@transactional
def change_email(user: User, *, email: str) -> None:
    """Send a link to the new address; the old one stays in use until it is used. The password was asked at the door."""
    user = account_to_change(user.id)
    if user.email_key == key_of(email):
        raise Invalid({"email": _("This is your address already.")})
    other = find_by_address(key_of(email))
    if other is not None and other.is_confirmed:
        publish(KnownAddressGiven(user_id=other.id, notice_id=new_id()))
        return
    publish(TokenIssued(token_id=issue(TokenPurpose.CHANGE_EMAIL, user, email).id))


def _registration_meant(link: AccountToken, password: str) -> int:
    """Which registration a link confirms: its own. Where others wait too, somebody else may have made it; the one whose
    password is known to whoever has the link."""
    waiting = waiting_registrations(link.user_id) if link.purpose is TokenPurpose.CONFIRM else [link]
    if len(waiting) <= 1:
        return link.id
    known = [(one.id, one.password_hash) for one in reversed(waiting)]
    if not password:
        raise Invalid({"password": _("Type the password that you chose when you registered.")})
    for token_id, password_hash in known:
        if passwords.verify_password(password_hash, password):
            return token_id
    raise Invalid({"password": _("Nobody registered with this address and this password.")})


def _take_over(user: User, registration: AccountToken) -> None:
    """Make the account what its registration said; every other registration of the address is void."""
    if registration.name is not None:
        user.name, user.password_hash = registration.name, registration.password_hash
        user.rename(free_username(registration.name, registration.email, user_id=user.id))
    else:
        give_username(user)
    end_tokens(user)


def _take_address(user: User, email: str) -> None:
    """Move an account to another address; links sent to the old one are void."""
    take_turn(key_of(email))
    other = find_by_address(key_of(email))
    if other is not None and other.id != user.id:
        if other.is_confirmed:
            raise Invalid({"": _("This address belongs to another account by now.")})
        other.email = other.email_key = None  # nobody ever confirmed it there
        db.session.flush()  # before another row takes the key
    old_email = user.email
    end_tokens(user)
    user.email, user.email_key = email, key_of(email)
    if old_email:
        publish(EmailChanged(user_id=user.id, old_email=old_email, notice_id=new_id()))
