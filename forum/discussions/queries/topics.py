"""Finding topics, and lists of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased, joinedload

from forum.access.audience import SCOPES, allows_reading, readable_by
from forum.access.models import Audience, AudienceKind, Place, ScopePerson
from forum.access.permissions import Permission
from forum.access.places import find_scope
from forum.access.rules import judge
from forum.access.viewer import Viewer
from forum.access.words import sentence
from forum.accounts.models import User
from forum.core import clock, reading
from forum.core.db import db
from forum.core.pages import Page, cut, decode_cursor, decode_moment, encode_cursor
from forum.core.remembered import Remembered, only_reads, raw, set_free
from forum.discussions.counting import visible_posts, visible_topics
from forum.discussions.models import BELOW_ALL, AudienceCount, Post, Topic
from forum.discussions.places import is_for_questions

Sort = Literal["latest", "new", "top", "unanswered"]
MOST_BRANCHES = 12
MOST_PINNED_ON_HOME = 5

# What a list is ordered by, newest or greatest first; the id breaks ties and makes the key whole.
KEYS: dict[str, tuple[str, ...]] = {
    "latest": ("last_seq", "id"),
    "new": ("created_seq", "id"),
    "top": ("post_count", "last_seq", "id"),
    "unanswered": ("last_seq", "id"),  # a topic of one post, or a question without an accepted answer
}


def find_topic(viewer: Viewer, topic_id: int) -> Topic | None:
    """The topic, if it is there for this viewer; with its author, audience and place."""
    topic = _known(viewer, topic_id) if only_reads() else _load(viewer, topic_id)
    return topic if topic is not None and judge(Permission.READ_TOPIC, viewer, topic) else None


def find_topic_now(viewer: Viewer, topic_id: int) -> Topic | None:
    """The topic, or the one it was merged into: for what somebody wrote before they could know."""
    topic = find_topic(viewer, topic_id)
    if topic is None:
        into = db.session.scalar(select(Topic.merged_into_id).where(Topic.id == topic_id))
        return find_topic_now(viewer, into) if into is not None else None
    return topic


def readable_topics(viewer: Viewer, ids: Collection[int]) -> dict[int, Topic]:
    """Those of these topics that are there for the viewer; one statement, or none."""
    if not ids:
        return {}
    found = select(Topic).options(joinedload(Topic.audience)).where(Topic.id.in_(sorted(ids)))
    rows = db.session.scalars(found.where(readable_by(viewer, Topic.audience_id)))
    return {topic.id: topic for topic in rows if judge(Permission.READ_TOPIC, viewer, topic)}


def topic_hearers(viewers: Collection[Viewer], topic_id: int) -> list[Viewer]:
    """Those of these viewers for whom the topic is there; one statement for all of them."""
    found = select(Topic).options(joinedload(Topic.audience)).where(Topic.id == topic_id)
    topic = db.session.scalar(found)
    return [viewer for viewer in viewers if topic is not None and judge(Permission.READ_TOPIC, viewer, topic)]


# Not the counters of the place: they grow with every post in it, and nobody reads them off a topic that is only shown.
_RAW = (
    select(*raw(Topic, Audience, User), *raw(Place, but=(Place.last_seq, Place.version)))
    .join(Audience, Audience.id == Topic.audience_id)
    .join(User, User.id == Topic.author_id)
    .join(Place, Place.id == Topic.place_id)
    .where(Topic.id == bindparam("topic"), allows_reading(SCOPES))
)
_topics: Remembered[Topic] = Remembered(1000)


def _known(viewer: Viewer, topic_id: int) -> Topic | None:
    """The topic as it is kept in process, where its rows are what they were; for requests that only read."""
    row = reading.first(_RAW, topic=topic_id, scopes=sorted(viewer.scopes))
    return None if row is None else _topics.get(topic_id, tuple(row), lambda: _freed(viewer, topic_id))


def _freed(viewer: Viewer, topic_id: int) -> Topic | None:
    topic = _load(viewer, topic_id)
    if topic is not None:
        set_free(topic, topic.author, topic.audience, topic.place)
    return topic


def _load(viewer: Viewer, topic_id: int) -> Topic | None:
    return db.session.scalar(
        select(Topic)
        .options(joinedload(Topic.author), joinedload(Topic.audience), joinedload(Topic.place))
        .where(Topic.id == topic_id, readable_by(viewer, Topic.audience_id))
    )


@dataclass(frozen=True, slots=True)
class TopicPage(Page[Topic]):
    """A page of topics; `pinned` are those on top of the first one, newest pin first, and not among the others."""

    pinned: Sequence[Topic] = ()


def topics_of(
    viewer: Viewer,
    place_id: int,
    *,
    sort: Sort = "latest",
    after: str | None = None,
    limit: int = 30,
    pinned_first: bool = False,
    only: ColumnElement[bool] | None = None,
) -> TopicPage:
    """The topics of a place that the viewer may read, paged by key; with `pinned_first` those pinned stand on top instead.

    `only` those of which something more is true: then none is on top for being pinned.
    """
    columns = KEYS[sort]
    audiences = list(
        db.session.scalars(
            select(Audience.id)
            .where(Audience.place_id == place_id, allows_reading(viewer.scopes))
            .order_by(Audience.id)
        )
    )
    if not audiences:
        return TopicPage([])
    key = decode_cursor(after, [int] * len(columns)) if after else None
    now = clock.now()
    but = ~pinned_topics(now) if pinned_first else only
    if sort == "unanswered":
        unanswered = Topic.answer_id.is_(None) if is_for_questions(place_id) else Topic.post_count == 1
        but = unanswered if but is None else and_(but, unanswered)
    ids: Any = _page_of_ids(audiences, columns, key, limit + 1, but)
    if pinned_first and key is None:
        ids = union_all(ids, _pinned_ids(place_id, audiences, now))
    rows = list(db.session.scalars(_with_authors().where(Topic.id.in_(ids))))
    apart = [topic for topic in rows if pinned_first and topic.is_pinned(now)]
    others = [topic for topic in rows if topic not in apart]
    found = sorted(others, key=lambda topic: [getattr(topic, name) for name in columns], reverse=True)
    topics, more = cut(found, limit)
    last = topics[-1] if topics else None
    onward = encode_cursor([getattr(last, name) for name in columns]) if more and last else None
    return TopicPage(topics, onward, pinned=sorted(apart, key=_by_pin, reverse=True))


def _by_pin(topic: Topic) -> Any:
    return topic.pinned_at, topic.id


def pinned_topics(now: datetime) -> Any:
    """The criterion for topics that are pinned at that moment."""
    return and_(Topic.pinned_at.is_not(None), or_(Topic.pinned_until.is_(None), Topic.pinned_until > now))


def _pinned_ids(place_id: int, audiences: Sequence[int], now: datetime) -> Select[Any]:
    of_place = Topic.place_id == place_id, Topic.audience_id.in_(audiences)
    return select(Topic.id).where(*of_place, visible_topics(), pinned_topics(now))


def _page_of_ids(
    audiences: Sequence[int],
    columns: Sequence[str],
    key: Sequence[int] | None,
    limit: int,
    criterion: Any = None,
) -> Select[Any]:
    """The ids of a page. Each audience is read along its own index, so that a guest's three topics among 100,000 cost three."""

    def branch(which: Any) -> Any:
        found = select(*(getattr(Topic, name) for name in columns)).where(which, visible_topics())
        if criterion is not None:
            found = found.where(criterion)
        if key is not None:
            found = found.where(tuple_(*(getattr(Topic, name) for name in columns)) < tuple_(*key))
        return found.order_by(*(getattr(Topic, name).desc() for name in columns)).limit(limit)

    if len(audiences) == 1:
        return select(branch(Topic.audience_id == audiences[0]).subquery().c.id)
    if len(audiences) > MOST_BRANCHES:
        return select(branch(Topic.audience_id.in_(audiences)).subquery().c.id)
    branches = [select(branch(Topic.audience_id == one).subquery()) for one in audiences]
    together = union_all(*branches).subquery()
    ordered = select(together).order_by(*(together.c[name].desc() for name in columns)).limit(limit)
    return select(ordered.subquery().c.id)


