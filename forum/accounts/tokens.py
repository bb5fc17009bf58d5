"""Single-use tokens sent by mail. The database keeps a hash; the token itself is worked out from the row and the site's key
when the mail is written, so that it stands nowhere else."""

import base64
import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, delete, select, update

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


def issue(purpose: TokenPurpose, user: User, email: str) -> AccountToken:
    """A new token, inside a transaction; those of the same purpose that the person had are void."""
    end_tokens(user, purpose)
    now, token_id = clock.now(), new_id()
    token = AccountToken(
        id=token_id,
        token_hash=token_hash(_text(purpose, token_id)),
        purpose=purpose,
        user_id=user.id,
        email=email,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
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
    return (
        AccountToken.purpose.in_(purposes),
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > clock.now(),
    )


def _text(purpose: TokenPurpose, token_id: int) -> str:
    config: Config = current_app.extensions["forum_config"]
    told = f"account-token:{purpose}:{token_id}".encode()
    mac = hmac.new(config.secret_key.encode(), told, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
