"""The audience in one plain sentence, as it stands beside every title and in the composer."""

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import column, select, table

from forum.access.models import NOBODY, Audience, AudienceKind, Scope
from forum.access.viewer import Viewer
from forum.core.db import db

_groups = table("groups", column("id"), column("name"))


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
            return _("The people of %(group)s", group=group)
        case AudienceKind.STAFF:
            return _("Staff and moderators")
        case AudienceKind.PEOPLE:
            return ngettext("%(num)s named person", "%(num)s named people", people)


def sentence(audience: Audience, *, people: int = 0, group: str | None = None) -> str:
    """“Members can read this and answer.”, or who reads and who answers where that differs.

    `group` is the name of the audience's group where the caller has looked it up for several at once.
    """
    if group is None:
        group = name_of_group(audience.group_id) if audience.group_id else ""
    who = readers(audience.read_kind, group=group, people=people)
    if audience.read_kind in (AudienceKind.PEOPLE, AudienceKind.GROUP) and audience.overseers_id != NOBODY:
        who = _("%(who)s, and those who moderate here,", who=who)
    if audience.reply_scope_id == audience.read_scope_id:
        return _("%(who)s can read this and answer.", who=who)
    answers = readers(audience.reply_kind, group=group, people=people).rstrip(",")
    return _("%(who)s can read this; %(answers)s can answer.", who=who, answers=_lower(answers))


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


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
