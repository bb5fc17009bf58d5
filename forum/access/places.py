"""Making and changing places and audiences: the only writer of their gates."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import column, select, table
from sqlalchemy.exc import IntegrityError

from forum.access.audience import FIXED_SCOPES, reply_kind_for
from forum.access.models import NOBODY, OVERSEERS, PUBLIC, Audience, AudienceKind, Place, PlaceKind, Scope
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.versions import bump_site

OPEN_KIND = "open"
# What stands for a scope that would only be made with the audience; nobody holds it but who is looked at with a plan.
PLANNED = {AudienceKind.GROUP: -1, AudienceKind.STAFF: -2, AudienceKind.PEOPLE: -3}
ScopeOf = Callable[[AudienceKind, int | None, Place], int]
_groups = table("groups", column("id"), column("kind"))  # of a slice above: named, not imported


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """What somebody chose for a place or for one topic: kinds, the group where one is `group`, expressly opened or not.

    `until` is when the invitations of those named end; None: never.
    """

    read: AudienceKind
    reply: AudienceKind
    group_id: int | None = None
    opened: bool = False
    until: datetime | None = None


def scope_for(kind: str, ref_id: int = 0) -> int:
    """The id of a scope, made if it is not there yet. Inside a transaction."""
    find = select(Scope.id).where(Scope.kind == kind, Scope.ref_id == ref_id)
    found = db.session.scalar(find)
    if found is not None:
        return found
    try:
        with db.session.begin_nested():
            scope = Scope(kind=kind, ref_id=ref_id)
            db.session.add(scope)
        return scope.id
    except IntegrityError:
        return db.session.scalars(find).one()


def find_scope(kind: str, ref_id: int = 0) -> int:
    """The id of a scope, or that of nobody where there is none."""
    return db.session.scalar(select(Scope.id).where(Scope.kind == kind, Scope.ref_id == ref_id)) or NOBODY


def find_scopes(kind: str, ref_ids: Collection[int]) -> dict[int, int]:
    """The ids of several scopes, by what they are of; one statement, or none."""
    if not ref_ids:
        return {}
    found = select(Scope.ref_id, Scope.id).where(Scope.kind == kind, Scope.ref_id.in_(sorted(ref_ids)))
    return {ref_id: scope_id for ref_id, scope_id in db.session.execute(found)}  # noqa: C416


def lock_place(place_id: int) -> None:
    """Wait until nobody else changes the place, or what is counted in it; held to the end of the transaction."""
    db.session.execute(select(Place.id).where(Place.id == place_id).with_for_update(key_share=True))


def make_place(
    kind: PlaceKind, *, parent: Place | None, choice: AudienceChoice, start: AudienceKind
) -> Place:
    """A new place with its default audience."""
    place = Place(
        kind=kind,
        parent_id=parent.id if parent else None,
        read_kind=choice.read,
        reply_kind=reply_kind_for(choice.reply, choice.read),
        start_kind=reply_kind_for(start, choice.read),
        group_id=choice.group_id,
        opened=choice.opened,
        start_scope_id=NOBODY,
        moderators_scope_id=NOBODY,
    )
    db.session.add(place)
    db.session.flush()
    place.moderators_scope_id = scope_for("moderates", place.id)
    place.start_scope_id = _scope_id(place.start_kind, place.group_id, place)
    _default_audience(place)
    bump_site()
    return place


def change_place(place: Place, choice: AudienceChoice, start: AudienceKind) -> None:
    """Give a place another default: a handful of rows change, never its topics."""
    place.read_kind = choice.read
    place.reply_kind = reply_kind_for(choice.reply, choice.read)
    place.start_kind = reply_kind_for(start, choice.read)
    place.group_id, place.opened = choice.group_id, choice.opened
    place.start_scope_id = _scope_id(place.start_kind, place.group_id, place)
    refresh_gates(place)


def refresh_gates(place: Place) -> None:
    """Work out again the gates of every audience in a place and in the places below it.

    The lock comes first: whoever makes an audience meanwhile holds it too, and theirs is seen here, or they see the change.
    """
    db.session.flush()
    lock_place(place.id)
    _default_audience(place)
    children = list(db.session.scalars(select(Place).where(Place.parent_id == place.id)))
    for inside in [place, *children]:
        for audience in db.session.scalars(select(Audience).where(Audience.place_id == inside.id)):
            _fill(audience, inside)
            audience.version += 1
    bump_site()


def audience_for(place: Place, choice: AudienceChoice | None, *, topic_id: int = 0) -> Audience:
    """The audience of one topic in a place: the shared default for None, else the row of that choice, made if need be."""
    if choice is None:
        default = _find_default(place.id)
        if default is None:
            raise LookupError(f"place {place.id} has no default audience")
        return default
    read = _scope_id(choice.read, choice.group_id, place, topic_id)
    reply_kind = reply_kind_for(choice.reply, choice.read)
    reply = _scope_id(reply_kind, choice.group_id, place, topic_id)
    find = select(Audience).where(
        Audience.place_id == place.id,
        Audience.inherits.is_(False),
        Audience.opened.is_(choice.opened),
        Audience.read_scope_id == read,
        Audience.reply_scope_id == reply,
    )
    found = db.session.scalar(find)
    if found is not None:
        return found
    place = _held_still(place)
    audience = Audience(
        place_id=place.id,
        inherits=False,
        opened=choice.opened,
        read_kind=choice.read,
        reply_kind=reply_kind,
        read_scope_id=read,
        reply_scope_id=reply,
        group_id=choice.group_id,
    )
    _fill(audience, place)
    try:
        with db.session.begin_nested():
            db.session.add(audience)
    except IntegrityError:
        return db.session.scalars(find).one()
    return audience


def planned_audience(place: Place, choice: AudienceChoice, *, topic_id: int = 0) -> Audience:
    """What `audience_for` would make of a choice; it is made nowhere, and nothing is written."""
    parent = db.session.get(Place, place.parent_id) if place.parent_id else None
    return _planned(place, parent, choice, inherits=False, topic_id=topic_id)


def planned_changes(
    place: Place, choice: AudienceChoice, *, parent: Place | None
) -> list[tuple[Audience, Audience]]:
    """What `change_place` would make of every audience in a place and in the places below it, as (now, then)."""
    then = Place(
        id=place.id,
        kind=place.kind,
        parent_id=parent.id if parent else None,
        read_kind=choice.read,
        reply_kind=reply_kind_for(choice.reply, choice.read),
        group_id=choice.group_id,
        opened=choice.opened,
        moderators_scope_id=place.moderators_scope_id,
    )
    children = list(db.session.scalars(select(Place).where(Place.parent_id == place.id)))
    found = []
    for before, inside, around in [(place, then, parent), *((child, child, then) for child in children)]:
        for now in db.session.scalars(
            select(Audience).where(Audience.place_id == before.id).order_by(Audience.id)
        ):
            if now.inherits and inside is then:
                after = _planned(then, parent, choice, inherits=True)
            else:
                after = _as_it_is(now)
                _set_gates(after, inside, around, _found_scope)
            found.append((now, after))
    return found


def _planned(
    place: Place, parent: Place | None, choice: AudienceChoice, *, inherits: bool, topic_id: int = 0
) -> Audience:
    reply_kind = reply_kind_for(choice.reply, choice.read)
    audience = Audience(
        place_id=place.id,
        inherits=inherits,
        opened=choice.opened,
        read_kind=choice.read,
        reply_kind=reply_kind,
        read_scope_id=_found_scope(choice.read, choice.group_id, place, topic_id),
        reply_scope_id=_found_scope(reply_kind, choice.group_id, place, topic_id),
        group_id=choice.group_id,
    )
    _set_gates(audience, place, parent, _found_scope)
    return audience


def _as_it_is(audience: Audience) -> Audience:
    return Audience(
        **{
            name: getattr(audience, name)
            for name in ("place_id", "inherits", "opened", "read_kind", "reply_kind", "group_id")
        },
        read_scope_id=audience.read_scope_id,
        reply_scope_id=audience.reply_scope_id,
    )


def _found_scope(kind: AudienceKind, group_id: int | None, place: Place, topic_id: int = 0) -> int:
    """The scope of a kind as `_scope_id` gives it, but nothing is made that is not there."""
    if kind in FIXED_SCOPES:
        return FIXED_SCOPES[kind]
    name, ref_id = {
        AudienceKind.GROUP: ("group", group_id or 0),
        AudienceKind.STAFF: ("curates", place.id),
        AudienceKind.PEOPLE: ("people", topic_id),
    }[kind]
    found = find_scope(name, ref_id)
    return PLANNED[kind] if found == NOBODY else found


def _held_still(place: Place) -> Place:
    """The place as it is now, with the one around it, both kept as they are until the end of the transaction."""
    lock_place(place.id)
    place = db.session.get_one(Place, place.id, populate_existing=True)
    if place.parent_id is not None:
        db.session.get_one(Place, place.parent_id, populate_existing=True, with_for_update={"read": True})
    return place


def _default_audience(place: Place) -> Audience:
    audience = _find_default(place.id) or Audience(place_id=place.id, inherits=True)
    audience.opened = place.opened
    audience.read_kind, audience.reply_kind, audience.group_id = (
        place.read_kind,
        place.reply_kind,
        place.group_id,
    )
    audience.read_scope_id = _scope_id(place.read_kind, place.group_id, place)
    audience.reply_scope_id = _scope_id(place.reply_kind, place.group_id, place)
    _fill(audience, place)
    db.session.add(audience)
    db.session.flush()
    return audience


def _find_default(place_id: int) -> Audience | None:
    return db.session.scalar(
        select(Audience).where(Audience.place_id == place_id, Audience.inherits.is_(True))
    )


def _fill(audience: Audience, place: Place) -> None:
    """The gates and the oversight of an audience, from the place and the place around it."""
    parent = db.session.get(Place, place.parent_id) if place.parent_id else None
    _set_gates(audience, place, parent, _scope_id)


def _set_gates(audience: Audience, place: Place, parent: Place | None, scope_of: ScopeOf) -> None:
    if audience.opened:
        audience.gate1_id = audience.gate2_id = PUBLIC
    else:
        outer_gate = scope_of(parent.read_kind, parent.group_id, parent) if parent else PUBLIC
        audience.gate1_id = scope_of(place.read_kind, place.group_id, place)
        audience.gate2_id = PUBLIC if place.opened else outer_gate
    closed = any(_is_closed_group(s) for s in (audience.read_scope_id, audience.gate1_id, audience.gate2_id))
    audience.oversight_id = NOBODY if closed else place.moderators_scope_id
    audience.overseers_id = NOBODY if closed else OVERSEERS


def _is_closed_group(scope_id: int) -> bool:
    """Whether a scope is a closed or secret group: those are overseen by nobody outside them."""
    scope = db.session.get(Scope, scope_id)
    if scope is None or scope.kind != "group":
        return False
    kind = select(_groups.c.kind).where(_groups.c.id == scope.ref_id).with_for_update(read=True)
    return db.session.scalar(kind) != OPEN_KIND


def _curators(place: Place) -> int:
    """Staff and the moderators of a place, as a scope; who holds it is worked out anew where it has just been made."""
    found = find_scope("curates", place.id)
    if found == NOBODY:
        found = scope_for("curates", place.id)
        bump_site()
    return found


def _scope_id(kind: AudienceKind, group_id: int | None, place: Place, topic_id: int = 0) -> int:
    if kind in FIXED_SCOPES:
        return FIXED_SCOPES[kind]
    if kind is AudienceKind.STAFF:
        return _curators(place)
    if kind is AudienceKind.GROUP:
        if not group_id:
            raise Invalid({"group": _("Choose the group whose people this is for.")})
        return scope_for("group", group_id)
    if not topic_id:
        raise Invalid({"read": _("Only a single topic can be for named people.")})
    return scope_for("people", topic_id)
