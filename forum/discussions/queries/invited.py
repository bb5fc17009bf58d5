"""The named people of topics, for lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from forum.access.models import Scope, ScopePerson
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db


@dataclass(frozen=True, slots=True)
class Named:
    user_id: int
    username: str


def named_people(topic_ids: Sequence[int]) -> dict[int, list[Named]]:
    """The people named for each of these topics whose invitation has not ended, by username; one statement, or none."""
    if not topic_ids:
        return {}
    held = or_(ScopePerson.until.is_(None), ScopePerson.until > clock.now())
    rows = db.session.execute(
        select(Scope.ref_id, User.id, User.username)
        .join(ScopePerson, ScopePerson.scope_id == Scope.id)
        .join(User, User.id == ScopePerson.user_id)
        .where(Scope.kind == "people", Scope.ref_id.in_(topic_ids), held)
        .order_by(User.username_key)
    )
    found: dict[int, list[Named]] = {}
    for topic_id, user_id, username in rows:
        found.setdefault(topic_id, []).append(Named(user_id, username))
    return found
