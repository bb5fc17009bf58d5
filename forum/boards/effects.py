"""What another default audience of a place comes to, before it is saved: for what leaves it to the place, and for what does not."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from forum.access.audience import may_read
from forum.access.models import Audience
from forum.access.places import planned_changes
from forum.access.viewer import Viewer
from forum.access.words import sentence
from forum.boards.actions import CategoryPlan
from forum.boards.models import Category
from forum.boards.queries import all_categories, category_of_place
from forum.core.db import db
from forum.discussions.counting import visible_topics
from forum.discussions.effects import kinds_at, moved
from forum.discussions.models import Topic


@dataclass(frozen=True, slots=True)
class Part:
    """Topics that share an audience: which they are, in words, and who gains and loses them."""

    words: str
    gains: Sequence[str]
    loses: Sequence[str]

    @property
    def is_nothing(self) -> bool:
        return not (self.gains or self.loses)


@dataclass(frozen=True, slots=True)
class PlaceEffect:
    before: str
    sentence: str
    parts: Sequence[Part]
    unchanged: Sequence[Part]


def effect_on_place(category: Category, plan: CategoryPlan, *, asker: Viewer) -> PlaceEffect:
    """Who gains and who loses what stands in a category and in those within it, if it were changed as planned.

    Topics are counted as far as the asker may read them.
    """
    parent = next((c.place for c in all_categories() if c.slug == plan.parent_slug), None)
    changes = planned_changes(category.place, plan.choice, parent=parent)
    counts = _counts([now.id for now, _then in changes])
    parts, words = [], ""
    for now, then in changes:
        here = now.place_id == category.place_id
        if here and now.inherits:
            words = sentence(then, viewer=asker)
        count = counts.get(now.id, 0) if may_read(asker, now) else None
        if not now.inherits and not count:
            continue
        gains, loses = moved(kinds_at(now.place_id, now, then, counted=True), now, then)
        parts.append(Part(_words(now, count, here=here), gains, loses))
    return PlaceEffect(
        before=sentence(category.place.default_audience, viewer=asker),
        sentence=words,
        parts=[part for part in parts if not part.is_nothing],
        unchanged=[part for part in parts if part.is_nothing],
    )


def _words(audience: Audience, count: int | None, *, here: bool) -> str:
    """Which topics these are."""
    if count is None:
        what = _("Topics that you may not read, not counted here")
    elif audience.inherits:
        what = ngettext(
            "%(num)s topic that leaves it to the place", "%(num)s topics that leave it to the place", count
        )
    else:
        what = ngettext(
            "%(num)s topic with an audience of its own", "%(num)s topics with an audience of their own", count
        )
    within = None if here else category_of_place(audience.place_id)
    return _("%(what)s, in %(place)s", what=what, place=within.name) if within is not None else what


def _counts(audience_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Topic.audience_id, func.count())
        .where(Topic.audience_id.in_(audience_ids), visible_topics())
        .group_by(Topic.audience_id)
    )
    return {audience_id: count for audience_id, count in rows}  # noqa: C416 - rows, not pairs
