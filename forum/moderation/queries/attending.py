"""Whom a report reaches: of those who look after a place, whoever may read what was reported. Nobody is let in for that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from forum.access.audience import may_read
from forum.access.models import NOBODY, RoleAssignment, RoleName
from forum.access.rules.discussions import moderates
from forum.access.viewer import viewer_of
from forum.accounts.models import User
from forum.boards.models import Category
from forum.core.db import db
from forum.discussions.models import Topic
from forum.moderation.kinds import Reaches

_OVERSEE = {RoleName.STAFF, RoleName.MODERATOR}


@dataclass(frozen=True, slots=True)
class Attention:
    reaches: Reaches
    moderator_ids: Sequence[int] = ()


def attention_for(asked: Sequence[tuple[Topic, Collection[int]]]) -> list[Attention]:
    """Who is told of a report of a post in each topic, but for those apart: its author, and whoever reported it.

    Moderators of the place, or of the one around it; where none of them may read it, those of the whole site.
    """
    places = {i for topic, _apart in asked for i in (topic.place_id, topic.place.parent_id) if i}
    held = db.session.execute(
        select(RoleAssignment.role, RoleAssignment.place_id, User)
        .join(User, User.id == RoleAssignment.user_id)
        .where(or_(RoleAssignment.place_id.is_(None), RoleAssignment.place_id.in_(places)))
    ).all()
    found = []
    for topic, apart in asked:
        around = {topic.place_id, topic.place.parent_id} - {None}
        of_place = [user for role, place, user in held if role is RoleName.MODERATOR and place in around]
        of_site = [user for role, place, user in held if place is None and role in _OVERSEE]
        for reaches, people in ((Reaches.PLACE, of_place), (Reaches.SITE, of_site)):
            others = {user.id: user for user in people if user.id not in apart}
            ids = sorted(i for i, user in others.items() if moderates(viewer_of(user), topic))
            if ids:
                found.append(Attention(reaches, ids))
                break
        else:
            found.append(Attention(Reaches.NOBODY))
    return found


def unattended_places(categories: Sequence[Category]) -> set[int]:
    """The ids of places of closed and secret groups that nobody moderates who may read them: what is reported there waits."""
    closed = [c for c in categories if c.place.default_audience.overseers_id == NOBODY]
    if not closed:
        return set()
    around = {i for c in closed for i in (c.place_id, c.parent.place_id if c.parent else None) if i}
    held = db.session.execute(
        select(RoleAssignment.place_id, User)
        .join(User, User.id == RoleAssignment.user_id)
        .where(RoleAssignment.role == RoleName.MODERATOR, RoleAssignment.place_id.in_(around))
    ).all()

    def attended(category: Category) -> bool:
        places = {category.place_id, category.parent.place_id if category.parent else None}
        audience = category.place.default_audience
        return any(place in places and may_read(viewer_of(user), audience) for place, user in held)

    return {category.place_id for category in closed if not attended(category)}
