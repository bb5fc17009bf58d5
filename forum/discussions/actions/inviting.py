"""The named people of a topic."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from forum.access.models import AudienceKind, ScopePerson
from forum.access.places import AudienceChoice, find_scope, scope_for
from forum.accounts.models import User
from forum.core import clock
from forum.core.db import db
from forum.discussions.models import Topic


@dataclass(frozen=True, slots=True)
class Invitations:
    """What became of the named people of a topic, by username, in order."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    redated: list[str] = field(default_factory=list)  # whose invitation ends at another time

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.redated)


def names_people(choice: AudienceChoice | None) -> bool:
    return choice is not None and AudienceKind.PEOPLE in (choice.read, choice.reply)


def invite(
    topic: Topic, author: User, people: Iterable[User], *, until: datetime | None = None
) -> Invitations:
    """Make the author, without end, and these the named people of a topic; inside a transaction. Their rights are worked out anew."""
    scope_id = scope_for("people", topic.id)
    before = until_of_invited(topic.id)
    wanted = {person.id: until for person in people} | {author.id: None}
    added, removed = wanted.keys() - before.keys(), before.keys() - wanted.keys()
    redated = {i for i in wanted.keys() & before.keys() if wanted[i] != before[i]}
    rows = ScopePerson.scope_id == scope_id
    db.session.execute(delete(ScopePerson).where(rows, ScopePerson.user_id.in_(removed)))
    for user_id in sorted(redated):
        one = ScopePerson.user_id == user_id
        db.session.execute(update(ScopePerson).where(rows, one).values(until=wanted[user_id]))
    db.session.add_all(ScopePerson(scope_id=scope_id, user_id=i, until=wanted[i]) for i in sorted(added))
    db.session.flush()
    changed = added | removed | redated
    if not changed:
        return Invitations()
    db.session.execute(update(User).where(User.id.in_(changed)).values(rights_epoch=User.rights_epoch + 1))
    names = _usernames(changed)
    return Invitations(*([names[i] for i in names if i in some] for some in (added, removed, redated)))


def copy_invitations(source: Topic, target: Topic) -> None:
    """Those named for one topic are named for the other too; inside a transaction."""
    held = until_of_invited(source.id)
    if not held:
        return
    scope_id = scope_for("people", target.id)
    there = until_of_invited(target.id)
    fresh = sorted(held.keys() - there.keys())
    db.session.add_all(ScopePerson(scope_id=scope_id, user_id=i, until=held[i]) for i in fresh)
    db.session.execute(update(User).where(User.id.in_(fresh)).values(rights_epoch=User.rights_epoch + 1))
    db.session.flush()


def until_of_invited(topic_id: int) -> dict[int, datetime | None]:
    """Everybody who was ever named and not taken out again, with the end of the invitation, be it over or not."""
    scope_id = find_scope("people", topic_id)
    rows = db.session.execute(
        select(ScopePerson.user_id, ScopePerson.until).where(ScopePerson.scope_id == scope_id)
    )
    return {user_id: until for user_id, until in rows}  # noqa: C416


def invited(topic_id: int) -> list[User]:
    """The named people of a topic whose invitation has not ended, by name."""
    scope_id = find_scope("people", topic_id)
    return list(
        db.session.scalars(
            select(User)
            .join(ScopePerson, ScopePerson.user_id == User.id)
            .where(
                ScopePerson.scope_id == scope_id,
                or_(ScopePerson.until.is_(None), ScopePerson.until > clock.now()),
            )
            .order_by(User.name, User.id)
        )
    )


def end_of_invitations(topic_id: int) -> datetime | None:
    """When the last of the invitations ends that hold and have an end."""
    scope_id = find_scope("people", topic_id)
    holds = ScopePerson.until > clock.now()
    return db.session.scalar(
        select(func.max(ScopePerson.until)).where(ScopePerson.scope_id == scope_id, holds)
    )


def _usernames(user_ids: Iterable[int]) -> dict[int, str]:
    found = select(User.id, User.username).where(User.id.in_(sorted(user_ids))).order_by(User.username_key)
    return {user_id: username for user_id, username in db.session.execute(found)}  # noqa: C416
