"""Finding those to write to. Whoever is not there and whoever takes no messages look the same."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from forum.access.models import RoleAssignment, RoleName
from forum.access.permissions import Permission
from forum.access.rules import judge
from forum.access.rules.messaging import Addressee
from forum.access.viewer import Viewer, viewer_of
from forum.accounts.models import User
from forum.accounts.names import username_key
from forum.core.db import db
from forum.messaging.kinds import TakesFrom
from forum.messaging.models import MessagingPreferences


def find_people(usernames: Sequence[str]) -> dict[str, User]:
    """People with an account, by the names they were asked for."""
    keys = {name: username_key(name.strip().removeprefix("@")) for name in usernames}
    found = select(User).where(User.username_key.in_(sorted(set(keys.values()))), User.imported_at.is_(None))
    people = {user.username_key: user for user in db.session.scalars(found)}
    return {name: people[key] for name, key in keys.items() if key in people}


def writable(viewer: Viewer, people: Sequence[User]) -> set[int]:
    """The ids of those to whom the viewer may begin to write."""
    choices = preferences_of([person.id for person in people])
    return {
        person.id
        for person in people
        if judge(Permission.WRITE_TO, viewer, _addressee(person, choices.get(person.id)))
    }


def staff_among(user_ids: Collection[int]) -> set[int]:
    """Those of these people who work for the society; in one statement, where asking each for all they may do takes many."""
    if not user_ids:
        return set()
    held = select(RoleAssignment.user_id).where(
        RoleAssignment.user_id.in_(user_ids),
        RoleAssignment.role == RoleName.STAFF,
        RoleAssignment.place_id.is_(None),
    )
    return set(db.session.scalars(held))


def preferences_of(user_ids: Sequence[int]) -> dict[int, MessagingPreferences]:
    found = select(MessagingPreferences).where(MessagingPreferences.user_id.in_(user_ids))
    return {row.user_id: row for row in db.session.scalars(found)}


def own_preferences(user_id: int) -> MessagingPreferences:
    """What somebody has chosen; the usual, which is not kept, where they have not."""
    usual = MessagingPreferences(
        user_id=user_id, takes_from=TakesFrom.EVERYONE, receipts=True, invisible=False
    )
    return preferences_of([user_id]).get(user_id, usual)


def _addressee(person: User, chosen: MessagingPreferences | None) -> Addressee:
    return Addressee(viewer_of(person), str(chosen.takes_from if chosen else TakesFrom.EVERYONE))
