"""Rows of lists: topics and places, with what is new in them for the viewer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from forum.access import words
from forum.access.audience import may_read
from forum.access.models import AudienceKind
from forum.access.viewer import Viewer
from forum.accounts.models import User
from forum.boards.models import Category
from forum.boards.queries import all_categories, categories_for, category_of_place
from forum.boards.states import place_states
from forum.core import clock
from forum.core.db import db
from forum.core.pages import cut, decode_cursor, decode_moment, encode_cursor
from forum.discussions.models import Topic
from forum.discussions.queries import topics as topic_queries
from forum.discussions.queries import unread
from forum.notifications.models import WatchReason


@dataclass(frozen=True, slots=True)
class TopicRow:
    topic: Topic
    people: list[User]
    category: Category | None = None
    place_open: bool = True
    unread: int = 0
    is_new: bool = False
    watch: str = ""
    first_unread: int | None = None
    audience: str | None = None
    pinned: bool = False
    note: str | None = None
    excerpt: str | None = None
    is_ignored: bool = False


@dataclass(slots=True)
class PlaceRow:
    category: Category
    topic_count: int = 0
    post_count: int = 0
    unread: int = 0
    new: int = 0
    audience: str = ""
    last_at: datetime | None = None
    children: list["PlaceRow"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """Unread topics of one place."""

    category: Category
    rows: list[TopicRow]
    unread: int
    audience: str = ""
    place_open: bool = True


def topic_rows(viewer: Viewer, topics: Sequence[Topic]) -> list[TopicRow]:
    """Topics as rows; one statement for what is unread in all of them."""
    states = unread.unread_of_topics(viewer, [topic.id for topic in topics])
    readable, now = {category.place_id for category in categories_for(viewer)}, clock.now()
    rows = []
    for topic in topics:
        state = states.get(topic.id, unread.NONE)
        people = [topic.author]
        if topic.last_post_author is not None and topic.last_post_author.id != topic.author_id:
            people.append(topic.last_post_author)
        own = not topic.audience.inherits
        rows.append(
            TopicRow(
                topic=topic,
                people=people,
                category=category_of_place(topic.place_id),
                place_open=topic.place_id in readable,
                unread=state.counted,
                is_new=state.is_new and not state.is_set_aside,
                watch=str(state.watch.level) if state.watch.reason is not WatchReason.PLACE else "",
                first_unread=state.first or None,
                audience=words.short(_closest(topic)) if own else None,
                pinned=topic.is_pinned(now),
                is_ignored=state.is_ignored,
            )
        )
    return rows


def seen_from(rows: Sequence[TopicRow], unread_count: int, pinned: int = 0) -> int | None:
    """Where the rule stands under which nothing is new: the first row after the last unread one, if those above are all there
    are. It stands below the pinned rows."""
    fresh = [place for place, row in enumerate(rows) if row.unread]
    if not fresh or len(fresh) != unread_count or not pinned < fresh[-1] + 1 < len(rows):
        return None
    return fresh[-1] + 1


def place_rows(viewer: Viewer) -> list[PlaceRow]:
    """Every category the viewer may read, children under their parents; at most three statements."""
    categories = categories_for(viewer)
    ids = [category.place_id for category in categories]
    counts = topic_queries.counts_of_places(viewer, ids)
    states = place_states(viewer)
    last = _last_times([c.last_topic_id for c in counts.values() if c.last_topic_id])
    rows: dict[int, PlaceRow] = {}
    for category in categories:
        count = counts.get(category.place_id, topic_queries.PlaceCount())
        state = states.get(category.place_id, unread.PlaceUnread())
        rows[category.id] = PlaceRow(
            category=category,
            topic_count=count.topics,
            post_count=count.posts,
            unread=state.topics,
            new=state.new,
            audience=words.short(_closest_of(category)),
            last_at=last.get(count.last_topic_id or 0),
        )
    tops: list[PlaceRow] = []
    for category in categories:
        parent = rows.get(category.parent_id or 0)
        (parent.children if parent else tops).append(rows[category.id])
    return tops


@dataclass(frozen=True, slots=True)
class UnreadTopics:
    """A page of unread topics grouped by place; how many topics have something unread, how many of them are new."""

    groups: list[Group]
    count: int
    new: int
    after: str | None


def unread_groups(
    viewer: Viewer, *, limit: int, after: str | None = None, only_followed: bool = False
) -> UnreadTopics:
    """Unread topics, newest activity first, paged by key; all of them, or those alone that the viewer follows."""
    key = None
    if after:
        moment, topic_id = decode_cursor(after, [str, int])
        key = decode_moment(moment), topic_id
    states = place_states(viewer)
    counts = {place_id: state.topics for place_id, state in states.items()}
    if only_followed:
        counts = unread.followed_unread_of_places(viewer, _with_unread(states))
    places = [place_id for place_id, count in counts.items() if count]
    listed = unread.unread_topics(viewer, places, limit + 1, after=key, only_followed=only_followed)
    ids, more = cut(listed, limit)
    found = topic_queries.with_authors(ids)
    last = found[-1] if more and found else None
    return UnreadTopics(
        _grouped(viewer, topic_rows(viewer, found), counts),
        count=sum(counts.values()),
        new=sum(state.new for state in states.values()),
        after=encode_cursor([last.last_post_at.isoformat(), last.id]) if last else None,
    )


@dataclass(frozen=True, slots=True)
class HomeTopics:
    """What home shows, each topic once: pinned everywhere, unread, what is opened to the viewer, then the latest."""

    pinned: list[TopicRow]
    groups: list[Group]
    count: int
    new: int
    opened: list[TopicRow]
    more_opened: bool
    latest: list[TopicRow]


def topics_for_home(viewer: Viewer, *, unread_limit: int, groups: int, limit: int, little: int) -> HomeTopics:
    """The latest are there where less than `little` is unread. Ids come first, then all topics at once."""
    states = place_states(viewer)
    count = sum(state.topics for state in states.values())
    unread_ids = unread.unread_topics(viewer, _with_unread(states), unread_limit)
    listed = topic_queries.ids_for_home(viewer, limit, latest=count < little)
    opened_ids, more_opened = cut(listed.opened, limit)
    ids = list(dict.fromkeys([*listed.pinned, *unread_ids, *opened_ids, *listed.latest]))
    rows = {row.topic.id: row for row in topic_rows(viewer, topic_queries.with_authors(ids))}
    pinned = [rows.pop(i) for i in listed.pinned if i in rows]
    counts = {place_id: state.topics for place_id, state in states.items()}
    shown = _grouped(viewer, [rows[i] for i in unread_ids if i in rows], counts)[:groups]
    for group in shown:
        for row in group.rows:
            del rows[row.topic.id]
    return HomeTopics(
        pinned,
        shown,
        count=count,
        new=sum(state.new for state in states.values()),
        opened=[rows.pop(i) for i in opened_ids if i in rows],
        more_opened=more_opened,
        latest=[rows.pop(i) for i in listed.latest if i in rows],
    )


def _with_unread(states: dict[int, unread.PlaceUnread]) -> list[int]:
    return [place_id for place_id, state in states.items() if state.topics]


def _grouped(viewer: Viewer, rows: Sequence[TopicRow], counts: Mapping[int, int]) -> list[Group]:
    categories = {c.place_id: c for c in all_categories()}
    return [
        Group(
            categories[place_id],
            [row for row in rows if row.topic.place_id == place_id],
            counts[place_id],
            words.short(_closest_of(categories[place_id])),
            may_read(viewer, categories[place_id].place.default_audience),
        )
        for place_id in dict.fromkeys(row.topic.place_id for row in rows)
    ]


def _closest(topic: Topic) -> AudienceKind:
    """The narrowest of what a topic's readers must be: its place lets in no others, unless it was opened beyond it."""
    category = category_of_place(topic.place_id)
    around = kinds_of_place(category) if category is not None and not topic.audience.opened else []
    return words.narrowest([topic.audience.read_kind, *around])


def _closest_of(category: Category) -> AudienceKind:
    return words.narrowest(kinds_of_place(category))


def kinds_of_place(category: Category) -> list[AudienceKind]:
    """What the readers of a place must be, by its own default and by that of the place around it."""
    around = category.parent if not category.place.opened else None
    return [place.read_kind for place in (category.place, around.place if around else None) if place]


def _last_times(topic_ids: Sequence[int]) -> dict[int, datetime]:
    if not topic_ids:
        return {}
    rows = db.session.execute(select(Topic.id, Topic.last_post_at).where(Topic.id.in_(topic_ids)))
    return {row.id: row.last_post_at for row in rows}
