"""Viewers who are nobody: what a visitor, a guest, a member or a moderator of a place would hold, and nothing else.

They answer "who can see this" and stand in for the person at the keyboard in a preview.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from forum.access.audience import allows_reading
from forum.access.models import GUESTS, MEMBERS, NOBODY, OVERSEERS, PUBLIC, Audience, RoleName
from forum.access.places import find_scope
from forum.access.viewer import SITE, Rights, Viewer, viewer_of
from forum.core.db import db

KINDS = ("visitor", "guest", "member")
_SCOPES = {
    "visitor": frozenset({PUBLIC}),
    "guest": frozenset({PUBLIC, GUESTS}),
    "member": frozenset({PUBLIC, GUESTS, MEMBERS}),
}


def stand_in(kind: str, *, also: Iterable[int] = ()) -> Viewer:
    """A visitor, guest or member who holds nothing beyond that, but for the scopes in `also`."""
    rights = Rights(
        scopes=_SCOPES[kind] | frozenset(also),
        is_confirmed=kind != "visitor",
        is_member=kind == "member",
    )
    return Viewer(None, rights, guise=kind)


def moderator_of(place_id: int) -> Viewer:
    """A member who moderates this place alone."""
    scopes = _SCOPES["member"] | _of_place(place_id, "moderates", "curates")
    roles = frozenset({(RoleName.MODERATOR, place_id)})
    return Viewer(
        None, Rights(scopes=scopes, roles=roles, is_confirmed=True, is_member=True), guise="moderator"
    )


def staff_at(place_id: int) -> Viewer:
    """An employee of the society, as far as one place is concerned; in no group."""
    scopes = _SCOPES["member"] | {OVERSEERS} | _of_place(place_id, "curates")
    roles = frozenset({(RoleName.STAFF, SITE)})
    return Viewer(None, Rights(scopes=scopes, roles=roles, is_confirmed=True), guise="moderator")


def seen_through(actor: Viewer, seen: Viewer) -> Viewer:
    """The viewer that `actor` may look through: what `seen` could read, without what `actor` may not read.

    Staff may read all but what is a closed or secret group's: what of that `seen` holds and they do not is taken away.
    Anybody else keeps what both hold; somebody who reads by overseeing is not seen through by them.
    """
    if actor.is_staff:
        scopes, roles = seen.scopes - _beyond(actor, seen), seen.rights.roles
    else:
        scopes, roles = seen.scopes & actor.scopes, frozenset()
    rights = Rights(
        scopes=scopes,
        roles=roles,
        is_suspended=seen.rights.is_suspended,
        is_confirmed=seen.rights.is_confirmed,
        is_member=seen.is_member and (actor.is_member or actor.is_staff),
    )
    takes_part = rights.is_confirmed and not rights.is_suspended
    return Viewer(None, rights, guise=(seen.guise or "person") if takes_part else "visitor")


def seen_as(actor: Viewer, person: Any) -> Viewer:
    """`seen_through` for an account."""
    return seen_through(actor, viewer_of(person))


def _of_place(place_id: int, *kinds: str) -> set[int]:
    return {find_scope(kind, place_id) for kind in kinds} - {NOBODY}


def _beyond(actor: Viewer, seen: Viewer) -> set[int]:
    """Scopes by which `seen` reads something that `actor` may not read."""
    if seen.scopes <= actor.scopes:
        return set()
    rows = db.session.execute(
        select(Audience.read_scope_id, Audience.gate1_id, Audience.gate2_id).where(
            allows_reading(seen.scopes), ~allows_reading(actor.scopes)
        )
    )
    return {scope for row in rows for scope in row if scope not in actor.scopes}
