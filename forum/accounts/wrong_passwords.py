"""Wrong passwords in a row, kept in the database so that a restart forgets none. At the hundredth the password is stopped
until its owner chooses another by mail; before that no account is ever locked by itself."""

from datetime import timedelta
from hashlib import blake2s

from sqlalchemy import delete, select

from forum.accounts.addresses import key_of
from forum.accounts.models import User, WrongPasswords
from forum.accounts.queries import find_account
from forum.accounts.signals import PasswordStopped
from forum.core import clock
from forum.core.db import db
from forum.core.ids import new_id
from forum.core.transactions import publish, transactional
from forum.core.upserts import insert

MOST_IN_A_ROW = 100
KEPT_FOR_NOBODY = timedelta(days=1)  # what was counted for texts that lead to no account


def account_key(account: str | User) -> tuple[str, int | None]:
    """What an account is counted under, however it is written, and its id; the text itself where there is none. Looks the
    same whether or not it is there, and no address is kept in memory or in Redis."""
    if isinstance(account, User):
        return _digest(f"user:{account.id}"), account.id
    found = find_account(account)
    if found is None:
        return _digest("text:" + key_of(account)), None
    return _digest(f"user:{found.id}"), found.id


@transactional
def note(key: str, user_id: int | None) -> None:
    """One more. The owner is told by mail when it was the last."""
    now = clock.now()
    row = insert(WrongPasswords).values(key=key, user_id=user_id, count=1, last_at=now)
    count = db.session.scalar(
        row.on_conflict_do_update(
            index_elements=["key"], set_={"count": WrongPasswords.count + 1, "last_at": now}
        ).returning(WrongPasswords.count)
    )
    if count == MOST_IN_A_ROW and user_id is not None:
        publish(PasswordStopped(user_id=user_id, notice_id=new_id()))


def are_too_many(user: User) -> bool:
    """Whether the password of an account is stopped."""
    count = db.session.scalar(select(WrongPasswords.count).where(WrongPasswords.key == account_key(user)[0]))
    return (count or 0) >= MOST_IN_A_ROW


def forget(user: User) -> None:
    """The right one was given, or a new one chosen; in a transaction."""
    db.session.execute(delete(WrongPasswords).where(WrongPasswords.key == account_key(user)[0]))


def forget_old() -> None:
    """What was counted for nobody is not kept for long; in a transaction."""
    old = WrongPasswords.last_at <= clock.now() - KEPT_FOR_NOBODY
    db.session.execute(delete(WrongPasswords).where(WrongPasswords.user_id.is_(None), old))


def _digest(text: str) -> str:
    return blake2s(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
