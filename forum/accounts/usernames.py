"""Who has which username: taken, looked alike, held for a while."""

import hashlib
import secrets
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from forum.accounts.models import User, UsernameHold
from forum.accounts.names import LONGEST_USERNAME, skeleton, suggest_username, username_key
from forum.core import clock
from forum.core.db import db
from forum.core.errors import Invalid


def check_free(username: str, *, user_id: int | None = None, alike: bool = True) -> None:
    """Raise Invalid where somebody else has the username, or (with `alike`) one that looks like it. In a transaction."""
    take_turn(skeleton(username))
    if _is_taken(username, user_id=user_id, alike=alike):
        raise Invalid({"username": _("Somebody has this name, or one that looks like it. Choose another.")})


def free_username(name: str, email: str, *, user_id: int | None = None) -> str:
    """A username made from a name, not taken by anybody. In a transaction."""
    base = suggest_username(name, email)
    for number in range(1, 30):
        username = base if number == 1 else f"{base}-{number}"
        take_turn(skeleton(username))
        if not _is_taken(username, user_id=user_id):
            return username
    return f"{base[: LONGEST_USERNAME - 9]}-{secrets.token_hex(4)}"


def waiting_username(user_id: int) -> str:
    """What stands in place of a username until the address is confirmed, so that registering alone takes no name."""
    return f"waiting-{user_id}"


def give_username(user: User) -> None:
    """A username made from the name, for an account that has none of its own yet. In a transaction."""
    if user.username == waiting_username(user.id):
        user.rename(free_username(user.name, user.email or "", user_id=user.id))


def hold(username: str, *, until: datetime, user_id: int | None = None) -> None:
    """Keep a username from everybody (but `user_id`) for a while."""
    key = username_key(username)
    db.session.execute(delete(UsernameHold).where(UsernameHold.key == key))
    db.session.add(UsernameHold(key=key, skeleton=skeleton(username), user_id=user_id, until=until))
    db.session.flush()


def take_turn(text: str) -> None:
    """One at a time for the same text, until this transaction ends (SQLite has one writer anyway)."""
    if db.engine.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(number)))


def _is_taken(username: str, *, user_id: int | None = None, alike: bool = True) -> bool:
    key, looks = username_key(username), skeleton(username)
    same_user, same_hold = User.username_key == key, UsernameHold.key == key
    if alike:
        same_user |= User.username_skeleton == looks
        same_hold |= UsernameHold.skeleton == looks
    for_others = UsernameHold.user_id.is_(None) | (UsernameHold.user_id != (user_id or 0))
    taken = select(User.id).where(same_user, User.id != (user_id or 0))
    held = select(UsernameHold.key).where(same_hold, for_others, UsernameHold.until > clock.now())
    return any(db.session.scalar(found.limit(1)) is not None for found in (taken, held))
