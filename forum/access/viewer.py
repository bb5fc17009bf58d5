"""Whoever is looking, visitors included: what they hold, worked out once and kept until it may have changed."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import g
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from forum.access.models import (
    GUESTS,
    MEMBERS,
    OVERSEERS,
    PUBLIC,
    STAFF,
    Place,
    RoleAssignment,
    RoleName,
    ScopePerson,
)
from forum.core import clock, settings
from forum.core.db import db
from forum.core.versions import site_version

MOST_KEPT = 20_000
SITE = 0


class Person(Protocol):
    """What access needs to know of an account."""

    @property
    def id(self) -> Any: ...
    @property
    def rights_epoch(self) -> Any: ...
    @property
    def is_confirmed(self) -> bool: ...
    @property
    def member_since(self) -> Any: ...
    @property
    def member_until(self) -> Any: ...
    @property
    def suspended_until(self) -> Any: ...
    def is_suspended(self, at: datetime | None = None) -> bool: ...
    def has_member_rights(self, at: datetime, grace: timedelta) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rights:
    """The scopes and roles of a person, good until `valid_until` under one epoch and one site version.

    `roles` are (role, place id), with place 0 for the whole site; a moderator of a category has its children too.
    """

    scopes: frozenset[int] = frozenset({PUBLIC})
    roles: frozenset[tuple[RoleName, int]] = frozenset()
    is_suspended: bool = False
    is_confirmed: bool = False
    is_member: bool = False  # a member, or lapsed within grace
    valid_until: datetime | None = None
    key: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Viewer:
    """Whoever looks. A visitor has no `user`; everything else is asked the same way."""

    user: Any = None
    rights: Rights = field(default_factory=Rights)

    @property
    def id(self) -> int | None:
        return self.user.id if self.user is not None else None

    @property
    def is_visitor(self) -> bool:
        return self.user is None

    @property
    def standing(self) -> str:
        """visitor, guest, member or lapsed."""
        return "visitor" if self.user is None else str(self.user.standing)

    @property
    def scopes(self) -> frozenset[int]:
        return self.rights.scopes

    @property
    def may_act(self) -> bool:
        """Signed in, with a confirmed address, and not suspended."""
        return self.user is not None and self.rights.is_confirmed and not self.rights.is_suspended

    @property
    def is_staff(self) -> bool:
        return self.has_role(RoleName.STAFF)

    @property
    def is_member(self) -> bool:
        return self.rights.is_member

    def has_role(self, role: RoleName, place_id: int = SITE) -> bool:
        return (role, place_id) in self.rights.roles

    def moderates(self, place: Place | int) -> bool:
        """Staff, a moderator of the whole site, or of this place or the one around it."""
        place_id = place if isinstance(place, int) else place.id
        roles = self.rights.roles
        return (
            (RoleName.STAFF, SITE) in roles
            or (RoleName.MODERATOR, SITE) in roles
            or (RoleName.MODERATOR, place_id) in roles
        )

    @property
    def moderates_anything(self) -> bool:
        return any(role in (RoleName.STAFF, RoleName.MODERATOR) for role, _ in self.rights.roles)


VISITOR = Viewer()

_guard = threading.Lock()
_kept: OrderedDict[tuple[str, int], Rights] = OrderedDict()


def viewer_of(person: Person | None) -> Viewer:
    """The viewer that a person is, at this moment."""
    if person is None:
        return VISITOR
    return Viewer(person, rights_of(person))


def renewed(viewer: Viewer) -> Viewer:
    """The viewer with what they hold now: after a change of this very request, which may have touched it."""
    return viewer_of(viewer.user)


def current_viewer() -> Viewer:
    """Whoever makes this request."""
    viewer: Viewer = g.get("viewer", VISITOR)
    return viewer


def rights_of(person: Person) -> Rights:
    """What a person holds now; kept under the rights epoch, the site's version and the next moment time changes it."""
    at, key = clock.now(), (int(person.rights_epoch), site_version())
    slot = (str(db.engine.url), int(person.id))
    kept = _kept.get(slot)
    if kept and kept.key == key and (kept.valid_until is None or at < kept.valid_until):
        return kept
    rights = _work_out(person, at, key)
    with _guard:
        _kept[slot] = rights
        _kept.move_to_end(slot)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return rights


def forget_all() -> None:
    """Drop what is kept; for tests that put another database in place of this one."""
    with _guard:
        _kept.clear()


def _work_out(person: Person, at: datetime, key: tuple[int, int]) -> Rights:
    grace = timedelta(days=settings.current().grace_days)
    turns = [person.member_since, person.member_until, person.suspended_until]
    if person.member_until:
        turns.append(person.member_until + grace)
    if person.is_suspended(at) or not person.is_confirmed:
        return Rights(
            is_suspended=person.is_suspended(at),
            is_confirmed=person.is_confirmed,
            valid_until=_next(turns, at),
            key=key,
        )
    scopes = {PUBLIC, GUESTS}
    is_member = person.has_member_rights(at, grace)
    if is_member:
        scopes.add(MEMBERS)
    held = db.session.execute(
        select(ScopePerson.scope_id, ScopePerson.until).where(ScopePerson.user_id == person.id)
    )
    for scope_id, until in held:
        if until is None or at < until:
            scopes.add(scope_id)
            turns.append(until)
    roles = _roles_of(int(person.id))
    if roles & {(RoleName.STAFF, SITE)}:
        scopes |= {STAFF, OVERSEERS}
    if (RoleName.MODERATOR, SITE) in roles:
        scopes.add(OVERSEERS)
    moderated = [place_id for role, place_id in roles if role is RoleName.MODERATOR and place_id]
    if moderated:
        scopes |= set(db.session.scalars(select(Place.moderators_scope_id).where(Place.id.in_(moderated))))
    return Rights(
        scopes=frozenset(scopes),
        roles=frozenset(roles),
        is_confirmed=True,
        is_member=is_member,
        valid_until=_next(turns, at),
        key=key,
    )


def _roles_of(user_id: int) -> set[tuple[RoleName, int]]:
    """Roles with the children of the places they are held in."""
    child = aliased(Place)
    rows = db.session.execute(
        select(RoleAssignment.role, RoleAssignment.place_id, child.id)
        .outerjoin(child, or_(child.parent_id == RoleAssignment.place_id))
        .where(RoleAssignment.user_id == user_id)
    )
    roles: set[tuple[RoleName, int]] = set()
    for role, place_id, child_id in rows:
        roles.add((role, place_id or SITE))
        if child_id and place_id:
            roles.add((role, child_id))
    return roles


def _next(turns: Iterable[datetime | None], at: datetime) -> datetime | None:
    return min((turn for turn in turns if turn is not None and turn > at), default=None)
