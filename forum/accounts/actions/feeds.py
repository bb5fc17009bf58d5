"""Addresses of feeds that are one's own: made, made anew, revoked."""

from flask_babel import gettext as _
from sqlalchemy import delete, select

from forum.accounts.feed_tokens import MOST_AT_ONCE, give_token
from forum.accounts.models import FeedToken, User
from forum.accounts.queries import account_to_change, feed_tokens_of
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.transactions import transactional


@transactional
def make_feed_token(user: User, *, name: str) -> str:
    """A token for one more feed reader; answered once."""
    user = account_to_change(user.id)
    if len(feed_tokens_of(user)) >= MOST_AT_ONCE:
        raise Invalid(
            {"name": _("You have %(most)s addresses already. Revoke one first.", most=MOST_AT_ONCE)}
        )
    held = FeedToken(user_id=user.id, name=name)
    token = give_token(held)
    db.session.add(held)
    return token


@transactional
def renew_feed_token(user: User, *, token_id: int) -> str | None:
    """Another token in the place of one's own; the old one is dead. None where there is no such token."""
    own = select(FeedToken).where(FeedToken.id == token_id, FeedToken.user_id == user.id)
    held = db.session.scalar(own.with_for_update().execution_options(populate_existing=True))
    return give_token(held) if held is not None else None


@transactional
def revoke_feed_token(user: User, *, token_id: int) -> bool:
    """Nothing is read with it any more. False where there is no such token of one's own."""
    own = delete(FeedToken).where(FeedToken.id == token_id, FeedToken.user_id == user.id)
    return db.session.scalar(own.returning(FeedToken.id)) is not None
