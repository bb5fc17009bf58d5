"""The people of the benchmark's data: members, guests, lapsed ones, and four known accounts to sign in with."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from forum.access.models import RoleAssignment, RoleName
from forum.accounts.models import User
from forum.cli.dataset import words
from forum.core.db import db
from forum.core.ids import new_id
from forum.core.transactions import transaction

PASSWORD = "a bench is for sitting on"
KNOWN = {
    "bench-guest": "guest",
    "bench-member": "member",
    "bench-moderator": "member",
    "bench-staff": "member",
}
ROLES = {"bench-moderator": RoleName.MODERATOR, "bench-staff": RoleName.STAFF}
STANDINGS = ("member", "guest", "lapsed", "grace")
SHARES = (60, 25, 10, 5)
READERS = 20  # people beside the known accounts who have read a part
BATCH = 1000


@dataclass
class People:
    """Ids. `anybody` wrote where guests may, `members` (who are, or were) everywhere; the known accounts wrote nothing."""

    known: dict[str, int] = field(default_factory=dict)
    anybody: list[int] = field(default_factory=list)
    members: list[int] = field(default_factory=list)
    readers: dict[int, bool] = field(default_factory=dict)  # id: whether a member

    def author(self, rng: random.Random, *, member: bool) -> int:
        """Somebody, a few far more often than the rest."""
        among = self.members if member else self.anybody
        return among[int(rng.random() ** 2.5 * len(among))]


def make_people(rng: random.Random, count: int, *, password_hash: str, now: datetime) -> People:
    """Every account; the known ones come first and count among them."""
    people = People()
    rows: list[dict[str, Any]] = []
    names = [*KNOWN, *(f"person{number:05d}" for number in range(max(0, count - len(KNOWN))))]
    for number, username in enumerate(names):
        standing = KNOWN.get(username) or rng.choices(STANDINGS, SHARES)[0]
        row = _row(rng, username, standing, password_hash, now)
        rows.append(row)
        if username in KNOWN:
            people.known[username] = row["id"]
        else:
            people.anybody.append(row["id"])
            if standing != "guest":
                people.members.append(row["id"])
        if number < len(KNOWN) + READERS:
            people.readers[row["id"]] = standing in ("member", "grace")
    if not people.members:
        raise ValueError("too few people: nobody is a member")
    for start in range(0, len(rows), BATCH):
        with transaction():
            db.session.execute(insert(User), rows[start : start + BATCH])
    with transaction():
        db.session.execute(
            insert(RoleAssignment),
            [
                {
                    "id": new_id(),
                    "user_id": people.known[name],
                    "role": role,
                    "place_id": None,
                    "granted_at": now,
                }
                for name, role in ROLES.items()
            ],
        )
    return people


def _row(
    rng: random.Random, username: str, standing: str, password_hash: str, now: datetime
) -> dict[str, Any]:
    since, until = {
        "guest": (None, None),
        "member": (now - timedelta(days=400), now + timedelta(days=3650)),
        "grace": (now - timedelta(days=400), now - timedelta(days=5)),
        "lapsed": (now - timedelta(days=1200), now - timedelta(days=400)),
    }[standing]
    return {
        "id": new_id(),
        "username": username,
        "username_key": username.casefold(),
        "email": f"{username}@example.org",
        "email_key": f"{username}@example.org",
        "email_confirmed_at": now - timedelta(days=400),
        "password_hash": password_hash,
        "member_since": since,
        "member_until": until,
        "created_at": now - timedelta(days=400),
        **words.person(rng),
    }
