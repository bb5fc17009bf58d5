"""How closely somebody follows a topic: by a level of its own, or as its place.

A level that was chosen for the topic holds. One that came about by itself holds with that of the place, whichever is
higher; a topic in which one takes part is not muted with its place. Without either, the place decides.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, and_, func, literal, or_, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from forum.access.models import Place
from forum.core.db import db
from forum.notifications.models import PlaceWatch, TopicWatch, WatchLevel, WatchReason
from forum.notifications.subjects import TOPICS

RANK = {WatchLevel.MUTED: 0, WatchLevel.NORMAL: 1, WatchLevel.TRACKING: 2, WatchLevel.WATCHING: 3}


@dataclass(frozen=True, slots=True)
class Watch:
    """The level that holds, and why."""

    level: WatchLevel = WatchLevel.NORMAL
    reason: WatchReason = WatchReason.DEFAULT

    @property
    def is_muted(self) -> bool:
        return self.level is WatchLevel.MUTED


NOT_WATCHED = Watch()


def watch_of(
    own: WatchLevel | None, reason: WatchReason | None, place: WatchLevel | None, around: WatchLevel | None
) -> Watch:
    """The level of a topic from what stands in the tables: its own, its place's, that of the place around that."""
    chosen = place or around
    by_place = (
        Watch(chosen, WatchReason.PLACE) if chosen and chosen is not WatchLevel.FIRST_POST else NOT_WATCHED
    )
    if own is None or reason is None:
        return by_place
    if reason is not WatchReason.CHOSEN and RANK[by_place.level] > RANK[own]:
        return by_place
    return Watch(own, reason)


def watch_of_place(own: WatchLevel | None, around: WatchLevel | None) -> Watch:
    """The level of a place: what was chosen for it, or for the place around it."""
    if own is not None:
        return Watch(own, WatchReason.CHOSEN)
    return Watch(around, WatchReason.PLACE) if around is not None else NOT_WATCHED


def watches_of(topic_id: int, user_ids: Collection[int] | None = None) -> dict[int, Watch]:
    """Of everybody for whom the topic has another level than the usual one, or of these people alone; one statement."""
    place_id = select(TOPICS.c.place_id).where(TOPICS.c.id == topic_id).scalar_subquery()
    parent_id = select(Place.parent_id).where(Place.id == place_id).scalar_subquery()

    def levels(which: str, table: Any, reason: Any, *criteria: Any) -> Select[Any]:
        among = () if user_ids is None else (table.user_id.in_(sorted(user_ids)),)
        return select(table.user_id, literal(which), table.level, reason).where(*criteria, *among)

    rows: Any = db.session.execute(
        union_all(
            levels(
                "own", TopicWatch, type_coerce(TopicWatch.reason, String), TopicWatch.topic_id == topic_id
            ),
            levels("place", PlaceWatch, literal(""), PlaceWatch.place_id == place_id),
            levels("around", PlaceWatch, literal(""), PlaceWatch.place_id == parent_id),
        )
    )
    found: dict[int, dict[str, tuple[WatchLevel, str]]] = defaultdict(dict)
    for user_id, which, level, reason in rows:
        found[user_id][which] = level, reason
    return {user_id: _from(levels) for user_id, levels in found.items()}


def _from(levels: dict[str, tuple[WatchLevel, str]]) -> Watch:
    nothing = (None, "")
    own, reason = levels.get("own", nothing)
    place, around = levels.get("place", nothing)[0], levels.get("around", nothing)[0]
    return watch_of(own, WatchReason(reason) if reason else None, place, around)


def watchers_of_new_topics(place_id: int) -> set[int]:
    """Who is told of every topic begun in a place."""
    parent_id = select(Place.parent_id).where(Place.id == place_id).scalar_subquery()
    rows = db.session.execute(
        select(PlaceWatch.user_id, PlaceWatch.place_id, PlaceWatch.level).where(
            (PlaceWatch.place_id == place_id) | (PlaceWatch.place_id == parent_id)
        )
    )
    closest: dict[int, WatchLevel] = {}
    for user_id, where, level in rows:
        if where == place_id or user_id not in closest:
            closest[user_id] = level
    wanted = (WatchLevel.FIRST_POST, WatchLevel.WATCHING)
    return {user_id for user_id, level in closest.items() if level in wanted}


def own_level(me: Any, topic_id: Any) -> Any:
    """Columns for statements about many topics: the level of its own that each has for somebody, and why."""
    mine = (TopicWatch.user_id == me, TopicWatch.topic_id == topic_id)
    return (
        select(TopicWatch.level).where(*mine).scalar_subquery(),
        select(TopicWatch.reason).where(*mine).scalar_subquery(),
    )


def place_levels(me: Any, place_id: Any) -> Any:
    """Columns: the level of its place for somebody, and that of the place around it."""
    mine = select(PlaceWatch.level).where(PlaceWatch.user_id == me)
    place = aliased(Place)
    around = mine.join(place, place.parent_id == PlaceWatch.place_id).where(place.id == place_id)
    return mine.where(PlaceWatch.place_id == place_id).scalar_subquery(), around.scalar_subquery()


def is_not_muted(me: Any, topic_id: Any, place_id: Any) -> Any:
    """The criterion over a topic: what counts as unread for somebody. The twin of `watch_of`."""
    level, _reason = own_level(me, topic_id)
    place, around = place_levels(me, place_id)
    return func.coalesce(level, place, around, WatchLevel.NORMAL) != WatchLevel.MUTED


def is_followed(me: Any, topic_id: Any, place_id: Any) -> Any:
    """The criterion over a topic: somebody tracks or watches it, by itself or with its place. The other twin of `watch_of`."""
    level, reason = own_level(me, topic_id)
    of_place = func.coalesce(*place_levels(me, place_id))
    close = (WatchLevel.TRACKING, WatchLevel.WATCHING)
    by_place = and_(func.coalesce(reason, "") != WatchReason.CHOSEN, of_place.in_(close))
    return or_(level.in_(close), by_place)
