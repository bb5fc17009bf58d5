"""Guests register. Nothing in the answer, or in what it takes, tells whether the address has an account."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError

from forum.accounts.addresses import key_of
from forum.accounts.models import AccountToken, TokenPurpose, User, UsernameHold
from forum.accounts.params import RegisterParams
from forum.accounts.passwords import check_strength, hash_password
from forum.accounts.queries import find_by_address
from forum.accounts.signals import KnownAddressGiven, TokenIssued
from forum.accounts.tokens import LIFETIMES, issue_for_registration
from forum.accounts.usernames import take_turn, waiting_username
from forum.core import clock, settings
from forum.core.db import db
from forum.core.errors import Forbidden
from forum.core.ids import new_id
from forum.core.transactions import publish, transaction

HELD = LIFETIMES[TokenPurpose.CONFIRM]  # as long as an account waits that nobody confirms


def register_guest(params: RegisterParams) -> None:
    """A new guest, who confirms the address by mail. Whoever owns a known address is told by mail; the answer is the same.

    Until then the account has neither the name nor the password that were given: they stand with the link, since anybody
    may register with anybody's address."""
    if not settings.current().registration_open:
        raise Forbidden(_("New guest accounts are not being made at the moment."))
    check_strength(params.password, context=[params.name, params.email])
    password_hash = hash_password(params.password)
    with transaction():
        take_turn(key_of(params.email))
        known = find_by_address(key_of(params.email))
        if known is not None and known.is_confirmed:
            publish(KnownAddressGiven(user_id=known.id, notice_id=new_id()))
            return
        user = known or _new_user(params)
        user.created_at = clock.now()
        db.session.add(user)
        db.session.flush()
        token = issue_for_registration(user, params.email, name=params.name, password_hash=password_hash)
        publish(TokenIssued(token_id=token.id))


def forget_unconfirmed() -> int:
    """Remove accounts that nobody confirmed in time, with old tokens and names held no longer. Answers how many accounts."""
    with transaction():
        now, gone = clock.now(), 0
        db.session.execute(delete(UsernameHold).where(UsernameHold.until <= now))
        for user_id in list(db.session.scalars(select(User.id).where(*_is_stale(now)).limit(500))):
            try:
                with db.session.begin_nested():
                    db.session.execute(delete(User).where(User.id == user_id))
                gone += 1
            except IntegrityError:
                continue  # something here was done in this name: it stays
        db.session.execute(delete(AccountToken).where(AccountToken.expires_at <= now - timedelta(days=7)))
        return gone


def _is_stale(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Never confirmed, never seen, and no link under way that could still confirm it."""
    waiting = select(AccountToken.user_id).where(AccountToken.expires_at > now)
    return (
        User.email_confirmed_at.is_(None),
        User.imported_at.is_(None),
        User.last_seen_at.is_(None),
        User.created_at <= now - HELD,
        User.id.not_in(waiting),
    )


def _new_user(params: RegisterParams) -> User:
    user_id = new_id()
    user = User(id=user_id, email=params.email, email_key=key_of(params.email), name=params.name)
    user.rename(waiting_username(user_id))
    return user