def with_authors(ids: Sequence[int]) -> list[Topic]:
    """Topics in the order of their ids, with author, last author and audience; one statement."""
    if not ids:
        return []
    found = {topic.id: topic for topic in db.session.scalars(_with_authors().where(Topic.id.in_(ids)))}
    return [found[i] for i in ids if i in found]


def _with_authors() -> Select[Any]:
    return select(Topic).options(
        joinedload(Topic.author), joinedload(Topic.last_post_author), joinedload(Topic.audience)
    )


def latest_topics(viewer: Viewer, *, limit: int = 10) -> list[Topic]:
    """The newest activity anywhere the viewer may read."""
    found = _newest_first(select(Topic.id).where(_may_be_read(viewer))).limit(limit)
    return with_authors(list(db.session.scalars(found)))


def opened_topics(viewer: Viewer, *, after: str | None = None, limit: int = 30) -> Page[Topic]:
    """“Open to you”: topics the viewer may read inside places the viewer may not, newest activity first."""
    found = select(Topic.id).where(_is_opened(viewer))
    if after:
        moment, topic_id = decode_cursor(after, [str, int])
        key = literal(decode_moment(moment), Topic.last_post_at.type), literal(topic_id, Topic.id.type)
        found = found.where(tuple_(Topic.last_post_at, Topic.id) < tuple_(*key))
    shown, more = cut(list(db.session.scalars(_newest_first(found).limit(limit + 1))), limit)
    topics = with_authors(shown)
    last = topics[-1] if more else None
    return Page(topics, encode_cursor([last.last_post_at.isoformat(), last.id]) if last else None)


