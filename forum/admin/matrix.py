"""What every place gives each kind of viewer: asked of the one audience rule, with viewers made up for the purpose."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from forum.access import words
from forum.access.audience import allows_reading, may_read, may_reply
from forum.access.guises import KINDS, stand_in
from forum.access.models import NOBODY, OVERSEERS, Audience
from forum.access.places import find_scopes
from forum.access.reach import reaches_of
from forum.access.viewer import Viewer
from forum.boards.models import Category
from forum.boards.queries import all_categories
from forum.boards.rows import kinds_of_place
from forum.core.db import db
from forum.discussions.counting import visible_topics
from forum.discussions.models import Topic


@dataclass(frozen=True, slots=True)
class Cell:
    reads: bool
    answers: bool
    starts: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    category: Category
    depth: int
    sentence: str
    cells: dict[str, Cell]
    own: list[tuple[str, int]]
    group: str | None


def columns(rows: Sequence["MatrixRow"] = ()) -> list[tuple[str, str]]:
    """Kinds of viewer, as (key, words); the people of a group where a place has one."""
    several = [
        ("visitor", _("Visitors")),
        ("guest", _("Guests")),
        ("member", _("Members")),
        ("moderator", _("Its moderators")),
        ("staff", _("Staff")),
    ]
    return [*several, ("group", _("Its group"))] if any(row.group for row in rows) else several


def matrix_rows(viewer: Viewer) -> list[MatrixRow]:
    """One row for each category, in the order of the site. Topics that are closed to the viewer are not counted."""
    categories = all_categories()
    own = _own_audiences(viewer, {category.place_id: category for category in categories})
    group_ids = {c.place.group_id for c in categories if c.place.group_id}
    groups, scopes = words.names_of_groups(group_ids), find_scopes("group", group_ids)
    reaches = reaches_of(category.place.default_audience for category in categories)
    return [
        MatrixRow(
            category=category,
            depth=1 if category.parent_id else 0,
            sentence=words.sentence_of(reaches[category.place.default_audience.id], names_all=True),
            cells={key: _cell(category, viewer) for key, viewer in _stand_ins(category, scopes).items()},
            own=sorted(own.get(category.place_id, Counter()).items()),
            group=groups.get(category.place.group_id or 0),
        )
        for category in categories
    ]


def _stand_ins(category: Category, scopes: dict[int, int]) -> dict[str, Viewer]:
    """Somebody of each kind, holding nothing else. `scopes` are those of groups."""
    place = category.place
    found = {kind: stand_in(kind) for kind in KINDS}
    found["moderator"] = stand_in("member", also={place.moderators_scope_id})
    found["staff"] = stand_in("member", also={OVERSEERS})
    if place.group_id:
        found["group"] = stand_in("member", also={scopes.get(place.group_id, NOBODY)})
    return found


def _cell(category: Category, viewer: Viewer) -> Cell:
    default = category.place.default_audience
    reads, held = may_read(viewer, default), viewer.scopes
    if not viewer.has_account:
        return Cell(reads, False, False)
    oversees = bool({default.oversight_id, default.overseers_id} & held)
    starts = reads and not category.place.archived and (category.place.start_scope_id in held or oversees)
    return Cell(reads, may_reply(viewer, default), starts)


def _own_audiences(viewer: Viewer, categories: dict[int, Category]) -> dict[int, Counter[str]]:
    """How many topics of each place have an audience of their own, by whom it reaches in the end."""
    rows = db.session.execute(
        select(Topic.place_id, Audience.read_kind, Audience.opened, func.count())
        .join(Audience, Audience.id == Topic.audience_id)
        .where(Audience.inherits.is_(False), visible_topics(), allows_reading(viewer.scopes))
        .group_by(Topic.place_id, Audience.read_kind, Audience.opened)
    )
    found: dict[int, Counter[str]] = {}
    for place_id, kind, opened, count in rows:
        around = [] if opened or place_id not in categories else kinds_of_place(categories[place_id])
        closest = words.narrowest([kind, *around])
        found.setdefault(place_id, Counter())[words.short(closest)] += count
    return found
