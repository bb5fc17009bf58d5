"""The audience in one plain sentence, as it stands beside every title and in the composer.

What is said is whom the audience reaches in the end (`reach.py`), the places around it included.
"""

from collections.abc import Collection, Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import column, select, table

from forum.access.audience import RANK
from forum.access.models import Audience, AudienceKind, Scope
from forum.access.reach import CURATES, GROUP, PEOPLE, Reach, Wall, reach_of
from forum.access.viewer import VISITOR, Viewer
from forum.core.db import db

_groups = table("groups", column("id"), column("name"))
_KINDS = {GROUP: AudienceKind.GROUP, PEOPLE: AudienceKind.PEOPLE, CURATES: AudienceKind.STAFF}
_ORDER = (PEOPLE, GROUP, CURATES)  # whom a sentence begins with, where several walls count


def readers(kind: AudienceKind, *, group: str = "", people: int = 0) -> str:
    """Who reads, as the subject of a sentence."""
    match kind:
        case AudienceKind.PUBLIC:
            return _("Anyone, also without an account,")
        case AudienceKind.GUESTS:
            return _("Members and guests")
        case AudienceKind.MEMBERS:
            return _("Members")
        case AudienceKind.GROUP:
            return _("The people of %(group)s", group=group) if group else _("The people of one group")
        case AudienceKind.STAFF:
            return _("Staff and moderators")
        case AudienceKind.PEOPLE:
            return ngettext("%(num)s named person", "%(num)s named people", people)


def sentence(
    audience: Audience, *, people: int = 0, viewer: Viewer = VISITOR, reach: Reach | None = None
) -> str:
    """“Members can read this and answer.”, or who reads and who answers where that differs.

    `viewer` is who is told: a closed or secret group is named to its own people alone. `reach` is that of the audience, where
    the caller has looked it up for several at once.
    """
    return sentence_of(reach or reach_of(audience), people=people, viewer=viewer)


def sentence_of(reach: Reach, *, people: int = 0, viewer: Viewer = VISITOR, names_all: bool = False) -> str:
    """The sentence for what an audience comes to, or would. `names_all` is for screens of staff, who arrange every place."""

    def named(walls: Sequence[Wall]) -> str:
        return _subject(walls, {w.ref_id: w.name for w in walls if names_all or knows(viewer, w)}, people)

    reads, answers = _said(reach, reach.reads), _said(reach, reach.answers)
    who = _overseen(reach, reads, named(reads))
    if set(reads) == set(answers):
        return _("%(who)s can read this and answer.", who=who)
    if not names_all and not all(knows(viewer, wall) for wall in answers):
        return _("%(who)s can read this; some of them can answer.", who=who)
    them = _lower(_overseen(reach, answers, named(answers)))
    return _("%(who)s can read this; %(answers)s can answer.", who=who, answers=them)


def knows(viewer: Viewer, wall: Wall) -> bool:
    """Whether somebody may be told which people this is: a closed or secret group is known to its own."""
    return wall.is_open or wall.scope_id in viewer.scopes


def narrowest(kinds: Iterable[AudienceKind]) -> AudienceKind:
    """The closest of several walls, for a list: what stands in a place is for no more people than the place."""
    return min(kinds, key=RANK.__getitem__)


def short(kind: AudienceKind, group: str = "") -> str:
    """A word or two, for lists."""
    return {
        AudienceKind.PUBLIC: _("Public"),
        AudienceKind.GUESTS: _("Members and guests"),
        AudienceKind.MEMBERS: _("Members"),
        AudienceKind.GROUP: group or _("One group"),
        AudienceKind.STAFF: _("Staff"),
        AudienceKind.PEOPLE: _("Named people"),
    }[kind]


def groups_of(viewer: Viewer) -> list[tuple[int, str]]:
    """The groups a viewer is in, as (id, name)."""
    rows = db.session.execute(
        select(_groups.c.id, _groups.c.name)
        .join(Scope, (Scope.ref_id == _groups.c.id) & (Scope.kind == "group"))
        .where(Scope.id.in_(sorted(viewer.scopes)))
        .order_by(_groups.c.name)
    )
    return [(group_id, name) for group_id, name in rows]


def name_of_group(group_id: int) -> str:
    return db.session.scalar(select(_groups.c.name).where(_groups.c.id == group_id)) or ""


def names_of_groups(group_ids: Collection[int]) -> dict[int, str]:
    """For many audiences at once; one statement, or none."""
    if not group_ids:
        return {}
    rows = db.session.execute(select(_groups.c.id, _groups.c.name).where(_groups.c.id.in_(sorted(group_ids))))
    return {row.id: row.name for row in rows}


def _said(reach: Reach, walls: Sequence[Wall]) -> list[Wall]:
    """The walls in the order in which they are said. Where moderators stand above them, a wall of moderators says it all."""
    curating = [wall for wall in walls if wall.kind == CURATES]
    if reach.is_overseen and curating:
        return [Wall(CURATES)]
    return sorted(walls, key=lambda wall: _ORDER.index(wall.kind) if wall.kind in _ORDER else len(_ORDER))


def _subject(walls: Sequence[Wall], names: dict[int, str], people: int) -> str:
    """Who is behind all of these walls, as the subject of a sentence."""
    first, *others = walls
    kind = _KINDS.get(first.kind) or AudienceKind(first.kind)
    who = readers(kind, group=names.get(first.ref_id, ""), people=people)
    if not others:
        return who
    told = _(" and ").join(_belonging(wall, names.get(wall.ref_id, "")) for wall in others)
    return _("%(who)s, as far as they are %(others)s,", who=who, others=told)


def _belonging(wall: Wall, group: str) -> str:
    if wall.kind == GROUP:
        return _("in %(group)s", group=group) if group else _("in one group")
    return _("staff or moderators") if wall.kind == CURATES else _("members")


def _overseen(reach: Reach, walls: Sequence[Wall], who: str) -> str:
    """With those who moderate, where they are not among these people already."""
    if not reach.is_overseen or not any(wall.kind in (GROUP, PEOPLE) for wall in walls):
        return who
    return _("%(who)s, and those who moderate here,", who=who.rstrip(","))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
