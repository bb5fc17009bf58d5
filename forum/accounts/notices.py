"""Mail about accounts: written by the worker, after the change it tells of, never inside its transaction."""

from typing import Any

from flask_babel import gettext as _

from forum.accounts import tokens
from forum.accounts.models import AccountToken, PersonalToken, TokenPurpose, User
from forum.accounts.queries import find_by_address
from forum.accounts.signals import (
    ConfirmationRequested,
    EmailChanged,
    KnownAddressGiven,
    PasswordChanged,
    PasswordStopped,
    PersonalTokenMade,
    ResetRequested,
    TokenIssued,
)
from forum.core import clock, settings
from forum.core.db import db
from forum.core.signals import listens_to
from forum.core.transactions import publish, transaction
from forum.mail.sending import compose, send
from forum.web.links import absolute
from forum.web.token_scopes import explained

TEMPLATES = {
    TokenPurpose.CONFIRM: ("confirm", "/confirm/"),
    TokenPurpose.CHANGE_EMAIL: ("change_email", "/confirm/"),
    TokenPurpose.RESET: ("reset", "/reset/"),
}


@listens_to(TokenIssued, later=True)
def send_token(signal: TokenIssued) -> None:
    """Mail the link, unless it has been used, replaced or has run out meanwhile, or the person has been suspended."""
    token = db.session.get(AccountToken, signal.token_id)
    if token is None or token.used_at is not None or token.expires_at <= clock.now():
        return
    user = db.session.get_one(User, token.user_id)
    if user.is_suspended():
        return
    template, path = TEMPLATES[token.purpose]
    subjects = {
        TokenPurpose.CONFIRM: _("Confirm your address"),
        TokenPurpose.CHANGE_EMAIL: _("Confirm your new address"),
        TokenPurpose.RESET: _("Choose a new password"),
    }
    send(
        compose(
            token.email,
            subjects[token.purpose],
            template,
            message_id=f"token-{token.id}",
            name=token.name or user.name,
            link=absolute(path + tokens.text_of(token)),
            hours=int(tokens.LIFETIMES[token.purpose].total_seconds() // 3600),
        )
    )


@listens_to(ResetRequested, later=True)
def issue_reset(signal: ResetRequested) -> None:
    """Whether there is an account is looked up here, where nobody waits for the answer."""
    with transaction():
        user = find_by_address(signal.address_key)
        if user is not None and user.email and not user.is_suspended():
            publish(TokenIssued(token_id=tokens.issue(TokenPurpose.RESET, user, user.email).id))


@listens_to(ConfirmationRequested, later=True)
def issue_confirmation(signal: ConfirmationRequested) -> None:
    with transaction():
        user = find_by_address(signal.address_key)
        if user is not None and user.email and not user.is_confirmed and not user.is_suspended():
            publish(TokenIssued(token_id=tokens.issue_again(user, user.email).id))


@listens_to(KnownAddressGiven, later=True)
def tell_owner(signal: KnownAddressGiven) -> None:
    """Somebody gave this address where a new one was wanted: its owner is told, and nobody else."""
    user = db.session.get(User, signal.user_id)
    if user is not None and user.email:
        subject = _("You have an account at %(society)s", society=settings.current().name)
        _tell(user, signal.notice_id, user.email, subject, "exists", link=absolute("/reset"))


@listens_to(EmailChanged, later=True)
def tell_old_address(signal: EmailChanged) -> None:
    user = db.session.get(User, signal.user_id)
    if user is not None and user.email:
        subject = _("Your address was changed")
        _tell(user, signal.notice_id, signal.old_email, subject, "email_changed", email=in_part(user.email))


@listens_to(PasswordChanged, later=True)
def tell_of_password(signal: PasswordChanged) -> None:
    user = db.session.get(User, signal.user_id)
    if user is not None and user.email:
        subject = _("Your password was changed")
        _tell(user, signal.notice_id, user.email, subject, "password_changed", link=absolute("/reset"))


@listens_to(PersonalTokenMade, later=True)
def tell_of_token(signal: PersonalTokenMade) -> None:
    """Somebody who is not the owner may have made it. One that has ended meanwhile is told of all the same."""
    user, token = db.session.get(User, signal.user_id), db.session.get(PersonalToken, signal.token_id)
    if user is not None and user.email and token is not None:
        allowed = ", ".join(name for scope, name, _about in explained() if scope in token.scopes)
        told = {"token": token.name, "scopes": allowed, "link": absolute("/settings/tokens")}
        _tell(user, token.id, user.email, _("A token for programs was made"), "token_made", **told)


@listens_to(PasswordStopped, later=True)
def tell_of_wrong_passwords(signal: PasswordStopped) -> None:
    user = db.session.get(User, signal.user_id)
    if user is not None and user.email and user.is_confirmed and not user.is_suspended():
        subject = _("Choose a new password")
        _tell(user, signal.notice_id, user.email, subject, "password_stopped", link=absolute("/reset"))


def in_part(email: str) -> str:
    """An address that its owner recognizes and others cannot use: n…@example.org."""
    local, _at, host = email.rpartition("@")
    return f"{local[:1]}…@{host}"


def _tell(user: User, notice_id: int, to: str, subject: str, template: str, **context: Any) -> None:
    send(compose(to, subject, template, message_id=f"notice-{notice_id}", name=user.name, **context))
