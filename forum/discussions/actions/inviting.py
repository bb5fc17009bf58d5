"""The named people of a topic."""

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from forum.access.models import ScopePerson
from forum.access.places import find_scope, scope_for
from forum.accounts.models import User
from forum.core.db import db
from forum.discussions.models import Topic


def invite(topic: Topic, people: Iterable[User]) -> None:
    """Make these the named people of a topic; inside a transaction. Their rights are worked out anew."""
    scope_id = scope_for("people", topic.id)
    before = set(db.session.scalars(select(ScopePerson.user_id).where(ScopePerson.scope_id == scope_id)))
    wanted = {person.id for person in people}
    db.session.execute(
        delete(ScopePerson).where(ScopePerson.scope_id == scope_id, ScopePerson.user_id.in_(before - wanted))
    )
    db.session.add_all(ScopePerson(scope_id=scope_id, user_id=user_id) for user_id in wanted - before)
    db.session.flush()
    changed = before ^ wanted
    if changed:
        db.session.execute(
            update(User).where(User.id.in_(changed)).values(rights_epoch=User.rights_epoch + 1)
        )


def invited(topic_id: int) -> list[User]:
    """The named people of a topic, by name."""
    scope_id = find_scope("people", topic_id)
    return list(
        db.session.scalars(
            select(User)
            .join(ScopePerson, ScopePerson.user_id == User.id)
            .where(ScopePerson.scope_id == scope_id)
            .order_by(User.name, User.id)
        )
    )
