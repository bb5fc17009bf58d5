"""Whoever is looking, visitors included: what they hold, worked out once and kept until it may have changed."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import g
from sqlalchemy import and_, literal, or_, select
from sqlalchemy.orm import aliased

from forum.access.models import (
    GUESTS,
    MEMBERS,
    OVERSEERS,
    PUBLIC,
    Place,
    RoleAssignment,
    RoleName,
    Scope,
    ScopePerson,
)
from forum.core import clock, settings
from forum.core.db import db, which_database
from forum.core.transactions import current_transaction
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
    """Whoever looks. A visitor has no `user`; everything else is asked the same way.

    Without roles it is somebody who leaves them aside: a program to which they were not given along.
    A viewer under a `guise` is nobody: rights made up to answer what such a one could read, or those of somebody who is
    previewed. It has neither `user` nor `id`, so nothing personal is found for it.
    """

    user: Any = None
    rights: Rights = field(default_factory=Rights)
    with_roles: bool = True
    guise: str = ""  # visitor, guest, member, moderator, person; empty: somebody, or a visitor, in truth

    @property
    def id(self) -> int | None:
        return self.user.id if self.user is not None else None

    @property
    def is_visitor(self) -> bool:
        """Nobody is signed in, or somebody looks under a guise: there is no `user`."""
        return self.user is None

    @property
    def has_account(self) -> bool:
        """Whether this is one with an account: a user, or somebody under the guise of one."""
        return self.user is not None or self.guise not in ("", "visitor")

    @property
    def standing(self) -> str:
        """visitor, guest, member or lapsed."""
        if self.user is not None:
            return str(self.user.standing)
        if not self.has_account:
            return "visitor"
        return "member" if self.is_member else "guest"

    @property
    def scopes(self) -> frozenset[int]:
        return self.rights.scopes

    @property
    def may_act(self) -> bool:
        """Signed in, with a confirmed address, and not suspended."""
        return self.has_account and self.rights.is_confirmed and not self.rights.is_suspended

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
_kept: OrderedDict[tuple[str, int, bool], Rights] = OrderedDict()


def viewer_of(person: Person | None, *, with_roles: bool = True) -> Viewer:
    """The viewer that a person is, at this moment."""
    if person is None:
        return VISITOR
    return Viewer(person, rights_of(person, with_roles=with_roles), with_roles)


def renewed(viewer: Viewer) -> Viewer:
    """The viewer with what they hold now: after a change of this very request, which may have touched it."""
    return viewer_of(viewer.user, with_roles=viewer.with_roles)


def current_viewer() -> Viewer:
    """Whoever makes this request."""
    viewer: Viewer = g.get("viewer", VISITOR)
    return viewer


def rights_of(person: Person, *, with_roles: bool = True) -> Rights:
    """What a person holds now; kept under the rights epoch, the site's version and the next moment time changes it."""
    at, key = clock.now(), (int(person.rights_epoch), site_version())
    slot = (which_database(), int(person.id), with_roles)
    kept = _kept.get(slot)
    if kept and kept.key == key and (kept.valid_until is None or at < kept.valid_until):
        return kept
    rights = _work_out(person, at, key, with_roles)
    if current_transaction() is not None:
        return rights  # what is not committed may never be, and its version will be another's
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


def _work_out(person: Person, at: datetime, key: tuple[int, int], with_roles: bool) -> Rights:
    grace = timedelta(days=settings.current().grace_days)
    turns = [person.member_since, person.suspended_until]
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
    roles = _roles_of(int(person.id)) if with_roles else set()
    if not is_member:
        roles = {held for held in roles if held[0] is RoleName.STAFF}  # the other roles are for members
    is_staff = (RoleName.STAFF, SITE) in roles
    if is_member or is_staff:
        scopes.add(MEMBERS)
    for scope_id, kind, until in _scopes_held(int(person.id)):
        # Groups are for members; somebody invited by name need not be one.
        if (kind != "group" or is_member or is_staff) and (until is None or at < until):
            scopes.add(scope_id)
            turns.append(until)
    if roles:
        scopes |= _scopes_of_roles(roles)
    return Rights(
        scopes=frozenset(scopes),
        roles=frozenset(roles),
        is_confirmed=True,
        is_member=is_member,
        valid_until=_next(turns, at),
        key=key,
    )


def _scopes_held(user_id: int) -> Iterable[Any]:
    """(scope, its kind, until when) of the groups and invitations of a person."""
    return db.session.execute(
        select(ScopePerson.scope_id, Scope.kind, ScopePerson.until)
        .join(Scope, Scope.id == ScopePerson.scope_id)
        .where(ScopePerson.user_id == user_id)
    )


def _scopes_of_roles(roles: set[tuple[RoleName, int]]) -> set[int]:
    """What moderating brings: oversight of those places, and what is for staff and moderators in them."""
    everywhere = bool(roles & {(RoleName.STAFF, SITE), (RoleName.MODERATOR, SITE)})
    places = [place_id for role, place_id in roles if role is RoleName.MODERATOR]
    oversight = {OVERSEERS} if everywhere else set()
    return oversight | set(
        db.session.scalars(
            select(Scope.id).where(
                or_(
                    and_(Scope.kind == "moderates", Scope.ref_id.in_(places)),
                    and_(Scope.kind == "curates", or_(literal(everywhere), Scope.ref_id.in_(places))),
                )
            )
        )
    )


def _roles_of(user_id: int) -> set[tuple[RoleName, int]]:
    """Roles with the children of the places they are held in."""
    child = aliased(Place)
    held = select(RoleAssignment.role, RoleAssignment.place_id).where(RoleAssignment.user_id == user_id)
    below = select(RoleAssignment.role, child.id).join(child, child.parent_id == RoleAssignment.place_id)
    rows = db.session.execute(held.union_all(below.where(RoleAssignment.user_id == user_id)))
    return {(role, place_id or SITE) for role, place_id in rows}


def _next(turns: Iterable[datetime | None], at: datetime) -> datetime | None:
    return min((turn for turn in turns if turn is not None and turn > at), default=None)
