"""Feed tokens: long, random, known here by their hash alone, good for reading feeds and for nothing else."""

import secrets

from sqlalchemy import delete, select

from forum.accounts.models import FeedToken, User
from forum.accounts.sessions import token_hash
from forum.core import clock
from forum.core.db import db
from forum.core.versions import SITE, Version, note_site_version

MOST_AT_ONCE = 20

_VERSION = select(Version.value).where(Version.name == SITE).scalar_subquery()


def find_feed_reader(token: str) -> User | None:
    """Whose token this is, with the site's version; one statement, or none for rubbish."""
    if not 20 <= len(token) <= 100 or not token.isascii():
        return None
    row = db.session.execute(
        select(User, _VERSION)
        .join(FeedToken, FeedToken.user_id == User.id)
        .where(FeedToken.token_hash == token_hash(token))
    ).first()
    if row is None:
        return None
    note_site_version(row[1] or 0)
    user: User = row[0]
    return user


def give_token(held: FeedToken) -> str:
    """Another token for a row, inside a transaction; answers it, and it stands nowhere else."""
    token = secrets.token_urlsafe(32)
    held.token_hash, held.made_at = token_hash(token), clock.now()
    return token


def end_feed_tokens(user: User) -> None:
    """Inside a transaction: every feed of this person stops."""
    db.session.execute(delete(FeedToken).where(FeedToken.user_id == user.id))
