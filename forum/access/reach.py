"""Whom an audience reaches in the end: of the people it names, those whom the places around it let in too.

An audience is read by whoever is behind every one of its walls: its own people, the place's, those of the place around. Of two
walls one of which stands within the other only the inner one counts. What is left is put in words (`words.py`), and two
audiences are compared by it (`is_no_wider`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, column, select, table

from forum.access.audience import reply_kind_for
from forum.access.models import GUESTS, MEMBERS, NOBODY, OVERSEERS, PUBLIC, Audience, AudienceKind, Scope
from forum.access.places import OPEN_KIND, PLANNED, AudienceChoice
from forum.core.db import db

GROUP, PEOPLE, CURATES = "group", "people", "curates"
# Who is a member is a guest too, and so on. Groups and roles are for members; somebody named need only have an account.
WITHIN_MEMBERS = {GROUP, CURATES, "moderates", "overseers"}

_groups = table("groups", column("id"), column("name"), column("kind"))  # of a slice above


@dataclass(frozen=True, slots=True)
class Wall:
    """People among whom one must be: the kind of a scope, and which one. Of a group also what it is called and whether anybody may know."""

    kind: str
    ref_id: int = 0
    scope_id: int = field(default=0, compare=False)
    name: str = field(default="", compare=False)
    is_open: bool = field(default=True, compare=False)


FIXED = {
    PUBLIC: Wall("public", scope_id=PUBLIC),
    GUESTS: Wall("guests", scope_id=GUESTS),
    MEMBERS: Wall("members", scope_id=MEMBERS),
    OVERSEERS: Wall("overseers", scope_id=OVERSEERS),
    NOBODY: Wall("nobody", scope_id=NOBODY),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """The walls that count, around reading and around answering; and whether those who moderate stand above them."""

    place_id: int
    reads: tuple[Wall, ...]
    answers: tuple[Wall, ...]
    is_overseen: bool


def reach_of(audience: Audience) -> Reach:
    return reaches_of([audience])[audience.id]


def reaches_of(audiences: Iterable[Audience]) -> dict[int, Reach]:
    """By the id of the audience; one statement for all of them, or none where nothing but guests and members is concerned."""
    audiences = list(audiences)
    walls = _walls({scope_id for audience in audiences for scope_id in _scope_ids(audience)})
    found = {}
    for audience in audiences:
        read, gate1, gate2, reply = (
            walls[scope_id] if scope_id > 0 else _planned_wall(scope_id, audience)
            for scope_id in _scope_ids(audience)
        )
        reads = _innermost((read, gate1, gate2), audience.place_id)
        answers = _innermost((*reads, reply), audience.place_id)
        found[audience.id] = Reach(audience.place_id, reads, answers, audience.overseers_id != NOBODY)
    return found


def reach_of_choice(choice: AudienceChoice | None, default: Audience, *, topic_id: int = 0) -> Reach:
    """What a choice would come to in a place with this default audience; nothing is made."""
    around = reach_of(default)
    if choice is None:
        return around
    group = _wall_of_group(choice.group_id) if choice.group_id else Wall(GROUP)
    read = _wall_of_kind(choice.read, group, default.place_id, topic_id)
    reply = _wall_of_kind(reply_kind_for(choice.reply, choice.read), group, default.place_id, topic_id)
    reads = _innermost((read, *(() if choice.opened else around.reads)), default.place_id)
    answers = _innermost((*reads, reply), default.place_id)
    return Reach(default.place_id, reads, answers, all(wall.is_open for wall in reads))


def is_no_wider(after: Reach, before: Reach) -> bool:
    """Whether everybody whom one reaches is surely among those whom the other reaches. Both are of the same place."""
    inside = all(
        any(_is_within(inner, outer, before.place_id) for inner in after.reads) for outer in before.reads
    )
    return inside and (before.is_overseen or not after.is_overseen)


def _planned_wall(scope_id: int, audience: Audience) -> Wall:
    """Of a scope that nobody has made yet: see `places.planned_audience`."""
    if scope_id == PLANNED[AudienceKind.GROUP]:
        return _wall_of_group(audience.group_id or 0)
    if scope_id == PLANNED[AudienceKind.STAFF]:
        return Wall(CURATES, audience.place_id)
    return Wall(PEOPLE)


def _scope_ids(audience: Audience) -> tuple[int, int, int, int]:
    return audience.read_scope_id, audience.gate1_id, audience.gate2_id, audience.reply_scope_id


def _walls(scope_ids: Collection[int]) -> dict[int, Wall]:
    walls = {scope_id: FIXED[scope_id] for scope_id in scope_ids if scope_id in FIXED}
    others = sorted(scope_id for scope_id in set(scope_ids) - walls.keys() if scope_id > 0)
    if others:
        group = and_(Scope.kind == GROUP, _groups.c.id == Scope.ref_id)
        rows = db.session.execute(
            select(Scope.id, Scope.kind, Scope.ref_id, _groups.c.name, _groups.c.kind)
            .outerjoin(_groups, group)
            .where(Scope.id.in_(others))
        )
        for scope_id, kind, ref_id, name, group_kind in rows:
            walls[scope_id] = Wall(kind, ref_id, scope_id, name or "", group_kind in (None, OPEN_KIND))
    return walls


def _wall_of_group(group_id: int) -> Wall:
    row = db.session.execute(
        select(Scope.id, _groups.c.name, _groups.c.kind)
        .join(_groups, _groups.c.id == Scope.ref_id)
        .where(Scope.kind == GROUP, Scope.ref_id == group_id)
    ).first()
    return Wall(GROUP, group_id, row[0], row[1], row[2] == OPEN_KIND) if row else Wall(GROUP, group_id)


def _wall_of_kind(kind: AudienceKind, group: Wall, place_id: int, topic_id: int) -> Wall:
    match kind:
        case AudienceKind.GROUP:
            return group
        case AudienceKind.STAFF:
            return Wall(CURATES, place_id)
        case AudienceKind.PEOPLE:
            return Wall(PEOPLE, topic_id)
        case _:
            return next(wall for wall in FIXED.values() if wall.kind == kind)


def _innermost(walls: Sequence[Wall], place_id: int) -> tuple[Wall, ...]:
    """Without the walls that hold another one entirely."""

    def holds_another(wall: Wall) -> bool:
        return any(_is_within(other, wall, place_id) for other in walls if other != wall)

    return tuple(wall for wall in dict.fromkeys(walls) if not holds_another(wall))


def _is_within(inner: Wall, outer: Wall, place_id: int) -> bool:
    """Whether everybody in the one is surely in the other too. Who moderates a place moderates those inside it."""
    if inner == outer:
        return True
    match outer.kind:
        case "public":
            return True
        case "guests":
            return inner.kind != "public"
        case "members":
            return inner.kind in WITHIN_MEMBERS
        case "curates":
            return inner.kind == CURATES and outer.ref_id == place_id
        case _:
            return False
