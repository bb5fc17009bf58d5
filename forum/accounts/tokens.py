"""Single-use tokens sent by mail. The database keeps a hash; the token itself is worked out from the row and the site's key
when the mail is written, so that it stands nowhere else."""

import base64
import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, delete, exists, select, update

from forum.accounts.models import AccountToken, TokenPurpose, User
from forum.accounts.sessions import token_hash
from forum.config import Config
from forum.core import clock
from forum.core.db import db
from forum.core.ids import new_id

LIFETIMES = {
    TokenPurpose.CONFIRM: timedelta(days=3),
    TokenPurpose.CHANGE_EMAIL: timedelta(days=3),
    TokenPurpose.RESET: timedelta(hours=1),
}
MOST_REGISTRATIONS = 5  # that wait for one address at a time


def issue(purpose: TokenPurpose, user: User, email: str) -> AccountToken:
    """A new token, inside a transaction; those of the same purpose that the person had are void."""
    end_tokens(user, purpose)
    return _add(purpose, user, email)


def issue_for_registration(
    user: User, email: str, *, name: str | None, password_hash: str | None
) -> AccountToken:
    """A token that confirms what this registration said, beside those of earlier ones. Where many wait, the newest give way:
    whoever was first is not pushed out."""
    for surplus in waiting_registrations(user.id)[MOST_REGISTRATIONS - 1 :]:
        db.session.delete(surplus)
    return _add(TokenPurpose.CONFIRM, user, email, name=name, password_hash=password_hash)


def issue_again(user: User, email: str) -> AccountToken:
    """Another link for the newest registration that waits; its former link is void."""
    newest = db.session.scalar(
        select(AccountToken)
        .where(
            AccountToken.user_id == user.id,
            AccountToken.purpose == TokenPurpose.CONFIRM,
            AccountToken.used_at.is_(None),
        )
        .order_by(AccountToken.id.desc())
        .limit(1)
    )
    if newest is not None:
        db.session.delete(newest)
    name, password_hash = (newest.name, newest.password_hash) if newest else (None, None)
    return _add(TokenPurpose.CONFIRM, user, email, name=name, password_hash=password_hash)


def waiting_registrations(user_id: int) -> list[AccountToken]:
    """The live tokens of registrations that wait for their address to be confirmed, oldest first."""
    waiting = select(AccountToken).where(AccountToken.user_id == user_id, *_is_live((TokenPurpose.CONFIRM,)))
    return list(db.session.scalars(waiting.order_by(AccountToken.id)))


def _add(
    purpose: TokenPurpose,
    user: User,
    email: str,
    *,
    name: str | None = None,
    password_hash: str | None = None,
) -> AccountToken:
    now, token_id = clock.now(), new_id()
    token = AccountToken(
        id=token_id,
        token_hash=token_hash(_text(purpose, token_id)),
        purpose=purpose,
        user_id=user.id,
        email=email,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
        name=name,
        password_hash=password_hash,
    )
    db.session.add(token)
    db.session.flush()
    return token


def text_of(token: AccountToken) -> str:
    """The token as it stands in a link."""
    return _text(token.purpose, token.id)


def find_token(text: str, *purposes: TokenPurpose) -> AccountToken | None:
    """The token, while it can still be used; looking uses nothing up."""
    if not 20 <= len(text) <= 100 or not text.isascii():
        return None
    return db.session.scalar(
        select(AccountToken).where(AccountToken.token_hash == token_hash(text), *_is_live(purposes))
    )


def use_token(text: str, *purposes: TokenPurpose) -> AccountToken | None:
    """Use it up, inside a transaction; of several at once exactly one succeeds."""
    used = db.session.scalar(
        update(AccountToken)
        .where(AccountToken.token_hash == token_hash(text), *_is_live(purposes))
        .values(used_at=clock.now())
        .returning(AccountToken.id)
    )
    return db.session.get(AccountToken, used) if used is not None else None


def end_tokens(user: User, *purposes: TokenPurpose) -> None:
    db.session.execute(
        delete(AccountToken).where(
            AccountToken.user_id == user.id,
            AccountToken.purpose.in_(purposes or tuple(TokenPurpose)),
            AccountToken.used_at.is_(None),
        )
    )


def _is_live(purposes: tuple[TokenPurpose, ...]) -> tuple[ColumnElement[bool], ...]:
    """Not used, not too old, and not of somebody who is suspended at this moment."""
    now = clock.now()
    suspended = exists().where(
        User.id == AccountToken.user_id,
        User.suspended_at.is_not(None),
        User.suspended_until.is_(None) | (User.suspended_until > now),
    )
    return (
        ~suspended,
        AccountToken.purpose.in_(purposes),
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > now,
    )


def _text(purpose: TokenPurpose, token_id: int) -> str:
    config: Config = current_app.extensions["forum_config"]
    told = f"account-token:{purpose}:{token_id}".encode()
    mac = hmac.new(config.secret_key.encode(), told, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
