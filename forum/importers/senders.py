"""Those who wrote what is imported: placeholders who cannot sign in and are never mailed, or whoever owns the address."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from forum.accounts import names
from forum.accounts.models import ImportedAddress, User
from forum.core import clock
from forum.core.db import db
from forum.core.ids import new_id
from forum.core.upserts import insert as insert_or_update
from forum.core.versions import bump_site
from forum.importers.mail.people import Person
from forum.importers.models import ImportedName

_REMEMBERED = 20_000
_NAME_PART = 24
NAMELESS = "Unknown sender"
_INSERT_USERS = insert(User)
_INSERT_ADDRESSES = insert(ImportedAddress)
_RENAME = (
    update(User)
    .where(User.id == bindparam("user_id"), User.imported_at.is_not(None))
    .values(name=bindparam("shown"))
)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Senders:
    """User ids by person; remembers those met last, so that most batches ask nothing.

    `name_of` tells by which name a person is to be shown, from all that is known of them.
    """

    def __init__(self, name_of: Callable[[str], str | None]) -> None:
        self._known: OrderedDict[str, int] = OrderedDict()
        self._name_of = name_of
        self._renamed: dict[int, str] = {}

    def ids_of(self, people: Iterable[Person]) -> tuple[dict[str, int], int]:
        """The user of each person by key, made where there is none; and how many were made. Inside a transaction."""
        wanted = {
            person.key: replace(person, name=self._name_of(person.key) or person.name) for person in people
        }
        self._renamed = {}
        found = {key: self._known[key] for key in wanted if key in self._known}
        missing = {key: person for key, person in wanted.items() if key not in found}
        made = 0
        if missing:
            found |= self._stored(missing)
            owners = self._owners({key: person for key, person in missing.items() if key not in found})
            strangers = {key: p for key, p in missing.items() if key not in found and key not in owners}
            made = len(strangers)
            found |= owners | self._make(strangers)
            self._write_addresses({key: found[key] for key in (*owners, *strangers)})
        return found, made

    def remember(self, found: dict[str, int]) -> None:
        """After commit: these are there to stay."""
        self._known.update(found)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def rename(self) -> None:
        """Show placeholders by better names, where messages of this run tell them. After all else that the batch locks."""
        if self._renamed:
            rows = [{"user_id": user_id, "shown": name} for user_id, name in sorted(self._renamed.items())]
            db.session.connection().execute(_RENAME, rows)
            bump_site()

    def _stored(self, people: dict[str, Person]) -> dict[str, int]:
        rows = db.session.execute(
            select(ImportedAddress.address_key, User.id, User.name, User.imported_at)
            .join(User, User.id == ImportedAddress.user_id)
            .where(ImportedAddress.address_key.in_(people))
        ).all()
        for row in rows:
            shown = _shown_name(people[row.address_key].name)
            if row.imported_at is not None and row.name != shown:
                self._renamed[row.id] = shown
        return {row.address_key: row.id for row in rows}

    @staticmethod
    def _owners(people: dict[str, Person]) -> dict[str, int]:
        """Accounts that have confirmed an address: what it wrote is theirs."""
        rows = db.session.execute(
            select(User.email_key, User.id).where(
                User.email_key.in_([key for key, person in people.items() if person.address]),
                User.email_confirmed_at.is_not(None),
            )
        )
        return {key: user_id for key, user_id in rows if key is not None}

    @staticmethod
    def _make(people: dict[str, Person]) -> dict[str, int]:
        if not people:
            return {}
        now = clock.now()
        made: dict[str, int] = {}
        rows: list[dict[str, Any]] = []
        for key, person in people.items():
            made[key] = new_id()
            username = placeholder_username(person.name)
            rows.append(
                {
                    "id": made[key],
                    "username": username,
                    "username_key": names.username_key(username),
                    "name": _shown_name(person.name),
                    "imported_at": now,
                    "created_at": now,
                }
            )
        db.session.connection().execute(_INSERT_USERS, rows)
        return made

    @staticmethod
    def _write_addresses(found: dict[str, int]) -> None:
        if found:
            rows = [{"address_key": key, "user_id": user_id} for key, user_id in found.items()]
            db.session.connection().execute(_INSERT_ADDRESSES, rows)


def count_names(said: Mapping[tuple[str, str], int]) -> None:
    """Remember how often people have written under which name."""
    if not said:
        return
    row = insert_or_update(ImportedName)
    row = row.on_conflict_do_update(
        index_elements=["address_key", "name"],
        set_={"messages": ImportedName.messages + row.excluded.messages},
    )
    rows = [
        {"address_key": key, "name": name, "messages": times} for (key, name), times in sorted(said.items())
    ]
    db.session.connection().execute(row, rows)


def count_strangers(people: list[str]) -> int:
    """How many of these people are not known here yet."""
    known: set[str] = set()
    for start in range(0, len(people), 500):
        lot = people[start : start + 500]
        known.update(
            db.session.scalars(
                select(ImportedAddress.address_key).where(ImportedAddress.address_key.in_(lot))
            )
        )
        owners = select(User.email_key).where(User.email_key.in_(lot), User.email_confirmed_at.is_not(None))
        known.update(key for key in db.session.scalars(owners) if key)
    return len(set(people) - known)


def placeholder_username(name: str) -> str:
    """A name of its own that nobody else would want: the real people's names stay free for them."""
    words = names.suggest_username(name)[:_NAME_PART].strip("-")
    return f"{words}-{''.join(secrets.choice(_LETTERS) for _ in range(6))}"


def _shown_name(name: str) -> str:
    """The name as accounts have them."""
    try:
        return names.clean_name(name[: names.LONGEST_NAME])
    except ValueError:
        return NAMELESS