@dataclass(frozen=True, slots=True)
class ListedIds:
    """Ids of topics for home: pinned everywhere; opened to the viewer, one more than asked where there are more; the latest."""

    pinned: list[int]
    opened: list[int]
    latest: list[int]


def ids_for_home(viewer: Viewer, limit: int, *, latest: bool, opened: bool = True) -> ListedIds:
    """The latest and the opened only if they are wanted; one statement."""
    everywhere = and_(_may_be_read(viewer), pinned_topics(clock.now()), Topic.pinned_everywhere)
    lists = [(2, everywhere, MOST_PINNED_ON_HOME)]
    if opened:
        lists.append((0, _is_opened(viewer), limit + 1))
    if latest:
        lists.append((1, _may_be_read(viewer), limit))
    branches = [
        select(
            _newest_first(
                select(literal(which).label("which"), Topic.id, Topic.last_post_at).where(criterion)
            )
            .limit(most)
            .subquery()
        )
        for which, criterion, most in lists
    ]
    together = union_all(*branches).subquery()
    columns = together.c.which, together.c.id
    rows = db.session.execute(
        select(*columns).order_by(together.c.which, together.c.last_post_at.desc(), together.c.id.desc())
    ).all()
    return ListedIds(*([row.id for row in rows if row.which == which] for which in (2, 0, 1)))


def _may_be_read(viewer: Viewer) -> Any:
    return and_(visible_topics(), readable_by(viewer, Topic.audience_id))


def _is_opened(viewer: Viewer) -> Any:
    """In a place that the viewer may not read."""
    default = aliased(Audience)
    own = (
        select(Audience.id)
        .join(default, and_(default.place_id == Audience.place_id, default.inherits.is_(True)))
        .where(
            Audience.inherits.is_(False),
            allows_reading(viewer.scopes),
            ~default.id.in_(select(Audience.id).where(allows_reading(viewer.scopes))),
        )
    )
    return and_(visible_topics(), Topic.audience_id.in_(own))


def _newest_first(found: Any) -> Any:
    return found.order_by(Topic.last_post_at.desc(), Topic.id.desc())


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """What a viewer may know of a place: topics, posts, and where something happened last."""

    topics: int = 0
    posts: int = 0
    last_topic_id: int | None = None
    last_seq: int = BELOW_ALL


def counts_of_places(viewer: Viewer, place_ids: Sequence[int]) -> dict[int, PlaceCount]:
    """Sums over the audiences the viewer is in; one statement."""
    rows = db.session.execute(
        select(
            AudienceCount.subject_id,
            AudienceCount.topic_count,
            AudienceCount.post_count,
            AudienceCount.last_topic_id,
            AudienceCount.last_seq,
        )
        .join(Audience, Audience.id == AudienceCount.audience_id)
        .where(
            AudienceCount.subject_kind == "place",
            AudienceCount.subject_id.in_(place_ids),
            allows_reading(viewer.scopes),
        )
    )
    found: dict[int, PlaceCount] = {}
    for place_id, topics, posts, last_topic_id, last_seq in rows:
        sofar = found.get(place_id, PlaceCount())
        newer = last_seq > sofar.last_seq
        found[place_id] = PlaceCount(
            sofar.topics + topics,
            sofar.posts + posts,
            last_topic_id if newer else sofar.last_topic_id,
            max(last_seq, sofar.last_seq),
        )
    return found


def audience_sentence(viewer: Viewer, topic: Topic) -> str:
    """Who can read this and who can answer, in words fit for the viewer."""
    people = 0
    if AudienceKind.PEOPLE in (topic.audience.read_kind, topic.audience.reply_kind):
        people = invited_count(topic.id)
    return sentence(topic.audience, people=people, viewer=viewer)


def invited_count(topic_id: int) -> int:
    scope_id = find_scope("people", topic_id)
    held = or_(ScopePerson.until.is_(None), ScopePerson.until > clock.now())
    return db.session.scalar(select(func.count()).where(ScopePerson.scope_id == scope_id, held)) or 0


def readable_places(viewer: Viewer, topics: Sequence[Topic]) -> set[int]:
    """Which of the places of these topics may be read too; the others are only names around what was opened."""
    open_ones = {topic.place_id for topic in topics if topic.audience.inherits}
    others = {topic.place_id for topic in topics} - open_ones
    if others:
        found = select(Audience.place_id).where(
            Audience.place_id.in_(others), Audience.inherits.is_(True), allows_reading(viewer.scopes)
        )
        open_ones |= set(db.session.scalars(found))
    return open_ones


def default_audience(topic: Topic) -> Audience:
    """Who a topic would be for if it left that to its place."""
    return db.session.scalars(
        select(Audience).where(Audience.place_id == topic.place_id, Audience.inherits.is_(True))
    ).one()


def author_wrote_all(topic: Topic) -> bool:
    """Whether every visible post of a topic is by whoever started it."""
    others = select(Post.id).where(
        Post.topic_id == topic.id, visible_posts(), Post.author_id != topic.author_id
    )
    return db.session.scalar(others.limit(1)) is None
