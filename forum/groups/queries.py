"""Groups, for those who arrange places."""

from sqlalchemy import select

from forum.core.db import db
from forum.groups.models import Group


def all_groups() -> list[Group]:
    """Every group by name; for staff, who set audiences."""
    return list(db.session.scalars(select(Group).order_by(Group.name, Group.id)))
