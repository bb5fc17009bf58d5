"""Groups, for those who arrange places."""

from collections.abc import Sequence

from sqlalchemy import select

from forum.access.models import Scope
from forum.core.db import db
from forum.groups.models import Group, GroupKind


def all_groups() -> list[Group]:
    """Every group by name; for staff, who set audiences."""
    return list(db.session.scalars(select(Group).order_by(Group.name, Group.id)))


def kinds_of_groups(group_ids: Sequence[int]) -> list[tuple[GroupKind, int]]:
    """(kind, scope of its people) of each of these groups."""
    rows = db.session.execute(
        select(Group.kind, Scope.id)
        .join(Scope, (Scope.ref_id == Group.id) & (Scope.kind == "group"))
        .where(Group.id.in_(group_ids))
    )
    return [(kind, scope_id) for kind, scope_id in rows]
